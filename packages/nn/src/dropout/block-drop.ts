import { DTypeError, rand, ShapeError, type Tensor, ValueError, where } from "@tapegrad/tensor";
import {
  asFloat,
  expectElements,
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import { type ReductionOptions, reduce, reductionTable } from "../losses/reduction.ts";
import { checkVector, checkVectors } from "../module/check-vector.ts";

/** Options of {@link samplePolicy}. */
export interface SamplePolicyOptions extends RandomOptions {
  /** Whether to draw; false keeps what is kept with probability 0.5 or more. True unless given. */
  readonly training?: boolean;
}

/** Options of {@link blockDropReward}. */
export interface BlockDropRewardOptions {
  /** What a wrong answer costs, γ; 1 unless given. */
  readonly penalty?: number;
}

const policyTable: OptionTable<SamplePolicyOptions> = { training: option(ranges.flag, true), ...randomTable };
const rewardTable: OptionTable<BlockDropRewardOptions> = { penalty: option(ranges.finite, 1) };

/** Throws unless `t` is `[N, K]`; its extents. */
function matrixShape(fn: string, name: string, t: Tensor): readonly [rows: number, blocks: number] {
  expectTensor(fn, name, t);
  const [rows, blocks] = t.shape;
  if (rows !== undefined && blocks !== undefined && t.ndim === 2) return [rows, blocks];
  throw new ShapeError(`${fn}: expected ${name} of shape [N, K], got ${formatShape(t.shape)}.`);
}

/** Throws unless `t` is a tensor of bools. */
export function checkBool(fn: string, name: string, t: Tensor): void {
  expectTensor(fn, name, t);
  if (t.dtype !== "bool") throw new DTypeError(`${fn}: expected ${name} of dtype bool, got ${t.dtype}.`);
}

/** Throws unless `probabilities` are `[N, K]` in [0, 1]; in floats. */
function checkProbabilities(fn: string, probabilities: Tensor): Tensor {
  matrixShape(fn, "probabilities", probabilities);
  expectElements(probabilities, {
    within: [[0, 1]],
    error: (p) => new ValueError(`${fn}: expected probabilities in [0, 1], got ${p}.`),
  });
  return asFloat(probabilities);
}

/**
 * Which blocks to keep, drawn with their probabilities: `u_k ~ Bernoulli(s_k)`, or `s_k ≥ ½` when `training` is false.
 *
 * The authors keep the draws of training away from certainty by `s' = α·s + (1 − α)·(1 − s)`, α = 0.8: give s' here and
 * to {@link blockDropLoss}, and s to the policy without draws.
 *
 * @param probabilities `[N, K]`, of each of K blocks for each sample
 * @returns bools `[N, K]`, for `GatedBlocks`
 * @throws {ValueError} for a probability outside of [0, 1]
 * @see Wu et al. 2018, https://arxiv.org/abs/1711.08393
 * @example
 * samplePolicy(tensor([[0.2, 0.5, 1]]), { training: false }).toArray(); // => [[0, 1, 1]]
 */
export function samplePolicy(probabilities: Tensor, options: SamplePolicyOptions = {}): Tensor {
  const { training, generator } = settleOptions("samplePolicy", options, policyTable);
  const p = checkProbabilities("samplePolicy", probabilities).detach();
  return training ? rand(p.shape, { dtype: p.dtype, generator }).lt(p) : p.ge(0.5);
}

/**
 * What a choice of blocks is worth: `1 − (kept/K)²` where the answer was right, `−penalty` where it was wrong.
 *
 * @param actions bools `[N, K]`, true for blocks that were kept
 * @param correct bools `[N]`
 * @returns `[N]`, float32
 * @throws {ShapeError} when they do not fit
 * @throws {DTypeError} unless both are bools
 * @see Wu et al. 2018, https://arxiv.org/abs/1711.08393
 * @example
 * const actions = tensor([[1, 1], [1, 0]]).ne(0);
 * blockDropReward(actions, tensor([0, 1]).ne(0), { penalty: 5 }).toArray(); // => [-5, 0.75]
 */
export function blockDropReward(actions: Tensor, correct: Tensor, options: BlockDropRewardOptions = {}): Tensor {
  checkBool("blockDropReward", "actions", actions);
  const [rows] = matrixShape("blockDropReward", "actions", actions);
  checkBool("blockDropReward", "correct", correct);
  checkVector("blockDropReward", "correct", correct, [rows]);
  const { penalty } = settleOptions("blockDropReward", options, rewardTable);
  const kept = actions.to("float32").mean({ axis: 1 });
  return where(correct, kept.square().neg().add(1), -penalty);
}

/**
 * The loss whose gradient is the policy gradient of BlockDrop:
 * `−(R(u) − R̃) · Σ_k log(u_k·s_k + (1 − u_k)·(1 − s_k))` for each sample.
 *
 * Its gradient by the probabilities s is in expectation over the draws u that of `−E[R(u)]`, whatever the baseline R̃ is that
 * does not depend on u; its value means nothing. The self-critical baseline is the reward of the choice without draws. Rewards are
 * constants.
 *
 * @param probabilities `[N, K]` that the actions were drawn with
 * @param actions bools `[N, K]`, of {@link samplePolicy}
 * @param rewards `[N]`, of the actions: {@link blockDropReward}
 * @param baselines `[N]`, as `rewards`, of `samplePolicy(probabilities, { training: false })`
 * @throws {ShapeError} when they do not fit
 * @throws {DTypeError} unless the actions are bools
 * @throws {ValueError} for a probability outside of [0, 1]
 * @see Wu et al. 2018, https://arxiv.org/abs/1711.08393
 * @example
 * const probabilities = tensor([[0.5, 0.5]]).requiresGrad_();
 * const actions = tensor([[1, 0]]).ne(0);
 * blockDropLoss(probabilities, actions, tensor([0.75]), tensor([0])).backward();
 * probabilities.grad?.toArray(); // => [[-1.5, 1.5]]
 */
export function blockDropLoss(
  probabilities: Tensor,
  actions: Tensor,
  rewards: Tensor,
  baselines: Tensor,
  options: ReductionOptions = {},
): Tensor {
  const p = checkProbabilities("blockDropLoss", probabilities);
  checkBool("blockDropLoss", "actions", actions);
  checkVector("blockDropLoss", "actions", actions, p.shape);
  expectTensor("blockDropLoss", "rewards", rewards);
  expectTensor("blockDropLoss", "baselines", baselines);
  const rows = [p.shape[0]!];
  checkVectors("blockDropLoss", rows, { rewards, baselines });
  const { reduction } = settleOptions("blockDropLoss", options, reductionTable);
  const advantage = rewards.sub(baselines).detach();
  // Where nothing is gained, what was impossible counts as certain: no 0 · ∞.
  const idle = advantage.eq(0).reshape([...rows, 1]);
  const chosen = where(actions, p, p.neg().add(1)).maskedFill(idle, 1);
  return reduce(chosen.log().sum({ axis: 1 }).mul(advantage).neg(), reduction);
}
