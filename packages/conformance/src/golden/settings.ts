import { FormatError } from "@tapegrad/tensor";
import { type Json, number } from "./format.ts";

/**
 * The settings of a case as options of ours: PyTorch's names become ours, `"Infinity"` a number, and what is
 * absent stays absent. A name of null stands for a setting that the adapter reads itself.
 *
 * @throws {FormatError} for a setting without a row, so that none is silently ignored
 */
export function settings<T extends object>(
  config: { readonly [key: string]: Json },
  names: Readonly<Record<string, string | null>>,
): T {
  const options = Object.entries(config).flatMap(([key, value]) => {
    const name = Object.hasOwn(names, key) ? names[key] : undefined;
    if (name === undefined) throw new FormatError(`settings: expected ${Object.keys(names).join(", ")}, got ${key}.`);
    return name === null ? [] : [[name, isSpecial(value) ? number(value) : value] as const];
  });
  return Object.fromEntries(options) as T;
}

function isSpecial(value: Json): boolean {
  return value === "Infinity" || value === "-Infinity" || value === "NaN";
}
