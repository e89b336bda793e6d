import { chunk, ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, formatShape, ranges, sameShape } from "@tapegrad/tensor/internal";
import type { Dense } from "../dense/dense.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { expectModule } from "../module/expect-module.ts";
import type { Module } from "../module/module.ts";
import {
  adaptiveLayerNorm,
  type AdaptiveLayerNormOptions,
  adaptiveLayerNormTable,
  checkTokens,
} from "./activation/adaptive-layer-norm.ts";
import { modulationLayer, perSample } from "./modulation.ts";

/**
 * A residual branch behind an adaptive layer norm, of which a condition also says how much is added (adaLN-Zero):
 * `y = x + α(c) · body(γ(c) · x̂ + β(c))`, where x̂ is x standardized over its last axis.
 *
 * A Dense layer makes γ − 1, β and α of a condition. All are zeros at first, unless `init` is given: the branch then adds
 * nothing, and the whole is the identity. In the paper the condition has passed through `silu`.
 *
 * @throws {ShapeError} when the body changes the shape
 * @see Peebles and Xie 2022, https://arxiv.org/abs/2212.09748
 * @example
 * const block = new AdaptiveLayerNormZero(new Dense(8, 8), 8, 3);
 * const x = randn([2, 5, 8]);
 * block.forward(x, randn([2, 3])).eq(x).all().item(); // => 1
 * block.modulation.weight.shape; // => [24, 3]
 */
export class AdaptiveLayerNormZero extends ConfiguredModule<AdaptiveLayerNormOptions, [x: Tensor, condition: Tensor]> {
  static override readonly name: string = "AdaptiveLayerNormZero";
  /** Extent of the last axis. */
  readonly features: number;
  /** What computes the branch. */
  readonly body: Module;
  /** What makes γ − 1, β and α, side by side, of a condition. */
  readonly modulation: Dense;

  /** @param conditions extent of a condition */
  constructor(body: Module, features: number, conditions: number, options: AdaptiveLayerNormOptions = {}) {
    super(options, adaptiveLayerNormTable, [features, conditions]);
    expectModule(new.target.name, "body", body);
    expectValue(new.target.name, "features", features, ranges.extent);
    expectValue(new.target.name, "conditions", conditions, ranges.extent);
    this.features = features;
    this.body = body;
    this.modulation = modulationLayer(conditions, 3 * features, this.options);
  }

  /**
   * @param x `[N, ..., features]`
   * @param condition `[N, conditions]`
   */
  override forward(x: Tensor, condition: Tensor, ...none: []): Tensor {
    const fn = "AdaptiveLayerNormZero";
    expectNothing(`${fn}.forward`, none);
    checkTokens(fn, x, this.features);
    const [change, bias, share] = chunk(this.modulation.forward(condition), 3, -1) as [Tensor, Tensor, Tensor];
    const branch = this.body.forward(adaptiveLayerNorm(x, { weight: change.add(1), bias, eps: this.options.eps }));
    if (!sameShape(branch.shape, x.shape)) {
      throw new ShapeError(
        `${fn}: expected a body that keeps shape ${formatShape(x.shape)}, got ${formatShape(branch.shape)}.`,
      );
    }
    return x.add(branch.mul(perSample(share, x.ndim)));
  }
}
