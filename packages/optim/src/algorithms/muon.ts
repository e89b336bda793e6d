import { assign, ShapeError, type Tensor, zerosLike } from "@tapegrad/tensor";
import { formatShape, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import { type ParamsOrGroups } from "../optimizer/param-group.ts";
import type { CycledMomentum, UpdateBatch, UpdateRule } from "../optimizer/update-rule.ts";
import { decoupledDecay } from "./decoupled-decay.ts";
import { type DescentOptions, descentTable } from "./descent-options.ts";
import { movingAverage, weightsFor } from "./moving-average.ts";
import { orthogonalize } from "./orthogonalize.ts";
import { penalizedGradient } from "./penalized-gradient.ts";

/** Options of {@link Muon}. */
export interface MuonOptions extends DescentOptions {
  /** Decay of the momentum per step; 0.95 unless given. */
  readonly momentum?: number;
  /** Look ahead along the momentum; true unless given. */
  readonly nesterov?: boolean;
  /** Coefficients of the Newton-Schulz iteration; `[3.4445, −4.775, 2.0315]` unless given. */
  readonly nsCoefficients?: readonly [number, number, number];
  /** Number of its iterations; 5 unless given. */
  readonly nsSteps?: number;
  /** Smallest norm of a momentum to divide by; 1e-7 unless given. */
  readonly eps?: number;
  /**
   * Factor of the rate for a matrix `[A, B]`: "original" is `√max(1, A/B)`, "match_rms_adamw" is `0.2·√max(A, B)`, with which
   * rates of AdamW can be kept; "original" unless given.
   */
  readonly adjustLr?: "original" | "match_rms_adamw";
}

/** Complete settings of {@link Muon}. */
export type MuonSettings = Required<MuonOptions>;

const factors: Readonly<Record<MuonSettings["adjustLr"], (rows: number, columns: number) => number>> = {
  original: (rows, columns) => Math.sqrt(Math.max(1, rows / columns)),
  match_rms_adamw: (rows, columns) => 0.2 * Math.sqrt(Math.max(rows, columns)),
};

/** The rows of the options. */
export const muonTable: OptionTable<MuonOptions> = {
  ...descentTable(1e-3, 0.1),
  momentum: option(ranges.fraction, 0.95),
  nesterov: option(ranges.flag, true),
  nsCoefficients: option(ranges.listOf(ranges.finite, 3), [3.4445, -4.775, 2.0315]),
  nsSteps: option(ranges.count, 5),
  eps: option(ranges.nonNegative, 1e-7),
  adjustLr: option(ranges.keyOf(factors), "original"),
};

/** Its momentum is what schedules cycle. */
export const muonMomentum: CycledMomentum<{ readonly momentum: number }> = {
  get: ({ momentum }) => momentum,
  set: (settings, momentum) => ({ ...settings, momentum }),
};

/** One step of Muon for matrices, and kernels of more axes. */
export function updateMuon({ slots, dtype, group }: UpdateBatch<MuonSettings>): void {
  const { weightDecay, nesterov, nsCoefficients, nsSteps, eps, adjustLr, maximize } = group.settings;
  const { keep, rest } = weightsFor(group.momentum as Tensor, dtype);
  const lr = group.lr.to(dtype);
  const decay = decoupledDecay(group, dtype, weightDecay);
  for (const { param, state } of slots) {
    const gradient = penalizedGradient(param, { maximize });
    const buffer = movingAverage(state["momentum_buffer"]!, gradient, { keep, rest });
    const direction = nesterov ? gradient.mul(rest).add(buffer.mul(keep)) : buffer;
    const rows = param.extent(0);
    const columns = rows === 0 ? 0 : param.size / rows;
    const matrix = direction.reshape(rows, columns);
    const change = orthogonalize(matrix, { coefficients: nsCoefficients, steps: nsSteps, eps }).reshape(param.shape);
    assign(param, decay(param).sub(change.mul(lr.mul(factors[adjustLr](rows, columns)))));
  }
}

const rule: UpdateRule<MuonOptions> = {
  name: "Muon",
  options: muonTable,
  momentum: muonMomentum,
  initialState(param) {
    if (param.ndim < 2) {
      throw new ShapeError(
        `Muon: expected matrices or kernels as parameters, got shape ${formatShape(param.shape)}. Give the others to AdamW, or all to MuonAdamW.`,
      );
    }
    return { momentum_buffer: zerosLike(param) };
  },
  replayable: true,
  update: updateMuon,
};

/**
 * Muon: momentum whose singular values are all moved near 1, for the matrices inside a network.
 *
 * `m ← μ·m + (1 − μ)·g`, `O = orthogonalize((1 − μ)·g + μ·m)`, `p ← (1 − lr·weightDecay)·p − lr·factor·O`. Embeddings, the last
 * layer, biases and norms belong to another optimizer such as `AdamW`, to which `MuonAdamW` gives most of them. A kernel
 * `[out, in, ...]` is one matrix `[out, in·...]`.
 *
 * State has each parameter's dtype, and the iteration runs in it. Unless given `lr` is 1e-3 and `weightDecay`, decoupled, 0.1.
 *
 * @throws {ShapeError} for a parameter of fewer than two axes
 * @throws {ValueError} for options outside their ranges
 *
 * Jordan et al., Muon: An optimizer for hidden layers in neural networks (2024), https://kellerjordan.github.io/posts/muon;
 * Liu et al., Muon is Scalable for LLM Training (2025), https://arxiv.org/abs/2502.16982, for decay and "match_rms_adamw"
 * @example
 * const w = tensor([[2, 0], [0, 1]], { requiresGrad: true });
 * const optimizer = new Muon([w], { lr: 0.1, weightDecay: 0, nsCoefficients: [1.5, -0.5, 0], nsSteps: 10 });
 * w.square().sum().backward();
 * optimizer.step();
 * w.toArray(); // => [[1.9, 0], [0, 0.9]]
 */
export class Muon extends Optimizer<MuonOptions> {
  static override readonly name: string = "Muon";

  constructor(params: ParamsOrGroups<MuonOptions>, options: MuonOptions = {}) {
    super(rule, params, options);
  }
}
