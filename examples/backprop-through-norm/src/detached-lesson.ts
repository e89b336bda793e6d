import { assign, grad, gradcheck, noGrad, type Tensor, zeros } from "tapegrad";
import { type Frozen, frozenNorm, type NormKind } from "./frozen-norm.ts";
import type { Lesson } from "./lesson.ts";
import type { Problem } from "./problem.ts";

/** What one way of detaching does. */
export interface DetachedResult {
  readonly name: string;
  /** Largest error of dx relative to the largest entry of the right one. */
  readonly error: number;
  /** Whether finite differences accept the gradient. */
  readonly passes: boolean;
  /** Largest |Σ dx| of a group, 0 for a norm that subtracts the mean. */
  readonly sum: number;
  /** Largest |Σ dx · xhat| of a group, 0 up to ε. */
  readonly alongXhat: number;
  /** Gradient descent on a shift in front of the norm; only where the norm undoes a shift. */
  readonly shift: Drift | undefined;
  /** Gradient descent on the logarithm of a factor in front of the norm. */
  readonly factor: Drift;
}

/** What training did to a parameter that the norm undoes. */
export interface Drift {
  /** How far it moved. */
  readonly moved: number;
  /** By how much the loss changed. */
  readonly lossChange: number;
}

const steps = 200;
const learningRate = 0.1;

/** Shows what becomes of the gradient, and of training, when statistics are detached. Returns the rows it printed. */
export function detachedLesson(lesson: Lesson, problem: Problem, name: string, kind: NormKind): DetachedResult[] {
  const variants: [string, Frozen][] = kind.center
    ? [
        ["nothing detached", {}],
        ["mean detached", { mean: true }],
        ["deviation detached", { deviation: true }],
        ["both detached", { mean: true, deviation: true }],
      ]
    : [
        ["nothing detached", {}],
        ["root mean square detached", { deviation: true }],
      ];
  const results = variants.map(([variant, frozen]) => examine(problem, kind, variant, frozen));
  lesson.heading(name);
  lesson.table([
    ["", "error of dx", "gradcheck", ...(kind.center ? ["max |Σ dx|"] : []), "max |Σ dx · xhat|"],
    ...results.map((row) => [
      row.name,
      percent(row.error),
      row.passes ? "passes" : "fails",
      ...(kind.center ? [short(row.sum)] : []),
      short(row.alongXhat),
    ]),
  ]);
  lesson.table([
    [`after ${steps} steps`, ...(kind.center ? ["shift moved", "loss moved"] : []), "log factor moved", "loss moved"],
    ...results.map(({ name: variant, shift, factor }) => [
      variant,
      ...(shift === undefined ? [] : [short(shift.moved), short(shift.lossChange)]),
      short(factor.moved),
      short(factor.lossChange),
    ]),
  ]);
  return results;
}

/** What the tables mean; printed before them. */
export function explainDetaching(lesson: Lesson): void {
  lesson.title("What breaks when a statistic is detached");
  lesson.say(`It is tempting to treat mean and deviation as constants in the backward pass: the values stay the same and the code gets
    shorter. Below, the same forward pass with statistics detached. The error is relative to the largest entry of the right dx,
    and gradcheck holds the gradient against finite differences.`);
  lesson.say(`Two sums tell which term is missing. A norm that subtracts the mean does not change when all of a group moves by the same
    amount, so Σ dx must be 0; without the mean term it is not. No norm changes when a group is stretched about its centre, so
    Σ dx · xhat must be 0 up to ε; without the deviation term it is not.`);
  lesson.say(`The second table lets it train. In front of the norm stands a shift (added) or a factor (multiplied), one for each group, and
    gradient descent adjusts it. The norm undoes either, so the loss cannot depend on them, and the right gradient leaves them
    where they are. A detached one believes that they help and moves them at every step, on and on, while the loss stays where
    it is. This is how the BatchNorm paper (section 2, https://arxiv.org/abs/1502.03167) argues that the statistics belong on the
    tape. RMSNorm does not undo a shift, so there only the factor is left. (The last traces of movement are ε at work.)`);
}

function examine(problem: Problem, kind: NormKind, name: string, frozen: Frozen): DetachedResult {
  const { gamma, dy, eps } = problem;
  const over = { axis: kind.axis, keepDims: true } as const;
  const x = problem.x.clone().requiresGrad_();
  const norm = (input: Tensor, how: Frozen): Tensor => frozenNorm(input, kind, eps, how);
  const dxWith = (how: Frozen): Tensor => grad(norm(x, how).mul(gamma), [x], { cotangent: dy })[0];
  const right = dxWith({});
  const dx = dxWith(frozen);
  const xhat = noGrad(() => norm(x, {}));
  const report = gradcheck((input) => norm(input, frozen).mul(gamma), [problem.x.clone()], { throws: false });
  return {
    name,
    error: largest(dx.sub(right)) / largest(right),
    passes: report.passed,
    sum: largest(dx.sum(over)),
    alongXhat: largest(dx.mul(xhat).sum(over)),
    shift: kind.center ? train(problem, kind, frozen, (input, shift) => input.add(shift)) : undefined,
    factor: train(problem, kind, frozen, (input, logarithm) => input.mul(logarithm.exp())),
  };
}

/** Gradient descent on a parameter, at first 0, that changes the input of the norm; one for each group. */
function train(
  problem: Problem,
  kind: NormKind,
  frozen: Frozen,
  change: (input: Tensor, parameter: Tensor) => Tensor,
): Drift {
  const { x, gamma, dy, eps } = problem;
  const groups = kind.axis === 0 ? [1, x.shape[1]!] : [x.shape[0]!, 1];
  const parameter = zeros(groups, { dtype: "float64", requiresGrad: true });
  const loss = (how: Frozen): Tensor => frozenNorm(change(x, parameter), kind, eps, how).mul(gamma).mul(dy).mean();
  const before = noGrad(() => loss({}).item());
  for (let step = 0; step < steps; step++) {
    const [gradient] = grad(loss(frozen), [parameter]);
    assign(
      parameter,
      noGrad(() => parameter.sub(gradient.mul(learningRate))),
    );
  }
  const after = noGrad(() => loss({}).item());
  return { moved: largest(parameter), lossChange: after - before };
}

function largest(tensor: Tensor): number {
  return tensor.abs().max().item();
}

function percent(value: number): string {
  return value < 1e-9 ? "0 %" : `${(100 * value).toFixed(1)} %`;
}

function short(value: number): string {
  return Math.abs(value) < 1e-12 ? "0" : Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toFixed(4);
}
