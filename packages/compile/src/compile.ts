import { type AnyResult, CompileError, Tensor, ValueError } from "@tapegrad/tensor";
import {
  addUserLine,
  compiledShape,
  formatValue,
  gradMode,
  isTracing,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { PlanCache, runPlan } from "./cache/plan-cache.ts";
import type { PlanSummary } from "./summary/plan-summary.ts";
import type { Executable, Target } from "./target.ts";
import { treeOf } from "./trace/tree.ts";
import { wasmTarget } from "./wasm/wasm-target.ts";

/** What functions are compiled to. */
const target: Target = wasmTarget;

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Equal bits on every engine: no instruction whose rounding depends on the machine. */
  readonly deterministic?: boolean;
  /**
   * How many threads work together, the caller's included; results do not depend on it. Default `"auto"`: at most
   * as many as the work pays for, and of those as many as prove fastest. 1 where threads cannot share memory, or
   * nothing is large enough to share.
   */
  readonly threads?: number | "auto";
}

const table: OptionTable<CompileOptions> = {
  deterministic: option(ranges.flag, false),
  threads: option(ranges.either(ranges.count, ranges.oneOf("auto")), "auto"),
};

/** What {@link compile} gives: called like the original. */
export interface Compiled<Arguments extends unknown[], Result> {
  (...args: Arguments): Result;
  /** What the last call ran; undefined before the first. */
  readonly plan: PlanSummary | undefined;
  /**
   * How many plans were built, each at the price of many calls. Stays where it is once each kind of call has been seen;
   * what goes on growing says that something changes from call to call that should be a tensor, or of one shape.
   */
  readonly builds: number;
}

const caches = new WeakMap<object, PlanCache<never>>();

/** @internal The plans of a compiled function; undefined of anything else. */
export function plansOf(compiled: object): PlanCache<never> | undefined {
  return caches.get(compiled);
}

/** @internal What runs the last call of a compiled function; for tests. */
export function executableOf(compiled: object): Executable | undefined {
  return plansOf(compiled)?.latest?.executable;
}

/**
 * Makes a function over tensors run as one WebAssembly module: forward, backward, optimizer, running statistics and
 * random numbers together.
 *
 * The first call runs `fn` once with tensors that have no values, records what it does, and builds a plan; later calls
 * only run that. There is a plan for each combination of shapes, dtypes and plain values of the arguments, and of the
 * state that `fn` uses on its way: training flags, whether leaves have gradients, `noGrad`, settings of optimizers, the
 * fields of the modules that run. At least 16 are kept, and more of small ones; 32 cause a warning that says what differed.
 * Tensors that `fn` captures are read and assigned to as ever, from inside
 * and outside. Variables that `fn` reads from outside are those of the first call, and side effects other than on
 * tensors happen only then.
 *
 * Inside `detectAnomaly`, which looks for NaN on every way back, and inside `savedTensorsHooks` `fn` runs as it is; its
 * results are outside the graph all the same.
 *
 * Hooks of tensors and modules take part: a plan is made for those that are there. They run while it is made, over tensors
 * that have no values.
 *
 * Computes in the dtypes of `fn`. Random numbers have the same bits as without `compile`; values differ by rounding,
 * since sums run in another order.
 *
 * @param fn takes and gives tensors, numbers, strings, booleans, null and undefined, and arrays and plain objects of
 * them; results are outside the recorded graph
 * @returns a function of the same signature, with the {@link PlanSummary} of the last call as `plan`
 * and the number of plans so far as `builds`
 * @throws {CompileError} when called, if `fn` reads the value of a tensor that depends on its arguments, takes or gives
 * anything else, or leaves another value in a module's field at each call; nothing has changed then, as with any other
 * error
 * @throws {ValueError} for an unknown option, or one that is out of range
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
export function compile<Arguments extends unknown[], Result extends AnyResult>(
  fn: (...args: Arguments) => Result,
  options: CompileOptions = {},
): Compiled<Arguments, Result> {
  const settled = settleOptions("compile", options, table);
  expectCompilable(fn);
  const plans = new PlanCache(fn, target, settled);
  const compiled = function (this: unknown, ...args: Arguments): Result {
    // Inside another compiled function it is a part of that.
    if (isTracing()) return Reflect.apply(fn, this, args);
    if (gradMode.detector !== undefined || gradMode.packer !== undefined) return uncompiled(fn, this, args);
    try {
      return runPlan(plans.callFor(this, args)) as Result;
    } catch (error) {
      if (error instanceof CompileError) addUserLine(error);
      throw error;
    }
  };
  caches.set(compiled, plans);
  return Object.defineProperties(compiled, {
    plan: { get: () => plans.latest?.executable.summary },
    builds: { get: () => plans.builds },
  }) as Compiled<Arguments, Result>;
}

function expectCompilable(fn: unknown): void {
  if (typeof fn === "function") return;
  const isModule = typeof fn === "object" && fn !== null && "forward" in fn;
  const hint = isModule ? " Write compile((x) => model.forward(x))." : "";
  throw new ValueError(`compile: expected fn to be a function, got ${formatValue(fn)}.${hint}`);
}

/** Calls `fn` as it is, with results outside the recorded graph. */
function uncompiled<Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
  self: unknown,
  args: Arguments,
): Result {
  treeOf("arguments", args);
  const { tensors, rebuild } = treeOf("results", Reflect.apply(fn, self, args));
  return rebuild(tensors.map(({ storage, shape }) => new Tensor(storage, compiledShape(shape)))) as Result;
}
