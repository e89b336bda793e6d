import { type DType, rand, type Shape, ShapeError, type Tensor, where, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectTensor,
  expectValue,
  formatShape,
  type Option,
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

/** What has a draw of its own: each row of the first axis, or the batch as a whole. */
export type DropMode = "row" | "batch";

/** The row of the tables of options. */
export const dropMode: Option<DropMode> = option(ranges.oneOf("row", "batch"), "row");

/** {@link DropoutOptions}, row by row. */
export const dropoutTable: OptionTable<DropoutOptions> = {
  rate: option(ranges.unit, 0.5),
  training: option(ranges.flag, true),
  ...randomTable,
};

/** What becomes of an input, in floats, with `kept` where it stays: of any shape that broadcasts to its own. */
export type Dropping = (values: Tensor, kept: Tensor, rate: number) => Tensor;

/** Inverted: divides by `1 − rate`. A choice, not a product: what is dropped is 0 even if it is NaN or infinite. */
export const divide: Dropping = (values, kept, rate) =>
  where(kept, rate === 1 ? values : values.mul(1 / (1 - rate)), 0);

/** What is drawn: true with probability `1 − rate`; false alone, of no axes, at rate 1. */
export function drawKept(
  shape: Shape,
  dtype: DType,
  { rate, generator }: Pick<Required<DropoutOptions>, "rate" | "generator">,
): Tensor {
  return rate === 1 ? zeros([], { dtype: "bool" }) : rand(shape, { dtype, generator }).ge(rate);
}

/** Draws where to keep `x`, of the shape that `shapeOf` says, and drops the rest; the identity where nothing is dropped. */
export function drop<Options extends DropoutOptions>(
  fn: string,
  x: Tensor,
  options: Options,
  table: OptionTable<Options>,
  shapeOf: (x: Tensor, settled: Required<Options>) => Shape,
  dropping: Dropping,
): Tensor {
  expectTensor(fn, "x", x);
  const settled = settleOptions(fn, options, table);
  // Options has all that DropoutOptions has, which TypeScript does not see through Required.
  const { rate, training, generator } = settled as Required<DropoutOptions>;
  const shape = shapeOf(x, settled);
  if (!training || rate === 0) return x;
  const values = asFloat(x);
  return dropping(values, drawKept(shape, values.dtype, { rate, generator }), rate);
}

/** The shape of what is drawn for single elements. */
export const elementShape = ({ shape }: Tensor): Shape => shape;

/** The shape of what is drawn for whole channels. */
export function channelShape(fn: string, x: Tensor): Shape {
  if (x.ndim < 2) throw new ShapeError(`${fn}: expected input of shape [N, C, ...], got ${formatShape(x.shape)}.`);
  return x.shape.map((extent, axis) => (axis < 2 ? extent : 1));
}

/** A layer that drops in training. */
export abstract class DroppingLayer<
  Options extends DropoutLayerOptions = DropoutLayerOptions,
> extends ConfiguredModule<Options> {
  /** Probability of being dropped. */
  readonly rate: number;

  constructor(rate: number, options: Options, table: OptionTable<Options>) {
    super(options, table, [rate]);
    expectValue(new.target.name, "rate", rate, ranges.unit);
    this.rate = rate;
  }

  /** Options of its function. */
  protected get settings(): Required<Options> & Required<Pick<DropoutOptions, "rate" | "training">> {
    return { rate: this.rate, training: this.training, ...this.options };
  }
}
