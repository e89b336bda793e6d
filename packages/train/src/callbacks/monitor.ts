import { ValueError } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, resolveName, type ValueRange } from "@tapegrad/tensor/internal";
import type { Logs } from "../training/callback.ts";
import { validationOf } from "../training/validation-of.ts";

/** What callbacks are told that wait for a figure to get better. */
export interface MonitorOptions {
  /** Name of the figure, such as "valLoss" or "val_accuracy"; "valLoss" unless given. */
  readonly monitor?: string;
  /** Whether less is better or more; "auto", which is the standard, knows it of losses, errors, accuracies and their like. */
  readonly mode?: "auto" | "min" | "max";
  /** Least change that counts as better. */
  readonly minDelta?: number;
}

/** Range of the name of a figure. */
const figureRange: ValueRange<string> = {
  text: "to be the name of a figure",
  has: (value): value is string => typeof value === "string" && value !== "",
};

/** Range and standard of the options of a {@link Monitor}. */
export const monitorTable: OptionTable<MonitorOptions> = {
  monitor: option(figureRange, "valLoss"),
  mode: option(ranges.oneOf("auto", "min", "max"), "auto"),
  minDelta: option(ranges.nonNegative, 0),
};

const more =
  /acc|auc|precision|recall|sensitivity|specificity|score|f1|fbeta|iou|dice|r2|correlation|similarity|cosine/;
const less = /loss|error|mse|mae|rmse|mape|msle|entropy|divergence|kld?|hinge|poisson|perplexity|logcosh|^lr$/;

/** Watches one figure: its value in logs, and whether one is better than another. */
export class Monitor {
  static readonly name: string = "Monitor";
  readonly #fn: string;
  readonly #options: Required<MonitorOptions>;
  #mode: "min" | "max" | undefined;

  /** @param fn name of the callback, for messages */
  constructor(fn: string, options: Required<MonitorOptions>) {
    this.#fn = fn;
    this.#options = options;
  }

  /**
   * Whether less is better or more. It is asked for when there are figures: a misspelled name is better told as such.
   *
   * @throws {ValueError} if "auto" does not know it
   */
  get mode(): "min" | "max" {
    return (this.#mode ??= modeOf(this.#fn, this.#options));
  }

  /**
   * The figure.
   *
   * @throws {ValueError} if there is none of that name: `EarlyStopping: expected one of loss, accuracy, got "valLoss".`
   */
  valueIn(logs: Logs): number {
    return resolveName(this.#fn, undefined, logs, this.#options.monitor);
  }

  /** Whether a figure is better than a best one by more than `minDelta`. NaN never is; anything else is better than null. */
  isBetter(value: number, best: number | null): boolean {
    const sign = this.mode === "max" ? 1 : -1;
    if (Number.isNaN(value)) return false;
    return best === null || sign * (value - best) > this.#options.minDelta;
  }
}

function modeOf(fn: string, { mode, monitor }: Required<MonitorOptions>): "min" | "max" {
  if (mode !== "auto") return mode;
  // Without val, whose last letter and the r of recall would be lr.
  const word = (validationOf(monitor) ?? monitor).replaceAll(/[_\s-]/g, "").toLowerCase();
  if (less.test(word)) return "min";
  if (more.test(word)) return "max";
  throw new ValueError(`${fn}: expected mode min or max for monitor "${monitor}", got auto, which does not know it.`);
}
