import type { Tensor } from "@tapegrad/tensor";
import { Cell, describeOptions, expectValue, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { Module } from "./module.ts";

/** What options mean: it never changes, and copies of a module share it. */
class Meaning<Options extends object> {
  readonly table: OptionTable<Options>;
  readonly positional: string;

  constructor(table: OptionTable<Options>, positional: string) {
    this.table = table;
    this.positional = positional;
  }
}

/** Where a module keeps it: no field to list, to walk through or to compare before every call. */
const meaning = Symbol("meaning");

interface Configured<Options extends object> {
  [meaning]: Meaning<Options>;
}

/** A module that takes options: they are checked, completed and printed by their table. */
export abstract class ConfiguredModule<
  Options extends object,
  In extends readonly unknown[] = Tensor[],
  Out = Tensor,
> extends Module<In, Out> {
  // In a cell, which the look at a module's fields passes by: a plan depends on the options that it read.
  private readonly settledOptions: Cell<Required<Options>>;

  /**
   * @param positional what stands before the options where the module is printed: its positional arguments
   * @throws {ValueError} for an unknown option, or a value that the table does not allow
   */
  constructor(options: Options, table: OptionTable<Options>, positional: readonly (number | string)[] = []) {
    super();
    this.settledOptions = new Cell(Object.freeze(settleOptions(new.target.name, options, table)), new.target.name);
    (this as unknown as Configured<Options>)[meaning] = new Meaning(table, positional.map(String).join(", "));
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
    const { table } = (this as unknown as Configured<Options>)[meaning];
    expectValue(this.constructor.name, name, value, table[name].range);
    const changed = { ...this.options };
    changed[name] = value;
    this.settledOptions.set(Object.freeze(changed));
  }

  override details(): string {
    const { table, positional } = (this as unknown as Configured<Options>)[meaning];
    return [positional, describeOptions(this.options, table)].filter((part) => part !== "").join(", ");
  }
}
