import { rand, type Shape, ShapeError, type Tensor, zeros } from "@tapegrad/tensor";
import { expectValue, formatShape, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";

/** Options of `dropout` and its kin. */
export interface DropoutOptions extends RandomOptions {
  /** Probability of dropping, 0.5 unless given. */
  readonly rate?: number;
  /** Whether to drop at all; true unless given. */
  readonly training?: boolean;
}

/** Options of `Dropout` and its kin. */
export type DropoutLayerOptions = RandomOptions;

export const dropoutTable: OptionTable<DropoutOptions> = {
  rate: option(ranges.unit, 0.5),
  training: option(ranges.flag, true),
  ...randomTable,
};

/** Where to keep, bool: of `shape`, or of no axes where nothing is kept. */
export function drawKept(
  shape: Shape,
  { dtype }: Tensor,
  { rate, generator }: DropoutOptions & { rate: number },
): Tensor {
  return rate === 1 ? zeros([], { dtype: "bool" }) : rand(shape, { dtype, generator }).ge(rate);
}

/** The shape of what is drawn for whole channels. */
export function channelShape(fn: string, x: Tensor): Shape {
  if (x.ndim < 2) throw new ShapeError(`${fn}: expected input of shape [N, C, ...], got ${formatShape(x.shape)}.`);
  return x.shape.map((extent, axis) => (axis < 2 ? extent : 1));
}

/** A layer that drops in training. */
export abstract class DroppingLayer extends ConfiguredModule<DropoutLayerOptions> {
  /** Probability of being dropped. */
  readonly rate: number;

  constructor(rate: number, options: DropoutLayerOptions) {
    super(options, randomTable, [rate]);
    expectValue(new.target.name, "rate", rate, ranges.unit);
    this.rate = rate;
  }

  /** Options of its function. */
  protected get settings(): DropoutOptions {
    return { rate: this.rate, training: this.training, ...this.options };
  }
}
