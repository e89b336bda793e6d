import { checkOptions, CompileError, gradMode, isTracing } from "@tapegrad/tensor";
import { Plan } from "./plan/plan.ts";
import { trace } from "./trace/trace.ts";
import { type Tree, treeOf } from "./trace/tree.ts";

/** Options of {@link compile}. */
export interface CompileOptions {
  /** Equal bits on every engine: no instruction whose rounding depends on the machine. */
  readonly deterministic?: boolean;
}

/** A compiled function: called like the original. */
export interface Compiled<Arguments extends unknown[], Result> {
  (...args: Arguments): Result;
  /** The plan of the last call; undefined before the first. */
  readonly plan: Plan | undefined;
}

interface CachedPlan {
  readonly key: string;
  readonly plan: Plan;
  readonly output: Tree;
}

/** Plans that are kept per function; the one not used for the longest time makes way. */
const mostPlans = 16;

/** Makes a function run as one WebAssembly module. */
export function compile<Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
  options: CompileOptions = {},
): Compiled<Arguments, Result> {
  checkOptions("compile", options, ["deterministic"]);
  const { deterministic = false } = options;
  const plans: CachedPlan[] = [];
  const compiled = (...args: Arguments): Result => {
    if (isTracing()) return fn(...args);
    const input = treeOf("arguments", args);
    const key = keyOf(input);
    let cached = plans.find((candidate) => candidate.key === key && fits(candidate.plan));
    if (cached === undefined) {
      cached = makePlan(fn, input, key, deterministic);
      plans.unshift(cached);
      if (plans.length > mostPlans) plans.pop()?.plan.free();
    } else if (plans[0] !== cached) plans.unshift(...plans.splice(plans.indexOf(cached), 1));
    return cached.output.rebuild(cached.plan.call(input.tensors)) as Result;
  };
  return Object.defineProperty(compiled, "plan", { get: () => plans[0]?.plan }) as Compiled<Arguments, Result>;
}

function makePlan<Arguments extends unknown[], Result>(
  fn: (...args: Arguments) => Result,
  input: Tree,
  key: string,
  deterministic: boolean,
): CachedPlan {
  let output: Tree | undefined;
  const traced = trace({
    tensors: input.tensors,
    call: (tensors) => {
      output = treeOf("results", fn(...(input.rebuild(tensors) as Arguments)));
      return output;
    },
  });
  return { key, plan: new Plan(traced, { deterministic }), output: output as Tree };
}

/** What a plan is made for: structure, shapes and dtypes of the arguments, and whether gradients are recorded. */
function keyOf({ tensors, structure }: Tree): string {
  const specs = tensors.map((tensor) => {
    if (tensor.node !== undefined && gradMode.enabled) {
      throw new CompileError(
        `compile: expected arguments outside the recorded graph, got the result of ${tensor.node.name}. Pass its detach().`,
      );
    }
    return `${tensor.dtype}[${tensor.shape.join()}]${tensor.requiresGrad ? "'" : ""}`;
  });
  return `${structure} ${specs.join(" ")} ${gradMode.enabled}`;
}

function fits({ trace: { guards, gradGuards } }: Plan): boolean {
  for (const { read, value } of guards) if (!Object.is(read(), value)) return false;
  for (const { leaf, present } of gradGuards) if ((leaf.grad !== undefined) !== present) return false;
  return true;
}
