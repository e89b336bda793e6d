import type { Tensor } from "@tapegrad/tensor";
import { expectTensor, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { FunctionLayer } from "../module/function-layer.ts";
import { hardTanh } from "./hard-tanh.ts";

/** Options of {@link hardSigmoid} and {@link HardSigmoid}. */
export interface HardSigmoidOptions {
  /** Slope of the line between 0 and 1; 1/6 unless given, and 0.2 in Keras 2, ONNX and burn. */
  readonly alpha?: number;
  /** Its value at 0; 0.5 unless given. */
  readonly beta?: number;
}

const table: OptionTable<HardSigmoidOptions> = {
  alpha: option(ranges.positive, 1 / 6),
  beta: option(ranges.finite, 0.5),
};

/**
 * A sigmoid of three straight lines: `y = min(max(alpha · x + beta, 0), 1)`, that is `x / 6 + 1/2` between 0 and 1, with gradient 0
 * where these begin, ±3.
 *
 * @see Courbariaux et al., BinaryConnect (2015), https://arxiv.org/abs/1511.00363
 * @example
 * hardSigmoid(tensor([-4, 0, 1.5])).toArray(); // => [0, 0.5, 0.75]
 * new HardSigmoid({ alpha: 0.2 }).forward(tensor([0, 1, 4])).toArray(); // => [0.5, 0.7, 1]
 */
export function hardSigmoid(x: Tensor, options: HardSigmoidOptions = {}): Tensor {
  expectTensor("hardSigmoid", "x", x);
  const { alpha, beta } = settleOptions("hardSigmoid", options, table);
  const [min, max] = [-beta / alpha, (1 - beta) / alpha];
  return hardTanh(x, { min, max })
    .sub(min)
    .div(1 / alpha);
}

/** {@link hardSigmoid} as a layer. */
export class HardSigmoid extends FunctionLayer<HardSigmoidOptions> {
  static override readonly name: string = "HardSigmoid";

  constructor(options: HardSigmoidOptions = {}) {
    super(hardSigmoid, table, options);
  }
}
