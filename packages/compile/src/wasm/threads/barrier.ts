import { atomicI32, atomicNotify, type FunctionRef, i32, type ModuleBuilder } from "@tapegrad/simd";

/** Where the barrier's cells lie, in bytes from its address: what is written often apart from what is watched. */
export const barrierCells = {
  /** Threads that have arrived. */
  arrived: 0,
  /** Threads that sleep. */
  sleepers: 4,
  /** Counts the barriers that were passed; threads wait for it to change. */
  generation: 64,
  /** Not 0 when a thread has failed: all others leave the module with a trap. */
  aborted: 68,
  /** Not 0 where thread 0 must not sleep: on the main thread of a browser. */
  sleepless: 72,
} as const;

/** What {@link defineBarrier} adds: all `threads` threads call it, each with its number. */
export type Barrier = FunctionRef<{ readonly thread: "i32"; readonly threads: "i32" }, "void">;

/** How long threads wait. */
export interface BarrierOptions {
  /** Turns of waiting awake, some 20 µs, before a thread goes to sleep. */
  readonly spins?: number;
  /** Seconds that thread 0 waits before it gives up. */
  readonly limit?: number;
}

const second = 1_000_000_000n;

/**
 * Adds a barrier: nobody passes before all have arrived, and what was written before is seen after. One thread passes
 * at once. Traps when a thread has failed, or when thread 0 has waited for longer than the limit.
 *
 * @param address a multiple of 64 in shared memory, with the cells of {@link barrierCells}, 0 at the start
 */
export function defineBarrier(
  module: ModuleBuilder,
  address: number,
  { spins = 1 << 16, limit = 60 }: BarrierOptions = {},
): Barrier {
  const at = (cell: keyof typeof barrierCells): number => address + barrierCells[cell];
  const signature = { params: { thread: "i32", threads: "i32" }, result: "void" } as const;
  return module.function("barrier", signature, (f, { thread, threads }) => {
    f.if(i32.leS(threads, 1), () => f.return());
    const generation = f.let(atomicI32.load(at("generation")));
    f.if(i32.eq(i32.add(atomicI32.add(at("arrived"), 1), 1), threads), () => {
      f.atomicStore("i32", at("arrived"), 0);
      f.atomicStore("i32", at("generation"), i32.add(generation, 1));
      f.if(atomicI32.load(at("sleepers")), () => f.drop(atomicNotify(at("generation"), -1)));
      f.return();
    });
    const sleeping = f.local("i32", 0);
    const leaveIfOver = (): void => {
      f.if(i32.ne(atomicI32.load(at("generation")), generation), () => {
        f.if(sleeping, () => f.drop(atomicI32.sub(at("sleepers"), 1)));
        f.return();
      });
      f.if(atomicI32.load(at("aborted")), () => {
        f.if(sleeping, () => f.drop(atomicI32.sub(at("sleepers"), 1)));
        f.unreachable();
      });
    };
    f.for({ to: spins }, leaveIfOver);
    const mustStayAwake = i32.and(i32.eqz(thread), atomicI32.load(at("sleepless")));
    f.set(sleeping, i32.eqz(mustStayAwake));
    f.if(sleeping, () => f.drop(atomicI32.add(at("sleepers"), 1)));
    const waited = f.local("i32", 0);
    f.loop((again) => {
      leaveIfOver();
      f.if(
        sleeping,
        () => f.drop(atomicI32.wait(at("generation"), generation, second)),
        // About as long.
        () => f.for({ to: 2 ** 31 - 1 }, leaveIfOver),
      );
      f.set(waited, i32.add(waited, 1));
      f.brIf(again, i32.or(i32.ne(thread, 0), i32.leS(waited, limit)));
    });
    leaveIfOver();
    f.atomicStore("i32", at("aborted"), 1);
    f.drop(atomicNotify(at("generation"), -1));
    f.if(sleeping, () => f.drop(atomicI32.sub(at("sleepers"), 1)));
    f.unreachable();
  });
}
