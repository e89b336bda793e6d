import { Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNoTrace,
  formatValue,
  option,
  optional,
  ranges,
  settleState,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { checkGradients } from "../../optimizer/check-gradients.ts";
import { evaluateClosure } from "../../optimizer/evaluate-closure.ts";
import { Optimizer } from "../../optimizer/optimizer.ts";
import { groupChanges, type OptimizerState, saveGroups } from "../../optimizer/optimizer-state.ts";
import type { ParamsOrGroups } from "../../optimizer/param-group.ts";
import type { GroupRule } from "../../optimizer/update-rule.ts";
import { dot, quasiNewtonDirection } from "./direction.ts";
import { FlatParameters } from "./flat-parameters.ts";
import { type LastIteration, type Memory, memoryFromState, memoryToState, nothing } from "./memory.ts";
import { type LinePoint, strongWolfe } from "./strong-wolfe.ts";

/** Options of {@link LBFGS}. */
export interface LBFGSOptions {
  /** Length of a step along the direction, or the first one that the line search tries; 1 unless given. */
  readonly lr?: number;
  /** Most iterations of a step; 20 unless given. */
  readonly maxIter?: number;
  /** Iterations end once the closure was called so often in a step; `⌊1.25·maxIter⌋` unless given. */
  readonly maxEval?: number | undefined;
  /** Iterations end where no element of the gradient is larger; 1e-7 unless given. */
  readonly toleranceGrad?: number;
  /** Iterations end where no element of the parameters, and not the loss, changes by more; 1e-9 unless given. */
  readonly toleranceChange?: number;
  /** How many corrections are kept; 100 unless given. */
  readonly historySize?: number;
  /** "strong_wolfe" searches a step along each direction; null, which is so unless given, takes steps of `lr`. */
  readonly lineSearchFn?: "strong_wolfe" | null;
}

/** Complete settings of {@link LBFGS}. */
export type LBFGSSettings = Required<LBFGSOptions>;

const rule: GroupRule<LBFGSOptions> = {
  name: "LBFGS",
  options: {
    lr: option(ranges.nonNegative, 1),
    maxIter: option(ranges.count, 20),
    maxEval: optional(ranges.count),
    toleranceGrad: option(ranges.nonNegative, 1e-7),
    toleranceChange: option(ranges.nonNegative, 1e-9),
    historySize: option(ranges.count, 100),
    lineSearchFn: option(ranges.orNull(ranges.oneOf("strong_wolfe")), null),
  },
  checkGroups(fn, groups) {
    if (groups === 1) return;
    throw new ValueError(`${fn}: expected one parameter group, got ${groups}. All parameters are one vector.`);
  },
  initialState: () => ({}),
};

/** Changes of gradient and parameters whose product is no larger say nothing of the curvature. */
const leastCurvature = 1e-10;

/**
 * L-BFGS: steps along `−H·g` with an inverse Hessian H that the last changes of the gradient say; for smooth functions of all
 * data at once, with few parameters.
 *
 * `y = g − g′`, `s = t·d′` of the iteration before, kept if `yᵀs > 1e-10`; `d = −H·g` by the two loops over the kept ones, from
 * `H = (yᵀs/yᵀy)·I`; `p ← p + t·d`, with `t` from the line search, or `lr`; `min(1, 1/‖g‖₁)·lr` in the first iteration.
 *
 * A step is up to `maxIter` iterations, and calls the closure, which has to compute loss and gradients, several times. Its
 * course depends on values, which a compiled function has not: `compile` what the closure calls, not the step. Directions
 * and products are float64 whatever the dtype of the parameters, all of which are one vector in one group. A closure that
 * throws leaves the parameters where the iteration began. The state is that of the first parameter, as in PyTorch.
 *
 * @throws {ValueError} for options outside their ranges, several groups, or a step without a closure
 * @see Liu and Nocedal, On the limited memory BFGS method for large scale optimization (1989), https://doi.org/10.1007/BF01589116
 * @example
 * const w = tensor([-1.2, 1], { dtype: "float64", requiresGrad: true });
 * const optimizer = new LBFGS([w], { maxIter: 100, lineSearchFn: "strong_wolfe" });
 * optimizer.step(() => {
 *   optimizer.zeroGrad();
 *   const [x, y] = [w.at(0), w.at(1)];
 *   const loss = y.sub(x.square()).square().mul(100).add(x.sub(1).square()); // Rosenbrock's function
 *   loss.backward();
 *   return loss;
 * });
 * w.toArray(); // => [1.000, 1.000]
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
  static override readonly name: string = "LBFGS";
  readonly #flat: FlatParameters;
  #memory: Memory = nothing;

  constructor(params: ParamsOrGroups<LBFGSOptions>, options: LBFGSOptions = {}) {
    super(rule, params, options);
    this.#flat = new FlatParameters(this.groups[0]!.params);
  }

  protected override advance<T>(fn: string, closure: (() => T) | undefined): T {
    expectNoTrace(fn, "Compile the function that computes loss and gradients.");
    if (closure === undefined) {
      throw new ValueError(`${fn}: expected closure to be a function, got undefined. It computes loss and gradients.`);
    }
    return withGradMode(false, () => this.#iterate(fn, closure));
  }

  #iterate<T>(fn: string, closure: () => T): T {
    const { maxIter, maxEval = Math.floor(1.25 * maxIter), toleranceGrad, toleranceChange } = this.#settings;
    const first = evaluateClosure(fn, closure);
    let { loss, gradient } = this.#measured(fn, first);
    let evaluations = 1;
    this.#memory = { ...this.#memory, evaluations: this.#memory.evaluations + 1 };
    for (let i = 1; i <= maxIter && largest(gradient) > toleranceGrad; i++) {
      const last = this.#turn(loss, gradient);
      this.#memory = { ...this.#memory, iterations: this.#memory.iterations + 1, last };
      const slope = dot(gradient, last.direction);
      if (slope > -toleranceChange) break;
      // Without a line search nobody needs the loss at the end.
      const isEnd = i === maxIter && this.#settings.lineSearchFn === null;
      const evaluate = isEnd ? undefined : (): Measured => this.#measured(fn, evaluateClosure(fn, closure));
      const moved = this.#move({ step: 0, loss, gradient, slope }, last, evaluate);
      const { point } = moved;
      evaluations += moved.evaluations;
      this.#memory = {
        ...this.#memory,
        evaluations: this.#memory.evaluations + moved.evaluations,
        last: { ...last, step: point.step },
      };
      const change = Math.abs(point.loss - loss);
      ({ loss, gradient } = point);
      const length = largest(last.direction.mul(point.step));
      if (evaluations >= maxEval || length <= toleranceChange || change < toleranceChange) break;
    }
    return first;
  }

  get #settings(): LBFGSSettings {
    return this.groups[0]!.settings;
  }

  /** The loss that a closure returned, and the gradients that it left. */
  #measured(fn: string, result: unknown): Measured {
    const loss = result instanceof Tensor && result.size === 1 ? result.item() : result;
    if (typeof loss !== "number") {
      throw new ValueError(`${fn}: expected closure to return its loss, one number, got ${formatValue(result)}.`);
    }
    checkGradients(fn, [this.groups[0]!.params.map((param) => ({ param }))]);
    return { loss, gradient: this.#flat.gradients() };
  }

  /** Takes the last step into the memory, and chooses the next direction and a first guess of its length. */
  #turn(loss: number, gradient: Tensor): LastIteration {
    const { lr, historySize } = this.#settings;
    const { last } = this.#memory;
    if (last === undefined) {
      const step = Math.min(1, 1 / gradient.abs().sum().item()) * lr;
      return { direction: gradient.neg(), step, gradient, loss, corrections: [], scale: 1 };
    }
    const step = last.direction.mul(last.step);
    const change = gradient.sub(last.gradient);
    const curvature = dot(change, step);
    let { corrections, scale } = last;
    if (curvature > leastCurvature) {
      corrections = [...corrections, { step, change, rho: 1 / curvature }].slice(-historySize);
      scale = curvature / dot(change, change);
    }
    const direction = quasiNewtonDirection(gradient, corrections, scale);
    return { direction, step: lr, gradient, loss, corrections, scale };
  }

  /** Moves the parameters along a direction; they are back at the start if the closure throws. */
  #move(
    start: LinePoint,
    { direction, step }: LastIteration,
    evaluate: (() => Measured) | undefined,
  ): ReturnType<typeof strongWolfe> {
    const origin = this.#flat.values();
    const go = (length: number): void => this.#flat.assign(origin.add(direction.mul(length)));
    const at = (length: number): LinePoint => {
      go(length);
      if (evaluate === undefined) return { ...start, step: length };
      const { loss, gradient } = evaluate();
      return { step: length, loss, gradient, slope: dot(gradient, direction) };
    };
    const { lineSearchFn, toleranceChange: tolerance } = this.#settings;
    try {
      if (lineSearchFn === null) return { point: at(step), evaluations: evaluate === undefined ? 0 : 1 };
      const found = strongWolfe(at, start, { step, tolerance, length: largest(direction) });
      go(found.point.step);
      return found;
    } catch (error) {
      this.#flat.assign(origin);
      throw error;
    }
  }

  protected override save(): OptimizerState {
    return { state: { 0: memoryToState(this.#memory) }, param_groups: saveGroups(this.trainedGroups) };
  }

  protected override restore(fn: string, state: OptimizerState): void {
    const saved = settleState(fn, state);
    const [group] = groupChanges(fn, this.trainedGroups, saved);
    const memory = memoryFromState(fn, saved.state[group!.params[0]!], this.#flat.size);
    group!.change();
    this.#memory = memory;
  }
}

/** Loss and gradient somewhere. */
interface Measured {
  readonly loss: number;
  readonly gradient: Tensor;
}

/** Largest magnitude in a vector, 0 in an empty one. */
function largest(vector: Tensor): number {
  return vector.size === 0 ? 0 : vector.abs().max().item();
}
