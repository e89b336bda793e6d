import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { bundle } from "../../../compile/test/bundle.ts";

// `vitest -u` writes it anew.
it("is the file of the worker as a script", async () => {
  const file = fileURLToPath(new URL("work.ts", import.meta.url));
  const code = await bundle(`import { work } from ${JSON.stringify(file)}; work();`, { format: "iife", minify: true });
  const text = [
    "// Made of work.ts by worker-source.test.ts.",
    "",
    "/** What a worker runs, as a text, so that nobody has to find a file. */",
    `export const workerSource: string =\n  ${JSON.stringify(code.trim())};`,
    "",
  ].join("\n");
  await expect(text).toMatchFileSnapshot("worker-source.ts");
});
