import { performance } from "node:perf_hooks";

/** Median and spread of repeated timings, in milliseconds. */
export interface Timing {
  readonly median: number;
  /** Tenth and ninetieth percentile. */
  readonly low: number;
  readonly high: number;
}

/** How often to call: before timing, per sample, and how many samples. */
export interface MeasureOptions {
  readonly warmUp?: number;
  readonly samples?: number;
  readonly repeats?: number;
}

/** Times `run` after a warm-up: `samples` samples of `repeats` calls each. */
export function measure(run: () => unknown, options: MeasureOptions = {}): Timing {
  const { warmUp = 300, samples = 40, repeats = 10 } = options;
  for (let i = 0; i < warmUp; i++) run();
  const times = Array.from({ length: samples }, () => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) run();
    return (performance.now() - start) / repeats;
  }).sort((a, b) => a - b);
  const at = (share: number): number => times[Math.round(share * (samples - 1))] as number;
  return { median: at(0.5), low: at(0.1), high: at(0.9) };
}
