import { validationOf } from "../../training/validation-of.ts";
import type { Run } from "../report-run.ts";

/** One figure of the history as it stands on the page. */
export interface Figure {
  /** As the history calls it: `valLoss`. */
  readonly key: string;
  /** In words: `validation loss`. */
  readonly title: string;
  /** What it is without regard to the data that it was measured on: `loss`. */
  readonly base: string;
  readonly isValidation: boolean;
}

/** Every figure of the runs, each that is measured on training and validation data side by side. */
export function figuresOf(runs: readonly Run[]): Figure[] {
  const keys = [...new Set(runs.flatMap(({ figures }) => [...figures.keys()]))];
  const baseOf = (key: string): string => validationOf(key) ?? key;
  const bases = [...new Set(keys.map(baseOf))];
  return bases.flatMap((base) =>
    keys
      .filter((key) => baseOf(key) === base)
      .map((key) => {
        const isValidation = key !== base;
        const isPaired = keys.filter((other) => baseOf(other) === base).length > 1;
        const title = isValidation ? `validation ${words(base)}` : isPaired ? `training ${words(base)}` : words(base);
        return { key, title, base, isValidation };
      })
      .toSorted((a, b) => Number(a.isValidation) - Number(b.isValidation)),
  );
}

/** `meanSquaredError` as `mean squared error`. */
export function words(key: string): string {
  if (key === "lr") return "learning rate";
  return key
    .replace(/([a-z\d])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
    .replaceAll("_", " ");
}

/** With a capital, as a heading. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
