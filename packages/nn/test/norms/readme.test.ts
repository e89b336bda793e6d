import { markdownTable } from "@tapegrad/testing";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { norms } from "../../src/index.ts";

const rows = norms.table();

/** The columns of the comparison: a change of weights `w_i` or samples `x_k` each. */
const changes: Readonly<Record<norms.Invariance, string>> = {
  "scale of the weights": "W → δ·W",
  "shift of all neurons' weights": "w_i → w_i + v",
  "scale of one neuron's weights": "one w_i → δ·w_i",
  "shift within one neuron's weights": "one w_i → w_i + s",
  "scale of the data": "X → δ·X",
  "shift of the data": "x_k → x_k + c",
  "scale of one sample": "one x_k → δ·x_k",
  "shift within one sample": "one x_k → x_k + s",
};

const of: Readonly<Record<norms.NormRow["kind"], string>> = {
  activation: "values",
  weight: "weights",
  constraint: "weights, after updates",
};

const tables = {
  norms: markdownTable([
    ["norm", "of", "normalizes", "formula", "parameters", "state", "evaluates", "centred", "paper"],
    ...rows.map(({ call, kind, axes, formula, parameters, state, evaluation, centred, paper }) => [
      `\`${call}\``,
      of[kind],
      axes,
      `\`${formula}\``,
      parameters,
      state,
      evaluation,
      centred ? "yes" : "no",
      paper === undefined ? "" : `[${paper.title}](${paper.link})`,
    ]),
  ]),
  invariances: markdownTable([
    ["norm", ...Object.values(changes).map((change) => `\`${change}\``), "gradient"],
    ...rows.map(({ call, invariances, identities }) => [
      `\`${call}\``,
      ...(Object.keys(changes) as norms.Invariance[]).map((change) => (invariances.includes(change) ? "✓" : "✗")),
      identities.length === 0 ? "–" : identities.join("; "),
    ]),
  ]),
};

it("the tables in README.md are those of norms.table(); `vitest -u` renews them", async () => {
  const path = new URL("../../README.md", import.meta.url);
  let text = readFileSync(path, "utf8");
  for (const [name, table] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name}: from norms.table() -->\n\n`, `\n\n<!-- /${name} -->`] as const;
    const [before, rest] = text.split(begin) as [string, string];
    text = before + begin + table + rest.slice(rest.indexOf(end));
  }
  await expect(text).toMatchFileSnapshot(fileURLToPath(path), "README.md is stale: run vitest -u");
});
