import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { domains } from "../src/operators/operators.ts";
import { firstVersions } from "../src/operators/versions.ts";

const [begin, end] = ["<!-- operators: from the registry -->\n\n", "\n\n<!-- /operators -->"] as const;

it("the list in README.md is that of the registry; `vitest -u` renews it", async () => {
  const lines = [...domains].flatMap(([domain, { families }]) =>
    Object.entries(families).map(([family, operators]) => {
      const names = Object.keys(operators).map((name) => {
        const first = firstVersions.get(name);
        return first === undefined ? `\`${name}\`` : `\`${name}\` ${first}`;
      });
      return `- ${family}${domain === "" ? "" : ` (\`${domain}\`)`}: ${names.join(", ")}`;
    }),
  );
  const path = fileURLToPath(new URL("../README.md", import.meta.url));
  const [before, rest] = readFileSync(path, "utf8").split(begin) as [string, string];
  const after = `\n\n${rest.slice(rest.indexOf(end.trim()))}`;
  await expect(before + begin + lines.join("\n") + after).toMatchFileSnapshot(
    path,
    "README.md is stale: run vitest -u",
  );
});
