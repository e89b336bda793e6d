import { type Expr, type FunctionBuilder, i32, type Local, type ModuleBuilder } from "@tapegrad/simd";
import { share, type SharedLoop, type Turns } from "./share.ts";

/** A function that runs kernels, or a thread's part of them. */
export type Code = FunctionBuilder<"void">;

/** Code that every thread runs. */
export type Act = (f: Code, thread: Local<"i32">, threads: Local<"i32">) => void;

/** A kernel as code: what thread 0 does alone, then what every thread does, and what thread 0 does afterwards. */
export interface Step {
  readonly alone?: ((f: Code) => void) | undefined;
  readonly together?: Act | undefined;
  readonly after?: ((f: Code) => void) | undefined;
}

/** What becomes of kernels that do not end well in WebAssembly. */
export interface Fallback {
  /** For one that has failed, or has no code. */
  readonly fail: (f: Code, kernel: number) => void;
  /** Leaves the function if the kernel, or any, has failed; not needed where `fail` does not return. */
  readonly leave?: (f: Code, kernel?: number) => void;
}

/** Where a kernel's scratch memory lies. */
export interface Scratch {
  /** What all threads share. */
  readonly shared: number;
  /** What each thread has, from that of thread 0 on. */
  readonly own: number;
  readonly ownBytes: number;
}

/** Runs a part of a loop, with scratch memory of a thread's own. */
type RunPart = (f: Code, turns: Turns, scratch: Expr<"i32"> | number) => void;

/** A loop as a step: in shares of the threads, or, where there is one thread or nothing to share, as a whole. */
export function loopStep(
  module: ModuleBuilder,
  loop: SharedLoop,
  isShared: boolean,
  scratch: Scratch,
  run: RunPart,
): Step {
  const { own, ownBytes } = scratch;
  if (!isShared) return { alone: (f) => run(f, { from: 0, to: loop.extent }, own) };
  return {
    together: (f, thread, threads) => {
      const part = (at: Expr<"i32">, count: Expr<"i32">): void =>
        run(f, share(module, f, loop, at, count), i32.add(i32.mul(thread, ownBytes), own));
      if (loop.isUneven !== true) {
        part(thread, threads);
        return;
      }
      const halves = f.let(i32.shl(threads, 1));
      part(thread, halves);
      part(i32.sub(i32.sub(halves, 1), thread), halves);
    },
  };
}
