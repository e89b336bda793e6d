import type { Tensor } from "@tapegrad/tensor";
import { Cell, describeOptions, expectValue, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { Module } from "./module.ts";

/** A module that takes options: they are checked, completed and printed by their table. */
export abstract class ConfiguredModule<
  Options extends object,
  In extends readonly unknown[] = Tensor[],
  Out = Tensor,
> extends Module<In, Out> {
  // In a cell and in a function, which the walk for parameters and buffers and the look at a module's fields pass by: a
  // plan depends on the options that it read, and never on the table.
  private readonly settledOptions: Cell<Required<Options>>;
  private readonly optionTable: () => OptionTable<Options>;
  private readonly positionalText: string;

  /**
   * @param positional what stands before the options where the module is printed: its positional arguments
   * @throws {ValueError} for an unknown option, or a value that the table does not allow
   */
  constructor(options: Options, table: OptionTable<Options>, positional: readonly (number | string)[] = []) {
    super();
    this.settledOptions = new Cell(Object.freeze(settleOptions(new.target.name, options, table)), new.target.name);
    this.optionTable = () => table;
    this.positionalText = positional.map(String).join(", ");
  }

  /** The options, standards included. */
  get options(): Required<Options> {
    return this.settledOptions.get();
  }

  /**
   * Gives an option another value, for those that are read in every `forward`.
   *
   * @throws {ValueError} for a value that the table does not allow
   */
  protected setOption<K extends keyof Options & string>(name: K, value: Required<Options>[K]): void {
    expectValue(this.constructor.name, name, value, this.optionTable()[name].range);
    const changed = { ...this.options };
    changed[name] = value;
    this.settledOptions.set(Object.freeze(changed));
  }

  override details(): string {
    const options = describeOptions(this.options, this.optionTable());
    return [this.positionalText, options].filter((part) => part !== "").join(", ");
  }
}
