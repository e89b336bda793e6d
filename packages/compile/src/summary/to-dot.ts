import type { KernelSummary } from "./plan-summary.ts";
import { bufferText, loopText, repeatText } from "./summary-text.ts";

/** Kernels as boxes and buffers as ellipses, with an edge for whatever a kernel reads or writes. */
export function scheduleToDot(kernels: readonly KernelSummary[]): string {
  const lines = ["digraph plan {", "  rankdir=TB;", "  node [fontname=Helvetica, fontsize=10];"];
  const buffers = new Map<string, string>();
  for (const { reads, writes } of kernels) {
    for (const buffer of [...reads, ...writes]) buffers.set(buffer.name, bufferText(buffer));
  }
  for (const [name, text] of buffers) {
    const outside = !/^t\d+$/.test(name);
    lines.push(`  ${quoted(name)} [label=${quoted(text)}${outside ? ", style=filled, fillcolor=lightgrey" : ""}];`);
  }
  kernels.forEach(({ kind, loops, operations, reads, writes }, i) => {
    const label = [`${i}: ${kind}`, loopText(loops), ...broken(repeatText(operations))].filter((text) => text !== "");
    lines.push(`  ${quoted(`kernel ${i}`)} [shape=box, label=${quoted(label.join("\n"))}];`);
    for (const { name } of reads) lines.push(`  ${quoted(name)} -> ${quoted(`kernel ${i}`)};`);
    for (const { name } of writes) lines.push(`  ${quoted(`kernel ${i}`)} -> ${quoted(name)};`);
  });
  return [...lines, "}"].join("\n");
}

function broken(text: string): string[] {
  return text.match(/.{1,48}(?: |$)/g)?.map((line) => line.trim()) ?? [];
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
