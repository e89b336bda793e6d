import { CompileError, type Tensor } from "@tapegrad/tensor";
import { checkOptions, isTracing, symbolicTensor } from "@tapegrad/tensor/internal";
import { addUserLine, withLongStacks } from "./errors/user-line.ts";
import type { CompiledPlan } from "./plan/compiled-plan.ts";
import { describePlan } from "./plan/describe-plan.ts";
import { Plan, type PlanOptions } from "./plan/plan.ts";
import { checkThreads, type Threads } from "./threads/choose-threads.ts";
import { hasGrad, isCurrent, planKey } from "./trace/plan-key.ts";
import { trace } from "./trace/trace.ts";
import { type Tree, treeOf } from "./trace/tree.ts";

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Equal bits on every engine: no instruction whose rounding depends on the machine. */
  readonly deterministic?: boolean;
  /**
   * How many threads work together, the caller's included; results do not depend on it. Default `"auto"`: at most
   * as many as the work pays for, and of those as many as prove fastest. 1 where threads cannot share memory.
   */
  readonly threads?: Threads;
}

/** What {@link compile} gives: called like the original. */
export interface Compiled<Arguments extends unknown[], Result> {
  (...args: Arguments): Result;
  /** What the last call ran; undefined before the first. */
  readonly plan: CompiledPlan | undefined;
}

interface CachedPlan {
  readonly key: string;
  readonly plan: Plan;
  readonly output: Tree;
  readonly description: CompiledPlan;
}

/** Plans that are kept per function; the one not used for the longest time makes way. */
const mostPlans = 16;

const behind = new WeakMap<object, () => Plan | undefined>();

/** @internal What the plan of the last call is made of; for tests. */
export function planBehind(compiled: object): Plan | undefined {
  return behind.get(compiled)?.();
}

/**
 * Makes a function over tensors run as one WebAssembly module: forward, backward, optimizer, running statistics and
 * random numbers together.
 *
 * The first call runs `fn` once with tensors that have no values, records what it does, and builds a plan; later calls
 * only run that. There is a plan for each combination of shapes, dtypes and plain values of the arguments, and of the
 * state that `fn` reads on its way: training flags, whether leaves have gradients, `noGrad`. 16 are kept. Tensors that
 * `fn` captures are read and assigned to as ever, from inside and outside. Plain values it reads elsewhere are those of
 * the first call, and side effects other than on tensors happen only then.
 *
 * Computes in the dtypes of `fn`. Random numbers have the same bits as without `compile`; values differ by rounding,
 * since sums run in another order.
 *
 * @param fn takes and gives tensors, numbers, strings, booleans, null and undefined, and arrays and plain objects of
 * them; results are outside the recorded graph
 * @returns a function of the same signature, with the {@link CompiledPlan} of the last call as `plan`
 * @throws {CompileError} when called, if `fn` reads the value of a tensor that depends on its arguments, or takes or
 * gives anything else; nothing has changed then, as with any other error
 * @throws {ValueError} for an unknown option
 *
 * @example
 * const w = tensor([1, 2], { requiresGrad: true });
 * const step = compile((x: Tensor) => {
 *   w.grad = undefined;
 *   const loss = w.mul(x).sum();
 *   loss.backward();
 *   return loss;
 * });
 * step(tensor([3, 4])).item(); // => 11
 * w.grad?.toArray(); // => [3, 4]
 */
export function compile<Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
  options: CompileOptions = {},
): Compiled<Arguments, Result> {
  checkOptions("compile", options, ["deterministic", "threads"]);
  const { deterministic = false, threads = "auto" } = options;
  checkThreads("compile", threads);
  const plans: CachedPlan[] = [];
  const compiled = (...args: Arguments): Result => {
    // Inside another compiled function it is a part of that.
    if (isTracing()) return fn(...args);
    try {
      const input = withLongStacks(() => treeOf("arguments", args));
      const { plan, output } = planFor(input);
      return output.rebuild(plan.call([...input.tensors, ...gradsOf(input.tensors)])) as Result;
    } catch (error) {
      if (error instanceof CompileError) addUserLine(error);
      throw error;
    }
  };
  const planFor = (input: Tree): CachedPlan => {
    const key = planKey(input);
    let cached = plans.find((candidate) => candidate.key === key && isCurrent(candidate.plan.trace, input.tensors));
    if (cached === undefined) {
      cached = withLongStacks(() => makePlan(fn, input, key, { deterministic, threads }));
      plans.unshift(cached);
      if (plans.length > mostPlans) plans.pop()?.plan.free();
    } else if (plans[0] !== cached) plans.unshift(...plans.splice(plans.indexOf(cached), 1));
    return cached;
  };
  behind.set(compiled, () => plans[0]?.plan);
  return Object.defineProperty(compiled, "plan", { get: () => plans[0]?.description }) as Compiled<Arguments, Result>;
}

function makePlan<Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
  input: Tree,
  key: string,
  options: PlanOptions,
): CachedPlan {
  let output: Tree | undefined;
  const traced = trace({
    tensors: input.tensors,
    withGrad: input.tensors.filter(hasGrad),
    call: (tensors) => {
      output = treeOf("results", fn(...(input.rebuild(tensors) as Arguments)));
      return output;
    },
  });
  const plan = new Plan(traced, options);
  return { key, plan, output: detachedTree(output as Tree), description: describePlan(plan) };
}

/** The structure around tensors that hold nothing of the trace. */
function detachedTree({ tensors, rebuild }: Tree): Tree {
  return treeOf("results", rebuild(tensors.map(symbolicTensor)));
}

function gradsOf(tensors: readonly Tensor[]): Tensor[] {
  return tensors.filter(hasGrad).map(({ grad }) => grad as Tensor);
}
