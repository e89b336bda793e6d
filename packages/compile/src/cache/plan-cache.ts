import type { Tensor } from "@tapegrad/tensor";
import { symbolicTensor } from "@tapegrad/tensor/internal";
import { withLongStacks } from "../errors/user-line.ts";
import { schedule } from "../schedule/schedule.ts";
import type { BuildOptions, Executable, Target } from "../target.ts";
import type { Dependencies } from "../trace/dependencies.ts";
import { trace } from "../trace/trace.ts";
import { type Tree, treeOf } from "../trace/tree.ts";
import { hasGrad, isCurrent, planKey } from "./plan-key.ts";

/** A traced function that can run, for arguments of one kind. */
export interface CachedPlan {
  readonly key: string;
  /** What `this` was. */
  readonly self: unknown;
  readonly dependencies: Dependencies;
  readonly executable: Executable;
  /** The structure of the result. */
  readonly output: Tree;
}

/** Plans that are kept per function; the one not used for the longest time makes way. */
const mostPlans = 16;

/** The plans of one function, for each kind of arguments and state that it was called with. */
export class PlanCache<Arguments extends unknown[]> {
  readonly #fn: (...args: Arguments) => unknown;
  readonly #target: Target;
  readonly #options: BuildOptions;
  /** The one used last first. */
  readonly #plans: CachedPlan[] = [];

  constructor(fn: (...args: Arguments) => unknown, target: Target, options: BuildOptions) {
    this.#fn = fn;
    this.#target = target;
    this.#options = options;
  }

  /** The plan that was used last. */
  get latest(): CachedPlan | undefined {
    return this.#plans[0];
  }

  /** The plan for `self` as `this`, these arguments and the present state, made if there is none. */
  planFor(self: unknown, input: Tree): CachedPlan {
    const key = planKey(input);
    const plans = this.#plans;
    let cached = plans.find(
      (plan) => plan.key === key && plan.self === self && isCurrent(plan.dependencies, input.tensors),
    );
    if (cached === undefined) {
      cached = withLongStacks(() => this.#make(key, self, input));
      plans.unshift(cached);
      if (plans.length > mostPlans) plans.pop()?.executable.free();
    } else if (plans[0] !== cached) plans.unshift(...plans.splice(plans.indexOf(cached), 1));
    return cached;
  }

  #make(key: string, self: unknown, input: Tree): CachedPlan {
    let output: Tree | undefined;
    const { graph, ...dependencies } = trace({
      tensors: input.tensors,
      withGrad: new Set(input.tensors.filter(hasGrad)),
      call: (tensors) => {
        output = treeOf("results", Reflect.apply(this.#fn, self, input.rebuild(tensors) as Arguments));
        return output;
      },
    });
    const scheduled = schedule(this.#target.lower(graph), this.#target.canFuse);
    const executable = this.#target.build(scheduled, this.#options);
    return { key, self, dependencies, executable, output: detachedTree(output as Tree) };
  }
}

/** Runs a plan on arguments that it fits; gives the results in the structure of the function's. */
export function runPlan({ dependencies, executable, output }: CachedPlan, { tensors }: Tree): unknown {
  const grads = tensors.filter(hasGrad).map(({ grad }) => grad as Tensor);
  const results = executable.call([...tensors, ...grads]);
  for (const [cell, value] of dependencies.cellWrites) cell.set(value);
  for (const [tensor, flag] of dependencies.flagWrites) tensor.requiresGrad = flag;
  for (const [index, flag] of dependencies.argumentFlags) tensors[index]!.requiresGrad = flag;
  for (const effect of dependencies.effects) effect();
  return output.rebuild(results);
}

/** The structure around tensors that hold nothing of the trace. */
function detachedTree({ tensors, rebuild }: Tree): Tree {
  return treeOf("results", rebuild(tensors.map(symbolicTensor)));
}
