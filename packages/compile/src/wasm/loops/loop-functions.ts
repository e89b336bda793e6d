import { i32, type ModuleBuilder, type Operand } from "@tapegrad/simd";
import type { Value } from "../../graph/graph.ts";
import { isIndexed, resultSize } from "../../schedule/loop-kernel.ts";
import { bytesOf } from "../elements.ts";
import { share } from "../share.ts";
import { bufferName, defineLoops, definePartialSums, type LoopFunction, sumName } from "./emit-loop-kernel.ts";
import type { LoopPattern, PlannedLoops } from "./planned-loops.ts";
import { partialLayout } from "./split.ts";

type Addresses = Readonly<Record<string, number>>;

/** The functions of loop kernels in one module: those that differ in addresses, or in how often loops run, share theirs. */
export class LoopFunctions {
  readonly #module: ModuleBuilder;
  /** Extents of outermost loops by code, where any could be served. */
  readonly #extents = new Map<string, Set<number>>();
  /** By pattern, as a key is long. */
  readonly #runs = new Map<LoopPattern, LoopFunction>();

  constructor(module: ModuleBuilder, kernels: readonly PlannedLoops[]) {
    this.#module = module;
    for (const { pattern } of kernels) {
      if (!pattern.isOpen) continue;
      const extents = this.#extents.get(pattern.code);
      if (extents === undefined) this.#extents.set(pattern.code, new Set([outerExtent(pattern)]));
      else extents.add(outerExtent(pattern));
    }
  }

  /** What runs a part of a kernel's outermost loop. */
  run(pattern: LoopPattern): LoopFunction {
    let run = this.#runs.get(pattern);
    if (run === undefined) {
      run = this.#module.once(this.#key(pattern), (module) => this.#define(module, pattern));
      this.#runs.set(pattern, run);
    }
    return run;
  }

  /** What runs parts `first` to `end` of a kernel of which each part has sums of its own, in blocks from `blocks` on. */
  runParts(pattern: LoopPattern): LoopFunction {
    const { step, parts } = pattern.split!;
    const key = this.#key(pattern);
    return this.#module.once(`${parts} parts of ${step}: ${key}`, (module) => {
      const run = module.once(key, (own) => this.#define(own, pattern));
      const { bytes } = partialLayout(pattern.plan);
      const params: Record<string, "i32"> = { first: "i32", end: "i32", extent: "i32", scratch: "i32", blocks: "i32" };
      pattern.buffers.forEach((_, i) => (params[bufferName(i)] = "i32"));
      return module.function("loops.parts", { params, result: "void" }, (f, locals) => {
        const { first, end, extent, scratch, blocks, ...buffers } = locals;
        f.for({ from: first!, to: end! }, (part) => {
          const turns = share(module, f, { extent: extent!, step }, part, parts!);
          f.call(run, { ...turns, scratch: scratch!, partials: i32.add(i32.mul(part, bytes), blocks!), ...buffers });
        });
      });
    });
  }

  /** What adds up the sums of all parts. */
  sums({ plan, split }: LoopPattern): LoopFunction {
    const parts = split!.parts!;
    const what = plan.kernel.accumulations.flatMap((result) =>
      isIndexed(result) ? [] : [`${result.name} ${result.node.dtype} ${resultSize(plan.kernel, result)}`],
    );
    const key = `sums of ${parts} parts: ${what.join()}`;
    return this.#module.once(key, (module) => definePartialSums(module, key, plan, parts));
  }

  #define(module: ModuleBuilder, pattern: LoopPattern): LoopFunction {
    return defineLoops(module, "loops", pattern, this.#isOpen(pattern));
  }

  /** What along lanes is left of a loop takes code for each width, unless it is known. */
  #isOpen({ code, plan }: LoopPattern): boolean {
    return plan.outer[0] === plan.lanes && (this.#extents.get(code)?.size ?? 0) > 1;
  }

  #key(pattern: LoopPattern): string {
    const { outer, lanes } = pattern.plan;
    const isAny = outer[0] !== lanes || this.#isOpen(pattern);
    return `loops${isAny ? "" : ` of ${outerExtent(pattern)}`}: ${pattern.code}`;
  }
}

/** How many turns a kernel's outermost loop makes. */
export function outerExtent({ plan: { kernel, outer } }: LoopPattern): number {
  return kernel.extents[outer[0] ?? -1] ?? 1;
}

/** Adds the addresses of a kernel's buffers to other arguments of its function. */
export function withBuffers(
  others: Record<string, Operand<"i32">>,
  { buffers }: PlannedLoops,
  addressOf: (value: Value) => number,
): Readonly<Record<string, Operand<"i32">>> {
  for (let i = 0; i < buffers.length; i++) {
    const { value, offset } = buffers[i]!;
    others[bufferName(i)] = addressOf(value) + offset * bytesOf(value.dtype);
  }
  return others;
}

/** Where the results of a kernel lie that are added up from parts. */
export function sumAddresses({ kernel }: PlannedLoops, addressOf: (value: Value) => number): Addresses {
  const addresses: Record<string, number> = {};
  const sums = kernel.accumulations.filter((result) => !isIndexed(result));
  sums.forEach(({ to }, i) => (addresses[sumName(i)] = addressOf(to)));
  return addresses;
}
