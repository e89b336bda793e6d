import { formatShape } from "@tapegrad/tensor/internal";
import type { BufferSummary, LoopSummary } from "./plan-summary.ts";

/** Such as `32 | 64*`: kept loops, a bar, and those that are reduced over. */
export function loopText(loops: readonly LoopSummary[]): string {
  const text = (reduced: boolean): string =>
    loops
      .filter((loop) => loop.reduced === reduced)
      .map(({ extent, lanes }) => `${extent}${lanes ? "*" : ""}`)
      .join("×");
  return text(true) === "" ? text(false) : `${text(false)} | ${text(true)}`.trim();
}

/** Such as `t0[32,64]`; dtypes are shown where they are not float32. */
export function bufferText({ name, shape, dtype }: BufferSummary): string {
  return `${name}${formatShape(shape).replaceAll(" ", "")}${dtype === "float32" ? "" : `:${dtype}`}`;
}

/** Names in order, neighbours of one name as `mul×3`. */
export function repeatText(names: readonly string[]): string {
  const parts: { readonly name: string; count: number }[] = [];
  for (const name of names) {
    const last = parts.at(-1);
    if (last?.name === name) last.count++;
    else parts.push({ name, count: 1 });
  }
  return parts.map(({ name, count }) => (count === 1 ? name : `${name}×${count}`)).join(" ");
}

/** Three significant digits with the prefix of the unit: `1.23 M`. */
export function unitText(value: number): string {
  const exponent = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const scaled = value / 1000 ** exponent;
  return `${exponent === 0 ? scaled : scaled.toPrecision(3)} ${["", "k", "M", "G", "T"][exponent]}`;
}
