import { type Tensor, ValueError } from "@tapegrad/tensor";
import type { OptionTable } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "./configured-module.ts";

/** A layer that is a function of its inputs and its options, and keeps nothing. */
export abstract class FunctionLayer<Options extends object, In extends Tensor[] = [x: Tensor]> extends ConfiguredModule<
  Options,
  In
> {
  private readonly layerFunction: (...args: [...In, Options]) => Tensor;

  constructor(fn: (...args: [...In, Options]) => Tensor, table: OptionTable<Options>, options: Options) {
    super(options, table);
    this.layerFunction = fn;
  }

  override forward(...inputs: In): Tensor {
    // Those before the options.
    const { length } = this.layerFunction;
    if (inputs.length !== length) {
      throw new ValueError(`${this.constructor.name}.forward: expected ${length} inputs, got ${inputs.length}.`);
    }
    return this.layerFunction(...inputs, this.options);
  }
}
