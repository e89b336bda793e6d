import { describe, expect, it } from "vitest";
import { ThreadTuner } from "./thread-tuner.ts";

/** Runs so often, each as long as `time` says; gives the threads of each. */
function run(tuner: ThreadTuner, count: number, time: (threads: number) => number): number[] {
  return Array.from({ length: count }, () => {
    const { threads } = tuner;
    tuner.record(time(threads));
    return threads;
  });
}

describe("ThreadTuner", () => {
  it("tries all, half, a quarter, ... and stays with the fastest", () => {
    const tuner = new ThreadTuner(12);
    const tried = run(tuner, 30, (threads) => Math.abs(threads - 6) + 1);
    expect(tried).toEqual(
      [1, 3, 6, 12].flatMap((threads) => Array<number>(6).fill(threads)).concat(Array<number>(6).fill(6)),
    );
  });

  it("stays with fewer threads where more gain nothing", () => {
    const tuner = new ThreadTuner(2);
    run(tuner, 12, (threads) => (threads === 1 ? 1 : 0.97));
    expect(tuner.threads).toBe(1);
  });

  it("is not misled by one slow run", () => {
    const tuner = new ThreadTuner(2);
    let runs = 0;
    run(tuner, 12, (threads) => (runs++ % 4 === 3 ? 100 : 1 / threads));
    expect(tuner.threads).toBe(2);
  });

  it("tries again, ever less often", () => {
    const tuner = new ThreadTuner(2);
    run(tuner, 12, (threads) => threads);
    const later = run(tuner, 20_000, (threads) => 1 / threads);
    expect(later.slice(0, 106)).toEqual(Array<number>(106).fill(1));
    expect(later.slice(112, 312)).toEqual(Array<number>(200).fill(2));
    expect(later.filter((threads) => threads === 1).length).toBeLessThan(106 + 6 * 9);
  });
});
