import { ValueError } from "@tapegrad/tensor";
import { expectValue, option, type OptionTable, ranges, required, settleOptions } from "@tapegrad/tensor/internal";

/** Options of {@link gradualSparsity}. */
export interface GradualSparsityOptions {
  /** The sparsity in the end, s_f. */
  readonly final: number;
  /** The sparsity at first, s_i; 0 unless given. */
  readonly initial?: number;
  /** The step of the first pruning, t₀; 0 unless given. */
  readonly begin?: number;
  /** The step of the last pruning, `t₀ + n·Δt`, behind `begin`. */
  readonly end: number;
}

const table: OptionTable<GradualSparsityOptions> = {
  final: required(ranges.unit),
  initial: option(ranges.unit, 0),
  begin: option(ranges.nonNegative, 0),
  end: required(ranges.nonNegative),
};

/**
 * The sparsity to prune to at a step of training: `s_t = s_f + (s_i − s_f) · (1 − (t − t₀) / (t_end − t₀))³` between `begin`
 * and `end`, `initial` before and `final` behind. Much is pruned first, while there is much to choose from.
 *
 * Meant for `l1Unstructured` and its like with `of: "all"`, every some steps.
 *
 * @throws {ValueError} for a step that is no number ≥ 0, a sparsity outside of [0, 1], or an end that is not behind `begin`
 * @see Zhu and Gupta 2017, https://arxiv.org/abs/1710.01878
 * @example
 * [0, 50, 100, 200].map((step) => pruning.gradualSparsity(step, { final: 0.8, end: 100 })); // => [0, 0.7, 0.8, 0.8]
 * const layer = new Dense(4, 4);
 * for (let step = 0; step <= 100; step += 10) {
 *   pruning.l1Unstructured(layer, pruning.gradualSparsity(step, { final: 0.5, end: 100 }), { of: "all" });
 * }
 * pruning.sparsity(layer).zeros; // => 8
 */
export function gradualSparsity(step: number, options: GradualSparsityOptions): number {
  expectValue("gradualSparsity", "step", step, ranges.nonNegative);
  const { final, initial, begin, end } = settleOptions("gradualSparsity", options, table);
  if (end <= begin) throw new ValueError(`gradualSparsity: expected end > begin, got end ${end} and begin ${begin}.`);
  const left = Math.min(1, Math.max(0, 1 - (step - begin) / (end - begin)));
  const cube = left ** 3;
  return initial * cube + final * (1 - cube);
}
