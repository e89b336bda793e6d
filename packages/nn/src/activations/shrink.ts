import { type Tensor, where } from "@tapegrad/tensor";
import { asFloat, expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";

/** Options of {@link shrink} and {@link Shrink}. */
export interface ShrinkOptions {
  /** Magnitude up to which all becomes 0; 0.5 unless given. */
  readonly lambda?: number;
  /** By how much the others come closer to 0; 0 unless given. */
  readonly bias?: number;
}

const table: OptionTable<ShrinkOptions> = { lambda: option(ranges.nonNegative, 0.5), bias: option(ranges.finite, 0) };

/**
 * Small numbers become 0 and the others come closer to it, ONNX's Shrink:
 * `y = x − bias` for `x > lambda`, `x + bias` for `x < −lambda`, else 0, with gradient 0 at both limits; NaN stays NaN.
 *
 * `hardShrink` is the one with a bias of 0, `softShrink` the one with a bias of lambda, without a jump.
 *
 * @example
 * shrink(tensor([-2, -1, 0.5, 2]), { lambda: 1.5, bias: 0.5 }).toArray(); // => [-1.5, 0, 0, 1.5]
 * new Shrink({ lambda: 1 }).forward(tensor([0.5, 2])).toArray(); // => [0, 2]
 */
export function shrink(x: Tensor, options: ShrinkOptions = {}): Tensor {
  expectTensor("shrink", "x", x);
  const { lambda, bias } = settleOptions("shrink", options, table);
  return shrunk(x, lambda, bias);
}

/** {@link shrink} of checked values. */
export function shrunk(x: Tensor, lambda: number, bias: number): Tensor {
  const values = asFloat(x);
  const closer = bias === 0 ? values : where(values.lt(0), values.add(bias), values.sub(bias));
  return closer.maskedFill(values.abs().le(lambda), 0);
}

/** {@link shrink} as a layer. */
export class Shrink extends FunctionLayer<ShrinkOptions> {
  static override readonly name: string = "Shrink";

  constructor(options: ShrinkOptions = {}) {
    super(shrink, table, options);
  }
}
