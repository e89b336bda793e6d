import { markdownTable } from "@tapegrad/testing";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { norms } from "../../src/index.ts";

const [begin, end] = ["<!-- norms: from norms.table() -->\n\n", "\n\n<!-- /norms -->"] as const;

it("the table in README.md is that of norms.table(); `vitest -u` renews it", async () => {
  const table = markdownTable([
    ["norm", "normalizes", "formula", "parameters", "state", "evaluates", "centred", "invariant to", "paper"],
    ...norms
      .table()
      .map(({ call, axes, formula, parameters, state, evaluation, centred, invariances, paper }) => [
        `\`${call}\``,
        axes,
        `\`${formula}\``,
        parameters,
        state,
        evaluation,
        centred ? "yes" : "no",
        invariances?.join(", ") ?? "",
        paper === undefined ? "" : `[${paper.title}](${paper.link})`,
      ]),
  ]);
  const path = new URL("../../README.md", import.meta.url);
  const [before, rest] = readFileSync(path, "utf8").split(begin) as [string, string];
  const after = rest.slice(rest.indexOf(end));
  await expect(before + begin + table + after).toMatchFileSnapshot(
    fileURLToPath(path),
    "README.md is stale: run vitest -u",
  );
});
