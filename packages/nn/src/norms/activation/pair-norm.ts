import { ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  expectNothing,
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../../module/configured-module.ts";
import type { GivenFacts } from "../norm-facts.ts";
import type { OptionsOf } from "../../module/options-of.ts";

/** What is known about it. */
export const facts: GivenFacts = {
  call: "PairNorm()",
  axes: "the nodes of a graph, to one mean distance between them",
  formula: "y = s · (x − μ) / √(⟨‖x − μ‖²⟩ + ε)",
  paper: { title: "Zhao and Akoglu 2020", link: "https://arxiv.org/abs/1909.12223" },
  invariances: ["scale of the weights", "scale of the data", "shift of the data"],
  centred: true,
};

/** What is known about it with one length for every node. */
export const individualFacts: GivenFacts = {
  ...facts,
  call: 'PairNorm({ mode: "PN-SI" })',
  variantOf: "pairNorm",
  axes: "the nodes of a graph less their mean, to one length",
  formula: "y = s · (x − μ) / √(‖x − μ‖² + ε)",
};

/** What is known about it with one length for every node, scaled and centred at once. */
export const simultaneousFacts: GivenFacts = {
  ...facts,
  call: 'PairNorm({ mode: "PN-SCS" })',
  variantOf: "pairNorm",
  axes: "the nodes of a graph to one length, less the mean of what they were",
  formula: "y = s · x / √(‖x‖² + ε) − μ",
  invariances: [],
  centred: false,
};

/** Options of {@link pairNorm} and {@link PairNorm}. */
export interface PairNormOptions {
  /** Which form: one length for the whole graph, one for every node (SI), or that without centring before it (SCS); "PN" unless given. */
  readonly mode?: "PN" | "PN-SI" | "PN-SCS";
  /** Root mean square length s of the nodes afterwards; 1 unless given. */
  readonly scale?: number;
  /** Added to the squared length inside the root, in units of x²; 1e-6 unless given. */
  readonly eps?: number;
}

const table: OptionTable<PairNormOptions> = {
  mode: option(ranges.oneOf("PN", "PN-SI", "PN-SCS"), "PN"),
  scale: option(ranges.finite, 1),
  eps: option(ranges.nonNegative, 1e-6, { shown: true }),
};

/**
 * Pair normalization: keeps the mean squared distance between the nodes of a graph, so that many layers do not make all
 * nodes alike.
 *
 * With μ the mean of the nodes, `y = s · (x − μ) / √(⟨‖x − μ‖²⟩ + ε)`, the mean in the root over all nodes.
 * "PN-SI" divides each node by its own length, `y = s · (x − μ) / √(‖x − μ‖² + ε)`;
 * "PN-SCS" scales and centres at once, `y = s · x / √(‖x‖² + ε) − μ`.
 * Backward with `c = x − μ`, n nodes and `R` the reciprocal root: `t = R·g − (R³/n)·c·Σ g·c`, for SI `t = R·g − R³·c·Σ g·c` with
 * the sum over one node, and `dx = t − ⟨t⟩` over the nodes; `g = s·dy`.
 *
 * @param x `[..., nodes, features]`; integers become float32, statistics are computed in float64
 * @throws {ShapeError} for fewer than two axes
 * @see Zhao and Akoglu 2020, https://arxiv.org/abs/1909.12223
 * @example
 * pairNorm(tensor([[0, 4], [6, 12]]), { eps: 0 }).toArray(); // => [[-0.6, -0.8], [0.6, 0.8]]
 * const norm = new PairNorm({ mode: "PN-SI", scale: 10, eps: 0 });
 * norm.forward(tensor([[0, 0], [6, 8], [12, 16]])).toArray()[0]; // => [-6, -8]
 */
export function pairNorm(x: Tensor, options: PairNormOptions & OptionsOf<never> = {}): Tensor {
  expectTensor("pairNorm", "x", x);
  const { mode, scale, eps } = settleOptions("pairNorm", options, table);
  if (x.ndim < 2) {
    throw new ShapeError(`pairNorm: expected input of shape [..., nodes, features], got ${formatShape(x.shape)}.`);
  }
  const values = asFloat(x);
  const wide = values.to("float64");
  const mean = wide.mean({ axis: -2, keepDims: true }); // [..., 1, features]
  const scaled = mode === "PN-SCS" ? wide : wide.sub(mean);
  const squares = scaled.square().sum({ axis: -1, keepDims: true }); // [..., nodes, 1]
  const moment = mode === "PN" ? squares.mean({ axis: -2, keepDims: true }) : squares;
  const y = scaled.mul(moment.add(eps).rsqrt().mul(scale));
  return (mode === "PN-SCS" ? y.sub(mean) : y).to(values.dtype);
}

/** {@link pairNorm} as a layer; it has no parameters. */
export class PairNorm extends ConfiguredModule<PairNormOptions> {
  static override readonly name: string = "PairNorm";

  constructor(options: PairNormOptions & OptionsOf<never> = {}) {
    super(options, table);
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("PairNorm.forward", none);
    return pairNorm(x, this.options);
  }
}
