import type { KernelSummary } from "@tapegrad/compile";
import { loopText, repeatText } from "@tapegrad/compile/internal";
import { markdownTable } from "../report/markdown-table.ts";
import { significant } from "../report/significant.ts";
import { type Ceilings, rooflineTime } from "./ceilings.ts";

/** Of the names of a kernel's operations. */
const mostCharacters = 60;

/** A kernel of a plan and the milliseconds that it takes. */
export interface TimedKernel {
  readonly kernel: KernelSummary;
  readonly time: number;
}

/** Kernels that do the same, as one. */
interface Group {
  readonly kernel: KernelSummary;
  readonly first: number;
  count: number;
  flops: number;
  bytes: number;
  time: number;
  roofline: number;
}

/**
 * Kernels in Markdown, those that take longest first: time, share of the step, what they reach, and their share of the
 * roofline, which is the time that their operations or their bytes would take at the ceiling ÷ the time that they take.
 * Conversions, divisions and elementary functions count as few operations, so kernels full of them cannot reach 100 %.
 */
export function kernelTable(timed: readonly TimedKernel[], ceilings: Ceilings): string {
  const groups = new Map<string, Group>();
  timed.forEach(({ kernel, time }, first) => {
    const key = [kernel.kind, loopText(kernel.loops), ...kernel.operations].join(" ");
    const group = groups.get(key) ?? { kernel, first, count: 0, flops: 0, bytes: 0, time: 0, roofline: 0 };
    group.count++;
    group.flops += kernel.flops;
    group.bytes += kernel.bytes;
    group.time += time;
    group.roofline += rooflineTime(ceilings, kernel);
    groups.set(key, group);
  });
  const whole = timed.reduce((sum, { time }) => sum + time, 0);
  const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  const line = ({ kernel, first, count, flops, bytes, time, roofline }: Group): string[] => [
    `${kernel.kind} ${loopText(kernel.loops).replace(" | ", " over ")}`, // a bar would end the cell
    `${first}`,
    `${count}`,
    significant(1000 * time),
    percent(time / whole),
    significant(flops / time / 1e6),
    significant(bytes / time / 1e6),
    percent(roofline / time),
    percent(Math.max(0, time - roofline) / whole),
    shortened(repeatText(kernel.operations)),
  ];
  const sorted = [...groups.values()].sort((a, b) => b.time - a.time);
  const roofline = sorted.reduce((sum, group) => sum + group.roofline, 0);
  const head = ["kernel", "first", "times", "µs", "of the step", "GFLOP/s", "GB/s", "roofline", "lost", "operations"];
  return [
    `${timed.length} kernels, ${significant(whole)} ms; at the roofline ${significant(roofline)} ms, ${percent(roofline / whole)}.`,
    markdownTable([head, ...sorted.map(line)]),
  ].join("\n\n");
}

function shortened(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters)} …`;
}
