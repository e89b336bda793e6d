import { Tensor } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import { calling, type Display, displayOn, type TextStream } from "./display.ts";
import type { ProgressState } from "./progress-state.ts";
import { Rate } from "./rate.ts";

/** Figures to show beside a bar; a tensor of one element is read when it is drawn. */
export type ShownMetrics = { readonly [name: string]: number | Tensor };

/** Options of `progress`. */
export interface ProgressOptions {
  /** How many there are; the `length` or `size` of what is iterated unless given. */
  readonly total?: number | undefined;
  /** How many were done before, by a loop that this one goes on with; 0 unless given. */
  readonly initial?: number;
  /** What is being done: stands before the bar. */
  readonly description?: string;
  /** What is counted; "it" unless given. */
  readonly unit?: string;
  /** Figures to show from the start on; `Progress.set` changes them. */
  readonly metrics?: ShownMetrics | undefined;
  /** Least number of seconds between two drawings; 0.1 in a terminal and for `show`, 10 for plain lines, unless given. */
  readonly interval?: number | undefined;
  /** Weight of the newest interval in the rate, in [0, 1]; 0 is the average since the start. 0.3 unless given. */
  readonly smoothing?: number;
  /** Where lines are written; standard error unless given, and in browsers the console. */
  readonly stream?: TextStream | undefined;
  /** Shows the state instead, for a page or a program of one's own. */
  readonly show?: ((state: ProgressState) => void) | undefined;
  /** Whether nothing is shown at all; false unless given. */
  readonly silent?: boolean;
}

const text: ValueRange<string> = {
  text: "to be a string",
  has: (value): value is string => typeof value === "string",
};

const streamRange: ValueRange<TextStream> = {
  text: "to have a method write",
  has: (value): value is TextStream => typeof (value as TextStream | null | undefined)?.write === "function",
};

/** Range of figures that can be shown. */
export const metricsRange: ValueRange<ShownMetrics> = {
  text: "to be an object of numbers and tensors of one element",
  has: (value): value is ShownMetrics => ranges.record.has(value) && Object.values(value).every(isFigure),
};

function isFigure(value: unknown): boolean {
  return typeof value === "number" || (value instanceof Tensor && value.size === 1);
}

/** Range and standard of each option of `progress`. */
export const progressTable: OptionTable<ProgressOptions> = {
  total: optional(ranges.whole(0)),
  initial: option(ranges.whole(0), 0),
  description: option(text, ""),
  unit: option(text, "it"),
  metrics: optional(metricsRange),
  interval: optional(ranges.nonNegative),
  smoothing: option(ranges.unit, 0.3),
  stream: optional(streamRange),
  show: optional(ranges.callable<(state: ProgressState) => void>()),
  silent: option(ranges.flag, false),
};

/** Counts what is done and shows it now and then. */
export class Meter {
  static readonly name: string = "Meter";
  /** Set from outside; read when it is shown. */
  metrics: ShownMetrics;
  readonly #options: Required<ProgressOptions>;
  readonly #display: Display;
  /** In milliseconds, as all times here. */
  readonly #interval: number;
  readonly #rate: Rate;
  readonly #start: number = performance.now();
  #done: number;
  /** When it was shown last, and how much was done then. */
  #shownAt: number = this.#start;
  #shownDone: number;

  /** @param options settled with {@link progressTable} */
  constructor(options: Required<ProgressOptions>) {
    const { show, stream, interval, smoothing, metrics } = options;
    this.#options = options;
    this.#display = show === undefined ? displayOn(stream) : calling(show);
    this.#interval = options.silent ? Infinity : (interval ?? this.#display.interval) * 1000;
    this.#rate = new Rate(smoothing);
    this.metrics = metrics ?? {};
    this.#done = this.#shownDone = options.initial;
  }

  /** Counts one more. */
  count(): void {
    this.#done++;
    const time = performance.now();
    if (time - this.#shownAt >= this.#interval) this.#show(time, false);
  }

  /** Shows the end. */
  close(): void {
    if (!this.#options.silent) this.#show(performance.now(), true);
  }

  #show(time: number, isOver: boolean): void {
    const { description, unit, total, initial } = this.#options;
    const done = this.#done;
    const elapsed = (time - this.#start) / 1000;
    this.#rate.add(done - this.#shownDone, (time - this.#shownAt) / 1000);
    [this.#shownAt, this.#shownDone] = [time, done];
    // Of what is over, the rate is that of the whole.
    const rate = isOver ? (elapsed > 0 ? (done - initial) / elapsed : undefined) : this.#rate.perSecond;
    const remaining = total === undefined || !rate ? undefined : Math.max(total - done, 0) / rate;
    const metrics = Object.fromEntries(
      Object.entries(this.metrics).map(([name, value]) => [name, typeof value === "number" ? value : value.item()]),
    );
    this.#display.show({ description, unit, done, total, elapsed, remaining, rate, metrics, isOver });
  }
}
