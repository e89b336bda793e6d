/** Is told what one run of a kernel took: its place in the schedule, and milliseconds. */
export type KernelClock = (kernel: number, milliseconds: number) => void;

let current: KernelClock | undefined;

/** The clock of the plans that are made now. */
export function kernelClock(): KernelClock | undefined {
  return current;
}

/**
 * Plans that get their code while `body` runs have a module for each kernel, and tell `clock` what each took, whenever they
 * run. They compute the same; calls between modules take a few nanoseconds each. Meant for one thread: with more, the
 * clock is told of the caller's part alone.
 */
export function withKernelClock<Result>(clock: KernelClock, body: () => Result): Result {
  const before = current;
  current = clock;
  try {
    return body();
  } finally {
    current = before;
  }
}
