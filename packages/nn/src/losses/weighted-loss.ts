import { Tensor } from "@tapegrad/tensor";
import { expectNothing, type Option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { Buffer } from "../module/buffer.ts";
import { ConfiguredModule } from "../module/configured-module.ts";

/** The row of an option that is a tensor of weights. */
export const weights: Option<Tensor | undefined> = optional(ranges.instanceOf(Tensor));

type Loss<Options> = (input: Tensor, target: Tensor, options: Options) => Tensor;

/** A loss as a layer whose weight is a buffer of the module. */
export abstract class WeightedLoss<
  Options extends { readonly weight?: Tensor | undefined },
> extends ConfiguredModule<Options> {
  /** Weight of each class or element, a buffer of the module. */
  readonly weight: Buffer | undefined;
  private readonly lossFunction: Loss<Options>;

  constructor(loss: Loss<Options>, table: OptionTable<Options>, options: Options) {
    super(options, table);
    this.weight = bufferOf(this.options.weight);
    this.lossFunction = loss;
  }

  override forward(input: Tensor, target: Tensor, ...none: []): Tensor {
    expectNothing(`${this.constructor.name}.forward`, none);
    return this.lossFunction(input, target, this.withBuffers());
  }

  /** The options, with buffers of the module in the place of their tensors. */
  protected withBuffers(): Required<Options> {
    return { ...this.options, weight: this.weight };
  }
}

/** The tensor as a buffer. */
export function bufferOf(weight: Tensor | undefined): Buffer | undefined {
  return weight === undefined ? undefined : new Buffer(weight);
}
