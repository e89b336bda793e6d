import { type FunctionRef, i32, ModuleBuilder } from "@tapegrad/simd";
import type { Value } from "../graph/graph.ts";
import { functionLibrary } from "./function-library.ts";
import { LoopFunctions } from "./loops/loop-functions.ts";
import { emitLoopStep } from "./loops/loop-step.ts";
import type { Copy } from "./memory/boundary.ts";
import { MatmulEmitter } from "./matmul/emit-matmul.ts";
import { partialBytes, type PlannedKernel, threadScratchBytes } from "./planned-kernel.ts";
import { emitRoutineSteps } from "./routines/routine-steps.ts";
import type { Act, Code, Fallback, Step } from "./step.ts";
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

/**
 * Assembles the module of the kernels from `from` to before `to`. Its `run(thread, threads)` runs them, or a thread's part
 * of them; results do not depend on the number of threads. `env.reference` runs a kernel that is not WebAssembly.
 */
export function emitModule(
  options: ModuleOptions,
  from: number = 0,
  to: number = options.kernels.length,
): ModuleBuilder {
  const module = new ModuleBuilder(functionLibrary);
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
  const loops = new LoopFunctions(
    module,
    kernels.filter((kernel) => kernel.kind === "loop"),
  );
  const steps = kernels.flatMap((kernel, at) =>
    emitKernel(module, matmuls, loops, kernel, from + at, options, fallback),
  );
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

/** Code that every thread runs, of so many steps. */
interface Acts {
  readonly act: Act;
  readonly steps: number;
}

/** The steps in order; threads wait for each other where one reads what another wrote. */
function inOrder(steps: readonly Step[], barrier: Barrier | undefined): Acts[] {
  const acts: Acts[] = [];
  const add = (act: Act, steps = 1): void => void acts.push({ act, steps });
  let alone: ((f: Code) => void)[] = [];
  let hasRun = false;
  const meet = (): void => {
    if (hasRun && barrier !== undefined) add((f, thread, threads) => f.call(barrier, { thread, threads }));
    hasRun = false;
  };
  const runAlone = (): void => {
    if (alone.length === 0) return;
    meet();
    for (let from = 0; from < alone.length; from += longestPart) {
      const some = alone.slice(from, from + longestPart);
      add((f, thread) => f.if(i32.eqz(thread), () => some.forEach((step) => step(f))), some.length);
    }
    alone = [];
    hasRun = true;
  };
  for (const { alone: first, together, after } of steps) {
    if (first !== undefined) alone.push(first);
    if (together !== undefined) {
      runAlone();
      meet();
      add(together);
      hasRun = true;
    }
    if (after !== undefined) alone.push(after);
  }
  runAlone();
  meet();
  return acts;
}

/** Engines take longer over functions that are longer, and refuse very long ones. */
const longestPart = 64;

function inParts(acts: readonly Acts[]): Act[][] {
  const parts: Act[][] = [];
  let left = 0;
  for (const { act, steps } of acts) {
    if (left < steps) {
      parts.push([]);
      left = longestPart;
    }
    parts.at(-1)!.push(act);
    left -= steps;
  }
  return parts;
}

function emitKernel(
  module: ModuleBuilder,
  matmuls: MatmulEmitter,
  loops: LoopFunctions,
  kernel: PlannedKernel,
  index: number,
  { addressOf, scratch: scratches, barrier }: CodeOptions,
  fallback: Fallback,
): Step[] {
  const shared = scratches[index]!;
  const scratch = { shared, own: shared + partialBytes(kernel), ownBytes: threadScratchBytes(kernel) };
  const isAlone = barrier === undefined;
  if (kernel.kind === "loop") return [emitLoopStep(module, loops, kernel, scratch, addressOf, isAlone)];
  if (kernel.kind === "matmul") return [matmuls.step(kernel, scratch, addressOf, isAlone)];
  if (kernel.code === undefined) return [{ alone: (f) => fallback.fail(f, index) }];
  return emitRoutineSteps(module, kernel, scratch, { addressOf, isAlone, index, fallback });
}
