import { type FloatDType, type Tensor, sort, where, zeros } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { initialize, type Initializer, initializer } from "../init/initializer.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { channelShape, divide, drawKept, type DropoutOptions, dropoutTable } from "./dropping.ts";

/** Which nodes may be dropped. */
interface GuidedChoice {
  /** "topK" drops the strongest, "active" draws among them; "topK" unless given. */
  readonly mode?: "topK" | "active";
  /** In mode "active" the part of the nodes, strongest first, that is drawn from; 0.5 unless given. */
  readonly region?: number;
}

/** Options of {@link guidedDropout}. */
export interface GuidedDropoutOptions extends DropoutOptions, GuidedChoice {}

/** Options of {@link GuidedDropout}. */
export interface GuidedDropoutLayerOptions extends Omit<GuidedDropoutOptions, "training"> {
  /** Initialiser of the strengths; "uniform" in [0, 1) unless given, so that some are stronger. */
  readonly init?: Initializer;
  /** Dtype of the strengths, float32 unless given. */
  readonly dtype?: FloatDType;
}

const choiceTable: OptionTable<GuidedChoice> = {
  mode: option(ranges.oneOf("topK", "active"), "topK"),
  region: option(ranges.unit, 0.5),
};
const table: OptionTable<GuidedDropoutOptions> = { ...dropoutTable, ...choiceTable };
const { rate, generator } = dropoutTable;
const layerTable: OptionTable<GuidedDropoutLayerOptions> = {
  rate,
  ...choiceTable,
  init: option(initializer, "uniform"),
  generator,
  dtype: option(ranges.floatDType, "float32"),
};

/** Which of the nodes are the `count` of greatest `|strength|`; of equal ones the first. */
function strongest(strength: Tensor, count: number): Tensor {
  const { indices } = sort(strength.detach().abs(), { descending: true });
  return sort(indices).indices.lt(count);
}

/**
 * Guided dropout: gives every node a strength t that is trained, `y = t ⊙ x`, and drops strong nodes, so that weak ones have
 * to learn. Nothing is dropped when `training` is false.
 *
 * Mode "topK" drops the `k = round(rate · C)` nodes of greatest `|t|` and divides the others by `1 − k/C`. Mode "active"
 * draws: of the `round(region · C)` strongest each is dropped with probability `rate`, and divided by `1 − rate`
 * otherwise; the weak ones stay as they are. With `region: 1` and all strengths 1 that is `dropout`. Of equal strengths the
 * first count as stronger. A dropped node's strength has no gradient: train a while at rate 0 first, and now and then, where
 * "topK" drops.
 *
 * That strengths are trained and that strong nodes are dropped, all of them or at random, is the paper's; the region as a part of
 * the nodes (a public reproduction takes those outside of the fullest bin of a histogram of `|t|`) and what is divided by are this
 * function's own.
 *
 * @param x `[N, C, ...]`; integers become float32
 * @param strength `[C]`
 * @throws {ShapeError} for fewer than two axes, or when `strength` does not fit
 * @throws {DTypeError} unless both have one dtype
 * @see Keshari, Singh and Vatsa 2019, https://arxiv.org/abs/1812.03965
 * @example
 * const strength = tensor([1, 4, 2, 3]);
 * guidedDropout(ones([1, 4]), strength, { rate: 0.5 }).toArray(); // => [[2, 0, 4, 0]]
 * guidedDropout(ones([1, 4]), strength, { training: false }).toArray(); // => [[1, 4, 2, 3]]
 */
export function guidedDropout(x: Tensor, strength: Tensor, options: GuidedDropoutOptions = {}): Tensor {
  expectTensor("guidedDropout", "x", x);
  expectTensor("guidedDropout", "strength", strength);
  const { rate, mode, region, training, generator } = settleOptions("guidedDropout", options, table);
  const drawn = channelShape("guidedDropout", x);
  const [, nodes = 0] = drawn;
  const perNode = (t: Tensor): Tensor => t.reshape(drawn.slice(1));
  checkVector("guidedDropout", "strength", strength, [nodes]);
  const values = asFloat(x);
  checkDTypes("guidedDropout", { input: values, strength });
  const y = values.mul(perNode(strength));
  const count = Math.round((mode === "topK" ? rate : region) * nodes);
  if (!training || rate === 0 || count === 0) return y;
  const strong = perNode(strongest(strength, count));
  if (mode === "topK") return divide(y, strong.logicalNot(), count / nodes);
  const kept = drawKept(drawn, values.dtype, { rate, generator });
  return where(strong, divide(y, kept, rate), y);
}

/**
 * {@link guidedDropout} in training, `t ⊙ x` in evaluation, with strengths of its own. `rate` may change between calls.
 *
 * @see Keshari, Singh and Vatsa 2019, https://arxiv.org/abs/1812.03965
 * @example
 * const layer = new GuidedDropout(4, { rate: 0.25, mode: "active", init: "ones" });
 * Object.keys(layer.stateDict()); // => ["strength"]
 * layer.eval().forward(ones([1, 4])).toArray(); // => [[1, 1, 1, 1]]
 */
export class GuidedDropout extends ConfiguredModule<GuidedDropoutLayerOptions> {
  static override readonly name: string = "GuidedDropout";
  /** Number of nodes: extent of axis 1. */
  readonly features: number;
  /** Strengths t, `[features]`. */
  strength: Parameter;

  constructor(features: number, options: GuidedDropoutLayerOptions = {}) {
    super(options, layerTable, [features]);
    expectValue("GuidedDropout", "features", features, ranges.extent);
    const { init, generator, dtype } = this.options;
    this.features = features;
    this.strength = new Parameter(zeros([features], { dtype }));
    initialize("GuidedDropout", this.strength, init, { generator });
  }

  /** Probability of being dropped, or the part that is dropped; it may be set. */
  get rate(): number {
    return this.options.rate;
  }

  set rate(rate: number) {
    this.setOption("rate", rate);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("GuidedDropout.forward", none);
    const { training, strength } = this;
    const { rate, mode, region, generator } = this.options;
    return guidedDropout(x, strength, { rate, mode, region, training, generator });
  }
}
