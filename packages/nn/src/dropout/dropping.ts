import { rand, type Shape, ShapeError, type Tensor, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectTensor,
  expectValue,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
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

const dropoutTable: OptionTable<DropoutOptions> = {
  rate: option(ranges.unit, 0.5),
  training: option(ranges.flag, true),
  ...randomTable,
};

/** What becomes of an input, in floats, with `kept` where it stays: of any shape that broadcasts to its own. */
export type Dropping = (values: Tensor, kept: Tensor, rate: number) => Tensor;

/** Draws where to keep `x`, of `shapeOf(x)`, and drops the rest; the identity where nothing is dropped. */
export function drop(
  fn: string,
  x: Tensor,
  options: DropoutOptions,
  shapeOf: (x: Tensor) => Shape,
  dropping: Dropping,
): Tensor {
  expectTensor(fn, "x", x);
  const { rate, training, generator } = settleOptions(fn, options, dropoutTable);
  const shape = shapeOf(x);
  if (!training || rate === 0) return x;
  const values = asFloat(x);
  const { dtype } = values;
  const kept = rate === 1 ? zeros([], { dtype: "bool" }) : rand(shape, { dtype, generator }).ge(rate);
  return dropping(values, kept, rate);
}

/** The shape of what is drawn for single elements. */
export const elementShape = ({ shape }: Tensor): Shape => shape;

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
