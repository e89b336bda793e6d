import {
  type Expr,
  type FunctionBuilder,
  type FunctionRef,
  i32,
  type Local,
  ModuleBuilder,
  select,
} from "@tapegrad/simd";
import { sizeOf } from "@tapegrad/tensor/internal";
import type { Value } from "../graph/graph.ts";
import { isIndexed } from "../schedule/loop-kernel.ts";
import { defineLoops, definePartialSums } from "./loops/emit-loop-kernel.ts";
import { clearIndexed } from "./loops/indexed-access.ts";
import type { BufferAddress } from "./loops/kernel-call.ts";
import { RepeatedLoops } from "./loops/repeated-loops.ts";
import { leastElements, partialLayout, type Split } from "./loops/split.ts";
import type { Copy } from "./memory/boundary.ts";
import { MatmulEmitter } from "./matmul/emit-matmul.ts";
import { partialBytes, type PlannedKernel, threadScratchBytes } from "./planned-kernel.ts";
import { defineRoutine } from "./routines/define-routine.ts";
import type { RoutineCode } from "./routines/routine-code.ts";
import type { Barrier } from "./threads/barrier.ts";

/** What code needs to know of the memory that it runs in. */
export interface CodeOptions {
  readonly kernels: readonly PlannedKernel[];
  readonly addressOf: (value: Value) => number;
  /** The address of each kernel's scratch memory. */
  readonly scratch: readonly number[];
  /** Copies that end a call: bytes from one address to another. */
  readonly copies: readonly Copy[];
  /** Defines the barrier of a module that several threads run; undefined for one thread. */
  readonly barrier: ((module: ModuleBuilder) => Barrier) | undefined;
}

/** What a module imports besides. */
export interface ModuleOptions extends CodeOptions {
  readonly memory: { readonly initial: number; readonly maximum: number; readonly shared: boolean };
}

type Code = FunctionBuilder<"void">;

/** What becomes of kernels that do not end well in WebAssembly. */
export interface Fallback {
  /** For one that has failed, or has no code. */
  readonly fail: (f: Code, kernel: number) => void;
  /** Leaves the function if the kernel, or any, has failed; not needed where `fail` does not return. */
  readonly leave?: (f: Code, kernel?: number) => void;
}

/** A kernel as code: what thread 0 does alone, or what every thread does, and what thread 0 does afterwards. */
interface Step {
  readonly alone: ((f: Code) => void) | undefined;
  readonly together: Act | undefined;
  readonly after?: (f: Code) => void;
}

/**
 * Assembles the module of the kernels from `from` to before `to`. Its `run(thread, threads)` runs them, or a thread's part
 * of them; results do not depend on the number of threads. `env.reference` runs a kernel that is not WebAssembly.
 */
export function emitModule(
  options: ModuleOptions,
  from: number = 0,
  to: number = options.kernels.length,
): ModuleBuilder {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", options.memory);
  const reference = module.importFunction("env", "reference", { params: { kernel: "i32" }, result: "void" });
  const run = emitKernels(module, options, { fail: (f, kernel) => f.call(reference, { kernel }) }, from, to);
  module.exportFunction(run);
  return module;
}

const signature = { params: { thread: "i32", threads: "i32" }, result: "void" } as const;

/** Adds the kernels from `from` to before `to` to a module, as one function. */
export function emitKernels(
  module: ModuleBuilder,
  options: CodeOptions,
  fallback: Fallback,
  from: number = 0,
  to: number = options.kernels.length,
): FunctionRef<(typeof signature)["params"], "void"> {
  const matmuls = new MatmulEmitter(module);
  const kernels = options.kernels.slice(from, to);
  const small = kernels.flatMap((kernel) => (kernel.kind === "loop" && kernel.split === undefined ? [kernel] : []));
  const loops = new RepeatedLoops(module, small);
  const steps = kernels.flatMap((kernel, at): Step | Step[] => {
    const i = from + at;
    if (kernel.kind !== "routine") return emitKernel(module, matmuls, loops, kernel, i, options);
    if (kernel.code === undefined) return { alone: (f) => fallback.fail(f, i), together: undefined };
    return emitRoutine(module, kernel, i, options, fallback);
  });
  const barrier = options.barrier?.(module);
  const parts = inParts(inOrder(steps, barrier)).map((part): Act => {
    return (f, thread, threads) => part.forEach((act) => act(f, thread, threads));
  });
  const functions =
    parts.length === 1
      ? []
      : parts.map((part, i) =>
          module.function(`part${i}`, signature, (f, { thread, threads }) => part(f, thread, threads)),
        );
  return module.function("run", signature, (f, { thread, threads }) => {
    if (parts.length === 1) parts[0]!(f, thread, threads);
    for (const part of functions) {
      f.call(part, { thread, threads });
      fallback.leave?.(f);
    }
    if (options.copies.length === 0 || to < options.kernels.length) return;
    f.if(i32.eqz(thread), () => {
      for (const { from, to, bytes } of options.copies) f.copyMemory(to, from, bytes);
    });
  });
}

/** Code that every thread runs. */
type Act = (f: Code, thread: Local<"i32">, threads: Local<"i32">) => void;

/** The steps in order; threads wait for each other where one reads what another wrote. */
function inOrder(steps: readonly Step[], barrier: Barrier | undefined): Act[] {
  const acts: Act[] = [];
  let alone: ((f: Code) => void)[] = [];
  let hasRun = false;
  const meet = (): void => {
    if (hasRun && barrier !== undefined) acts.push((f, thread, threads) => f.call(barrier, { thread, threads }));
    hasRun = false;
  };
  const runAlone = (): void => {
    if (alone.length === 0) return;
    meet();
    for (let from = 0; from < alone.length; from += longestPart) {
      const some = alone.slice(from, from + longestPart);
      acts.push((f, thread) => f.if(i32.eqz(thread), () => some.forEach((step) => step(f))));
    }
    alone = [];
    hasRun = true;
  };
  for (const { alone: first, together, after } of steps) {
    if (first !== undefined) alone.push(first);
    if (together === undefined) continue;
    runAlone();
    meet();
    acts.push(together);
    hasRun = true;
    if (after !== undefined) alone.push(after);
  }
  runAlone();
  meet();
  return acts;
}

/** Engines take longer over functions that are longer, and refuse very long ones. */
const longestPart = 64;

function inParts(acts: readonly Act[]): Act[][] {
  const parts: Act[][] = [];
  for (let from = 0; from < acts.length; from += longestPart) parts.push(acts.slice(from, from + longestPart));
  return parts;
}

function emitRoutine(
  module: ModuleBuilder,
  kernel: Extract<PlannedKernel, { kind: "routine" }>,
  index: number,
  { addressOf, scratch }: CodeOptions,
  fallback: Fallback,
): Step[] {
  const code = kernel.code as RoutineCode;
  const shared = scratch[index]!;
  const bytes = threadScratchBytes(kernel);
  const base = shared + partialBytes(kernel);
  const fail = (f: Code): void => fallback.fail(f, index);
  const functions = defineRoutine(module, `kernel${index}`, code, { addressOf, shared, fail });
  const isLarge = kernel.kernel.operation.outputs.some(({ shape }) => sizeOf(shape) >= leastElements);
  return code.phases.map(({ items }, phase): Step => {
    const run = functions[phase]!;
    if (items === 1 || !isLarge) {
      const alone = (f: Code): void => {
        f.call(run, { from: 0, to: items, scratch: base });
        fallback.leave?.(f, index);
      };
      return { alone, together: undefined };
    }
    return {
      alone: undefined,
      together: (f, thread, threads) =>
        f.call(run, {
          ...share(f, { extent: items, step: 1 }, thread, threads),
          scratch: i32.add(i32.mul(thread, bytes), base),
        }),
    };
  });
}

function emitKernel(
  module: ModuleBuilder,
  matmuls: MatmulEmitter,
  loops: RepeatedLoops,
  kernel: Exclude<PlannedKernel, { kind: "routine" }>,
  index: number,
  { addressOf, scratch }: CodeOptions,
): Step {
  const name = `kernel${index}`;
  const { split } = kernel;
  const bytes = threadScratchBytes(kernel);
  const blocks = scratch[index]!;
  const base = blocks + partialBytes(kernel);
  const scratchOf = (thread: Expr<"i32">): Expr<"i32"> => i32.add(i32.mul(thread, bytes), base);
  if (kernel.kind === "matmul") {
    if (split === undefined) return { alone: matmuls.whole(name, kernel.plan, addressOf, base), together: undefined };
    const run = matmuls.define(name, kernel.plan, addressOf);
    return {
      alone: undefined,
      together: (f, thread, threads) =>
        f.call(run, { ...share(f, split, thread, threads), scratch: scratchOf(thread) }),
    };
  }
  const { plan: like } = kernel.pattern;
  const extent = like.kernel.extents[like.outer[0] ?? -1] ?? 1;
  const repeated = loops.codeOf(kernel, addressOf);
  if (repeated !== undefined) {
    const { run, addresses } = repeated;
    return { alone: (f) => f.call(run, { from: 0, to: extent, scratch: base, ...addresses }), together: undefined };
  }
  const { plan } = kernel;
  const run = defineLoops(module, name, plan, split, addressOf);
  if (split === undefined) {
    return { alone: (f) => f.call(run, { from: 0, to: extent, scratch: base, partials: 0 }), together: undefined };
  }
  const { parts } = split;
  const indexed = plan.kernel.accumulations.filter(isIndexed);
  const placeOf = (value: Value): BufferAddress => ({ base: addressOf(value), start: undefined });
  const clear = (f: Code): void =>
    indexed.forEach((result) => clearIndexed(f, result, i32.const(addressOf(result.to)), placeOf));
  const alone = indexed.length > 0 ? clear : undefined;
  if (parts === undefined) {
    return {
      alone,
      together: (f, thread, threads) =>
        f.call(run, { ...share(f, split, thread, threads), scratch: scratchOf(thread), partials: 0 }),
    };
  }
  // Each thread runs some of the parts, and thread 0 adds up what they gave.
  const sums = definePartialSums(module, `${name}.sums`, plan, parts, blocks, addressOf);
  const blockBytes = partialLayout(plan).bytes;
  return {
    alone,
    together: (f, thread, threads) => {
      const { from: first, to: end } = share(f, { extent: parts, step: 1 }, thread, threads);
      f.for({ from: first, to: end }, (part) => {
        const turns = share(f, split, part, i32.const(parts));
        f.call(run, { ...turns, scratch: scratchOf(thread), partials: i32.add(i32.mul(part, blockBytes), blocks) });
      });
    },
    after: (f) => f.call(sums, {}),
  };
}

/** The turns of a loop that fall to one of `count` parts: whole steps, but for the last. */
function share(
  f: Code,
  { extent, step }: Split,
  part: Expr<"i32">,
  count: Expr<"i32">,
): { readonly from: Local<"i32">; readonly to: Local<"i32"> } {
  const steps = Math.ceil(extent / step);
  const start = (of: Expr<"i32">): Expr<"i32"> => i32.mul(i32.divU(i32.mul(of, steps), count), step);
  const from = f.let(start(part));
  const end = f.let(start(i32.add(part, 1)));
  return { from, to: f.let(select(i32.ltS(end, extent), end, i32.const(extent))) };
}
