/** Runs of each number of threads in a trial; the first, in which workers may have to wake up, does not count. */
const runsPerTrial = 6;
/** Runs between trials: few at first, while engines still optimise the code. */
const firstPause = 100;
const longestPause = 6400;
/** What another thread has to gain. */
const leastGain = 0.95;

/**
 * Finds out how many threads run a plan fastest: processors may be slow, busy, or two halves of one. Tries all, half,
 * a quarter of them and so on in turn, stays with the best for a while, and tries again.
 */
export class ThreadTuner {
  readonly #candidates: readonly number[];
  #times: number[][] = [];
  #candidate = 0;
  #best: number;
  #pause = firstPause;
  /** Runs until the next trial; 0 during one. */
  #left = 0;

  /** @param most the most threads */
  constructor(most: number) {
    const candidates: number[] = [];
    for (let threads = most; threads >= 1; threads = Math.floor(threads / 2)) candidates.push(threads);
    this.#candidates = candidates.reverse();
    this.#best = most;
  }

  /** The threads to run with next. */
  get threads(): number {
    return this.#left > 0 ? this.#best : this.#candidates[this.#candidate]!;
  }

  /** Tells how long a run with so many threads took. */
  record(milliseconds: number): void {
    if (this.#left > 0) {
      this.#left--;
      return;
    }
    const times = (this.#times[this.#candidate] ??= []);
    times.push(milliseconds);
    if (times.length < runsPerTrial) return;
    this.#candidate++;
    if (this.#candidate < this.#candidates.length) return;
    this.#decide();
  }

  #decide(): void {
    let least = Number.POSITIVE_INFINITY;
    this.#times.forEach((times, i) => {
      const time = median(times.slice(1));
      if (time >= least * leastGain) return;
      least = time;
      this.#best = this.#candidates[i]!;
    });
    this.#times = [];
    this.#candidate = 0;
    this.#left = this.#pause;
    this.#pause = Math.min(2 * this.#pause, longestPause);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
