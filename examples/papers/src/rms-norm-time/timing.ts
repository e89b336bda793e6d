import { median } from "../house/spread.ts";

/** How long to measure. */
export interface Pace {
  /** Milliseconds of one sample, in which a function runs as often as fits. */
  readonly sample: number;
  readonly rounds: number;
}

/**
 * Milliseconds of the processor for a call of each function, the median of all rounds. They run in turn, and another one begins each
 * round, so that what else the machine does meets all of them.
 */
export function interleavedMedians<Name extends string>(
  functions: Readonly<Record<Name, () => void>>,
  { sample, rounds }: Pace,
): Record<Name, number> {
  const contenders = (Object.entries(functions) as [Name, () => void][]).map(([name, call]) => {
    call(); // traces and compiles
    const times: number[] = [];
    return { name, call, calls: callsWithin(call, sample), times };
  });
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length;
    const order = [...contenders.slice(first), ...contenders.slice(0, first)];
    for (const { call, calls, times } of order) times.push(millisecondsOf(call, calls) / calls);
  }
  return Object.fromEntries(contenders.map(({ name, times }) => [name, median(times)])) as Record<Name, number>;
}

/** Time of the processor, which does not count while other programs run. */
function millisecondsOf(call: () => void, calls: number): number {
  const start = process.cpuUsage();
  for (let i = 0; i < calls; i++) call();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** How often a function runs in so many milliseconds; finding out warms it up. */
function callsWithin(call: () => void, sample: number): number {
  for (let calls = 1; ; calls *= 2) {
    const time = millisecondsOf(call, calls);
    if (time >= sample / 2) return Math.max(1, Math.round((calls * sample) / time));
  }
}
