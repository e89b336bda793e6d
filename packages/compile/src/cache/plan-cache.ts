import type { Tensor } from "@tapegrad/tensor";
import { symbolicTensor, withLongStacks } from "@tapegrad/tensor/internal";
import { joinPads } from "../graph/join-pads.ts";
import { joinProducts } from "../graph/join-products.ts";
import { productsOfParts } from "../graph/products-of-parts.ts";
import { type Schedule, schedule } from "../schedule/schedule.ts";
import type { BuildOptions, Executable, Target } from "../target.ts";
import type { Dependencies } from "../trace/dependencies.ts";
import { trace } from "../trace/trace.ts";
import { type Tree, treeOf } from "../trace/tree.ts";
import { argumentFacts, type Fact } from "./argument-facts.ts";
import { type Difference, differences } from "./differences.ts";
import { Guards } from "./guards.ts";
import { PlainArguments } from "./plain-arguments.ts";
import { hasGrad, planKey } from "./plan-key.ts";
import { Rebuilds } from "./rebuilds.ts";

/** A traced function that can run, for arguments of one kind. */
export interface CachedPlan {
  readonly key: string;
  /** What `this` was. */
  readonly self: unknown;
  /** What the arguments were like. */
  readonly facts: ReadonlyMap<string, Fact>;
  /** The same, to compare, if they were plain. */
  readonly plain: PlainArguments | undefined;
  readonly dependencies: Dependencies;
  readonly guards: Guards;
  /** What the executable was built from. How many kernels there are is what a plan weighs. */
  readonly schedule: Schedule;
  readonly executable: Executable;
  /** The structure of the result. */
  readonly output: Tree;
}

/** A plan and what it is to run on: the tensors in the arguments. */
export interface PlannedCall {
  readonly plan: CachedPlan;
  readonly tensors: readonly Tensor[];
}

/** Plans that are kept of a function in any case. */
const fewestPlans = 16;
/** Kernels of the plans that are kept of a function if those are more: each takes some 30 kB of memory. */
const mostKernels = 2048;

/** The plans of one function, for each kind of arguments and state that it was called with. */
export class PlanCache<Arguments extends unknown[]> {
  readonly #fn: (...args: Arguments) => unknown;
  readonly #target: Target;
  readonly #options: BuildOptions;
  readonly #rebuilds: Rebuilds;
  /** In the order in which they were used last. */
  readonly #plans = new Set<CachedPlan>();
  readonly #byKey = new Map<string, CachedPlan[]>();
  #latest: CachedPlan | undefined;
  #kernels = 0;

  constructor(fn: (...args: Arguments) => unknown, target: Target, options: BuildOptions) {
    this.#fn = fn;
    this.#target = target;
    this.#options = options;
    this.#rebuilds = new Rebuilds(fn.name);
  }

  /** The plan that was used last. */
  get latest(): CachedPlan | undefined {
    return this.#latest;
  }

  /** How many plans were built. */
  get builds(): number {
    return this.#rebuilds.count;
  }

  /**
   * The plan for `self` as `this`, these arguments and the present state, made if there is none.
   *
   * @throws {CompileError} for arguments that a compiled function does not take
   */
  callFor(self: unknown, args: readonly unknown[]): PlannedCall {
    return this.#repeated(self, args) ?? this.#keyed(self, args);
  }

  /** A call like the last one, which most are. */
  #repeated(self: unknown, args: readonly unknown[]): PlannedCall | undefined {
    const plan = this.#latest;
    if (plan?.plain === undefined || plan.self !== self) return undefined;
    const tensors = plan.plain.match(args);
    return tensors !== undefined && plan.guards.hold(tensors) ? { plan, tensors } : undefined;
  }

  #keyed(self: unknown, args: readonly unknown[]): PlannedCall {
    const input = withLongStacks(() => treeOf("arguments", args));
    return { plan: this.#planFor(self, input), tensors: input.tensors };
  }

  #planFor(self: unknown, input: Tree): CachedPlan {
    const key = planKey(input);
    const fits = (plan: CachedPlan): boolean =>
      plan.key === key && plan.self === self && plan.guards.hold(input.tensors);
    const latest = this.#latest;
    if (latest !== undefined && fits(latest)) return latest;
    const plan = this.#byKey.get(key)?.find(fits) ?? withLongStacks(() => this.#add(key, self, input));
    this.#plans.delete(plan);
    this.#plans.add(plan);
    this.#latest = plan;
    return plan;
  }

  #add(key: string, self: unknown, input: Tree): CachedPlan {
    const facts = argumentFacts(input);
    const causes = this.#rebuilds.wantsCauses ? this.#leastDifferences(self, facts) : [];
    const plan = this.#make(key, self, input, facts);
    this.#rebuilds.add(causes);
    this.#plans.add(plan);
    const alike = this.#byKey.get(key);
    if (alike === undefined) this.#byKey.set(key, [plan]);
    else alike.push(plan);
    this.#kernels += plan.schedule.kernels.length;
    for (const oldest of this.#plans) {
      if (this.#plans.size <= fewestPlans || this.#kernels <= mostKernels) break;
      this.#drop(oldest);
    }
    return plan;
  }

  #drop(plan: CachedPlan): void {
    this.#plans.delete(plan);
    this.#kernels -= plan.schedule.kernels.length;
    const alike = this.#byKey.get(plan.key)!;
    if (alike.length === 1) this.#byKey.delete(plan.key);
    else alike.splice(alike.indexOf(plan), 1);
    plan.executable.free();
  }

  /** What sets a call apart from the plan that is most like it. */
  #leastDifferences(self: unknown, facts: ReadonlyMap<string, Fact>): Difference[] {
    const found = [...this.#plans].map((plan) => differences(plan, self, facts));
    return found
      .toReversed()
      .reduce((least, other) => (other.length < least.length ? other : least), found.at(-1) ?? []);
  }

  #make(key: string, self: unknown, input: Tree, facts: ReadonlyMap<string, Fact>): CachedPlan {
    let traced: Tree | undefined;
    const { graph, ...dependencies } = trace({
      tensors: input.tensors,
      withGrad: new Set(input.tensors.filter(hasGrad)),
      call: (tensors) => {
        traced = treeOf("results", Reflect.apply(this.#fn, self, input.rebuild(tensors) as Arguments));
        return traced;
      },
    });
    const output = detachedTree(traced as Tree);
    // The whole tape hangs on it, which nothing needs from here on.
    traced = undefined;
    const lowered = this.#target.lower(joinProducts(graph));
    const scheduled = schedule(joinPads(productsOfParts(lowered)), this.#target.canFuse);
    const executable = this.#target.build(scheduled, this.#options);
    return {
      key,
      self,
      facts,
      plain: PlainArguments.of(input),
      dependencies,
      guards: new Guards(dependencies),
      schedule: scheduled,
      executable,
      output,
    };
  }
}

/** Runs a plan on arguments that it fits; gives the results in the structure of the function's. */
export function runPlan({ plan: { dependencies, executable, output }, tensors }: PlannedCall): unknown {
  let inputs = tensors;
  for (const tensor of tensors) if (hasGrad(tensor)) inputs = [...inputs, tensor.grad as Tensor];
  const results = executable.call(inputs);
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
