import { Adagrad, Adam, type Optimizer, SGD } from "@tapegrad/optim";
import { tensor, type Tensor } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

/** Counts after which `1 − β^step` is 1: the standard does without the correction in step 0. */
const uncorrected = 2 ** 40;

/** What one step of the standard's optimizers is given, for all parameters. */
interface Step {
  readonly lr: number;
  /** Number of updates so far. */
  readonly count: number;
  readonly params: readonly Tensor[];
  /** State by its place among the inputs. */
  readonly states: readonly (readonly Tensor[])[];
  readonly weightDecay: number;
}

/** Inputs are the rate, the count, then all parameters, all gradients, and all of each state. */
function stepOf(call: NodeCall, stateCount: number): Step {
  const groups = 2 + stateCount;
  const each = (call.inputs.length - 2) / groups;
  if (!Number.isInteger(each) || each < 1) {
    call.fail("input", `expected 2 inputs and ${groups} for each parameter, got ${call.inputs.length}`);
  }
  const group = (g: number): Tensor[] => Array.from({ length: each }, (_, i) => call.input(2 + g * each + i));
  const params = group(0).map((param, i) => {
    const leaf = param.detach().clone().requiresGrad_();
    leaf.grad = group(1)[i];
    return leaf;
  });
  const states = Array.from({ length: stateCount }, (_, s) => group(2 + s));
  const [lr, count] = [call.numberOf(0), call.numberOf(1)];
  if (lr === undefined || count === undefined) call.fail("input[0]", "expected a rate and a count, got none");
  return { lr, count, params, states, weightDecay: call.float("norm_coefficient", 0) };
}

/** Puts the state in, updates, and returns parameters and state. */
function update(optimizer: Optimizer, { params, states }: Step, count: number, names: readonly string[]): Tensor[] {
  const saved = optimizer.stateDict();
  const state = Object.fromEntries(
    params.map((_, p) => {
      const own = names.map((name, s): [string, Tensor] => [name, states[s]![p]!]);
      return [p, { ...saved.state[p], ...Object.fromEntries(own), step: tensor(count, { dtype: "float64" }) }];
    }),
  );
  optimizer.loadStateDict({ state, param_groups: saved.param_groups });
  optimizer.step();
  const after = optimizer.stateDict().state;
  return [...params.map((param) => param.detach()), ...names.flatMap((name) => params.map((_, p) => after[p]![name]!))];
}

/** `v ← α·v + β·g`, without β in step 0 */
function momentum(call: NodeCall): Tensor[] {
  const step = stepOf(call, 1);
  const nesterov = call.word("mode", ["standard", "nesterov"], "standard") === "nesterov";
  const { lr, weightDecay } = step;
  const optimizer = new SGD([...step.params], {
    lr,
    weightDecay,
    nesterov,
    momentum: call.float("alpha"),
    dampening: 1 - call.float("beta"),
  });
  return update(optimizer, step, step.count, ["momentum_buffer"]);
}

function adagrad(call: NodeCall): Tensor[] {
  const step = stepOf(call, 1);
  const { lr, weightDecay } = step;
  const [eps, lrDecay] = [call.float("epsilon", 0), call.float("decay_factor", 0)];
  return update(new Adagrad([...step.params], { lr, lrDecay, eps, weightDecay }), step, step.count, ["sum"]);
}

/** Epsilon is added before the correction there, and after it here; the step's number counts from 0 there. */
function adam(call: NodeCall): Tensor[] {
  const step = stepOf(call, 2);
  const { lr, count, weightDecay } = step;
  if (call.float("norm_coefficient_post", 0) !== 0) call.fail("attribute.norm_coefficient_post", "expected 0");
  const betas: [number, number] = [call.float("alpha", 0.9), call.float("beta", 0.999)];
  const correction = count === 0 ? 1 : Math.sqrt(1 - betas[1] ** count);
  const eps = call.float("epsilon", 0) / correction;
  const optimizer = new Adam([...step.params], { lr, betas, eps, weightDecay });
  return update(optimizer, step, count === 0 ? uncorrected : count - 1, ["exp_avg", "exp_avg_sq"]);
}

/** Optimizers: one update each. */
export const optimizers: Operators = { Momentum: momentum, Adagrad: adagrad, Adam: adam };
