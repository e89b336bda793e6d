import { compileModule } from "./compile-module.ts";
import { emitModule, type ModuleOptions } from "./emit-module.ts";
import { kernelClock } from "./kernel-clock.ts";

/** Bytes of a module at most: on the main thread of a page, Chromium compiles up to 8 MB. */
export const mostBytes: number = 7 * 2 ** 20;

/** Runs a plan, or a thread's part of it. */
export type Run = (thread: number, threads: number) => void;

/**
 * The code of a plan, in as few modules that run one after the other as are no larger than `limit`.
 *
 * @throws {CompileError} if the engine does not take one
 */
export function compilePlan(options: ModuleOptions, limit: number = mostBytes): WebAssembly.Module[] {
  const { length } = options.kernels;
  const most = kernelClock() === undefined ? limit : 0; // a clock tells modules apart: one for each kernel
  const modulesOf = (from: number, to: number): WebAssembly.Module[] => {
    const code = emitModule(options, from, to).toBytes();
    if (code.length <= most || to - from < 2) {
      return [compileModule({ compile: () => new WebAssembly.Module(code) }, length)];
    }
    // A few more than it takes, since pieces of as many kernels are not of one size.
    const pieces = Math.min(to - from, Math.ceil((1.2 * code.length) / most));
    const start = (piece: number): number => from + Math.floor((piece * (to - from)) / pieces);
    return Array.from({ length: pieces }, (_, i) => modulesOf(start(i), start(i + 1))).flat();
  };
  return modulesOf(0, length);
}

/** The modules of a plan as one function. */
export function instantiatePlan(modules: readonly WebAssembly.Module[], env: WebAssembly.ModuleImports): Run {
  const clock = kernelClock();
  const runs = modules.map((module, kernel): Run => {
    const run = new WebAssembly.Instance(module, { env }).exports["run"] as Run;
    return clock === undefined ? run : timed(run, (milliseconds) => clock(kernel, milliseconds));
  });
  if (runs.length === 1) return runs[0]!;
  return (thread, threads) => {
    for (const run of runs) run(thread, threads);
  };
}

function timed(run: Run, tell: (milliseconds: number) => void): Run {
  return (thread, threads) => {
    const start = performance.now();
    run(thread, threads);
    tell(performance.now() - start);
  };
}
