import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { asFloat, expectNothing, formatShape, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../../module/configured-module.ts";
import { type NormArguments, normArguments } from "../affine.ts";
import { checkPositions, positionAxes } from "../channels.ts";
import { centredPositions, type GivenFacts } from "../norm-facts.ts";
import { fused } from "../standardized.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "AdaptiveInstanceNorm()",
  axes: "every channel of every sample over its positions, to mean and deviation of a style",
  formula: "y = σ(s) · (x − μ(x)) / σ(x) + μ(s)",
  paper: { title: "Huang and Belongie 2017", link: "https://arxiv.org/abs/1703.06868" },
  invariances: centredPositions,
  centred: true,
};

/** Options of {@link adaptiveInstanceNorm} and {@link AdaptiveInstanceNorm}. */
export interface AdaptiveInstanceNormOptions extends Pick<NormArguments, "eps"> {}

const table: OptionTable<AdaptiveInstanceNormOptions> = { eps: normArguments.eps };

/**
 * Adaptive instance normalization: gives every channel of every sample the mean and the deviation that this channel has in
 * a style.
 *
 * `y = σ(s) · (x − μ(x)) / σ(x) + μ(s)` with `σ = √(variance + ε)` over the positions, the variance biased.
 * Backward: `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)` with `g = σ(s)·dy` and `r = 1/σ(x)`; `ds = (Σ dy + ŝ·Σ dy·x̂) / n` with the
 * standardized style ŝ and its n positions.
 *
 * @param x content, `[N, C, ...positions]`; integers become float32, statistics are computed in float64
 * @param style `[N, C, ...positions]`; the positions may be others
 * @throws {ShapeError} for one position, and unless `style` has the samples and channels of `x`
 * @see Huang and Belongie 2017, https://arxiv.org/abs/1703.06868
 * @example
 * adaptiveInstanceNorm(tensor([[[1, 3]]]), tensor([[[10, 30, 10, 30]]]), { eps: 0 }).toArray(); // => [[[10, 30]]]
 */
export function adaptiveInstanceNorm(x: Tensor, style: Tensor, options: AdaptiveInstanceNormOptions = {}): Tensor {
  const fn = "adaptiveInstanceNorm";
  const { eps } = settleOptions(fn, options, table);
  const standardized = [x, style].map((t) => {
    checkPositions(fn, t);
    const axes = positionAxes(t);
    if (axes.every((axis) => t.shape[axis] === 1)) {
      throw new ShapeError(`${fn}: expected more than 1 position, got input of shape ${formatShape(t.shape)}.`);
    }
    return fused(asFloat(t), { axes, eps, center: true });
  });
  const [samples, channels] = x.shape;
  if (style.shape[0] !== samples || style.shape[1] !== channels) {
    throw new ShapeError(
      `${fn}: expected a style of shape [${samples}, ${channels}, ...], got ${formatShape(style.shape)}.`,
    );
  }
  const [[normalized], [, rstd]] = standardized as [ReturnType<typeof fused>, ReturnType<typeof fused>];
  const perSample = [samples!, channels!, ...x.shape.slice(2).map(() => 1)];
  const mean = asFloat(style).mean({ axis: positionAxes(style) });
  return normalized.div(rstd.reshape(perSample)).add(mean.reshape(perSample));
}

/**
 * {@link adaptiveInstanceNorm} as a layer; it has no parameters.
 *
 * @example
 * new AdaptiveInstanceNorm().forward(randn([2, 3, 8, 8]), randn([2, 3, 4, 4])).shape; // => [2, 3, 8, 8]
 */
export class AdaptiveInstanceNorm extends ConfiguredModule<
  AdaptiveInstanceNormOptions,
  [content: Tensor, style: Tensor]
> {
  static override readonly name: string = "AdaptiveInstanceNorm";

  constructor(options: AdaptiveInstanceNormOptions = {}) {
    super(options, table);
  }

  override forward(content: Tensor, style: Tensor, ...none: []): Tensor {
    expectNothing("AdaptiveInstanceNorm.forward", none);
    return adaptiveInstanceNorm(content, style, this.options);
  }
}
