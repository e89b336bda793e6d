import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { recordedGraph } from "./recorded-graph.ts";

/**
 * The recorded graph behind a tensor in Graphviz' language: operations as ovals, leaves as
 * boxes with data and gradient, constants in grey.
 *
 * @throws {GradError} if there is no graph or it was freed
 * @example
 * const x = tensor(1, { requiresGrad: true });
 * toDot(x.exp()).startsWith("digraph tape {"); // => true
 */
export function toDot(output: Tensor, ...none: []): string {
  expectNothing("toDot", none);
  expectTensor("toDot", "output", output);
  const vertices = recordedGraph("toDot", output);
  const lines = vertices.flatMap(({ id, kind, label, value, gradient, from }) => {
    const text = kind === "operation" ? `${label}\\n${value}` : `{${label} | data ${value}${gradientPart(gradient)}}`;
    return [`  n${id} [${styles[kind]}, label=${quote(text)}];`, ...from.map((source) => `  n${source} -> n${id};`)];
  });
  return ["digraph tape {", "  rankdir=LR;", ...lines, "}"].join("\n");
}

const styles = {
  operation: "shape=oval",
  leaf: "shape=record",
  constant: "shape=record, color=gray",
} as const;

function gradientPart(gradient: string | undefined): string {
  return gradient === undefined ? "" : ` | grad ${gradient}`;
}

/** `\n` of the labels stays; a quote in the name of a custom function must not end the string. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}
