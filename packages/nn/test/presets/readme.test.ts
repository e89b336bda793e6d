import { markdownTable } from "@tapegrad/testing";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { presets } from "../../src/index.ts";

const [begin, end] = ["<!-- presets: from nn.presets -->\n\n", "\n\n<!-- /presets -->"] as const;
const frameworks = ["torch", "keras", "flax", "mlx"] as const;

/** What functions that fill are, and what PyTorch's own initialiser is. */
const said: Readonly<Record<string, string>> = {
  forgetOnes: "zeros, ones for the forget gate",
  newGateUniform: "zeros, U(±1/√hidden) for the new gate",
  orthogonalGates: "orthogonal, each gate",
  scaledNormal: "N(0, 1/features)",
  lecunNormalTransposed: "lecunNormal",
  uniformTransposed: "U(±1/√inputs)",
};
const own: Readonly<Record<string, string>> = {
  embedding: "N(0, 1)",
  convTranspose: "U(±1/√outputs)",
  rnn: "U(±1/√hidden)",
  gru: "U(±1/√hidden)",
  lstm: "U(±1/√hidden)",
};

function text(layer: string, value: unknown): string {
  if (typeof value === "function") return said[value.name]!;
  return value === undefined ? (own[layer] ?? "U(±1/√inputs)") : String(value);
}

it("the table in README.md is that of the presets; `vitest -u` renews it", async () => {
  const names = Object.keys({ ...presets.torch, ...presets.keras });
  const rows = names.flatMap((layer) => {
    const of = frameworks.map((name): unknown => Reflect.get(presets[name], layer));
    const known = of.find((options) => options !== undefined);
    if (typeof known !== "object") return [[`\`${layer}\``, "", ...of.map((value) => String(value ?? "–"))]];
    return Object.keys(known as object).map((option) => [
      `\`${layer}\``,
      `\`${option}\``,
      ...of.map((options) => (options === undefined ? "–" : text(layer, (options as Record<string, unknown>)[option]))),
    ]);
  });
  const table = markdownTable([["preset", "option", ...frameworks.map((name) => `\`${name}\``)], ...rows]);
  const path = new URL("../../README.md", import.meta.url);
  const [before, rest] = readFileSync(path, "utf8").split(begin) as [string, string];
  expect(rest).toContain(end);
  await expect(before + begin + table + rest.slice(rest.indexOf(end))).toMatchFileSnapshot(
    fileURLToPath(path),
    "README.md is stale: run vitest -u",
  );
});
