import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { hardTanh } from "./hard-tanh.ts";

/** Options of {@link hardSigmoid} and {@link HardSigmoid}, as ONNX calls them. */
export interface HardSigmoidOptions {
  /** Slope of the line in the middle; 1/6 unless given. */
  readonly alpha?: number;
  /** Its value at 0; 0.5 unless given. */
  readonly beta?: number;
}

const table: OptionTable<HardSigmoidOptions> = {
  alpha: option(ranges.positive, 1 / 6),
  beta: option(ranges.finite, 0.5),
};

/**
 * A sigmoid of three straight lines: `y = min(max(alpha · x + beta, 0), 1)`, with gradient 0 at the bends, which are at
 * ±3 unless alpha and beta are given. Keras before version 3 has an alpha of 0.2.
 *
 * @see Courbariaux et al., BinaryConnect (2015), https://arxiv.org/abs/1511.00363
 * @example
 * hardSigmoid(tensor([-4, 0, 1.5])).toArray(); // => [0, 0.5, 0.75]
 * new HardSigmoid({ alpha: 0.2 }).forward(tensor([0, 1, 4])).toArray(); // => [0.5, 0.7, 1]
 */
export function hardSigmoid(x: Tensor, options: HardSigmoidOptions = {}): Tensor {
  expectTensor("hardSigmoid", "x", x);
  const { alpha, beta } = settleOptions("hardSigmoid", options, table);
  return hardTanh(x.mul(alpha).add(beta), { min: 0, max: 1 });
}

/** {@link hardSigmoid} as a layer. */
export class HardSigmoid extends FunctionLayer<HardSigmoidOptions> {
  static override readonly name: string = "HardSigmoid";

  constructor(options: HardSigmoidOptions = {}) {
    super(hardSigmoid, table, options);
  }
}
