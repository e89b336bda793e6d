import { type FloatDType, full, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { alongChannels } from "../module/along-channels.ts";

/** Options of {@link TLU}. */
export interface TLUOptions {
  /** Thresholds: one for all, or one per channel of axis 1; 1 unless given. */
  readonly channels?: number;
  /** Initial threshold; 0 unless given, which is ReLU. */
  readonly init?: number;
  /** Dtype of the thresholds, float32 unless given. */
  readonly dtype?: FloatDType;
}

const table: OptionTable<TLUOptions> = {
  channels: option(ranges.extent, 1),
  init: option(ranges.finite, 0),
  dtype: option(ranges.floatDType, "float32"),
};

/**
 * Thresholded linear unit, a ReLU whose threshold is learned, one for all or one per channel: `z = max(y, τ)`.
 * It follows `filterResponseNorm`, which does not centre.
 *
 * Backward: `dy = dz` where `y > τ`, `dτ = Σ dz` where `y < τ`; where both are equal each has half.
 *
 * @param x shape `[...]`, or `[N, C, ...]` with one threshold per channel; the dtype is promoted with that of τ
 * @param threshold τ: one element, or shape `[C]`
 * @throws {ShapeError} if `threshold` has neither one element nor one per channel
 * @see Singh and Krishnan 2019, https://arxiv.org/abs/1911.09737
 * @example
 * tlu(tensor([[-2, -2]]), tensor([-1, -3])).toArray(); // => [[-1, -2]]
 */
export function tlu(x: Tensor, threshold: Tensor, ...none: []): Tensor {
  expectNothing("tlu", none);
  expectTensor("tlu", "x", x);
  expectTensor("tlu", "threshold", threshold);
  return x.maximum(alongChannels("tlu", "threshold", threshold, x));
}

/**
 * {@link tlu} with its thresholds.
 *
 * @example
 * new TLU({ init: -1 }).forward(tensor([-2, 3])).toArray(); // => [-1, 3]
 */
export class TLU extends ConfiguredModule<TLUOptions> {
  static override readonly name: string = "TLU";

  /** `[channels]` */
  threshold: Parameter;

  constructor(options: TLUOptions = {}) {
    super(options, table);
    const { channels, init, dtype } = this.options;
    this.threshold = new Parameter(full([channels], init, { dtype }));
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("TLU.forward", none);
    return tlu(x, this.threshold);
  }

  override details(): string {
    return String(this.threshold.size);
  }
}
