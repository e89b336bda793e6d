import { expect, it } from "vitest";
import { bundle } from "../../../test/bundle.ts";

// `vitest -u` writes it anew.
it("is the file of the worker as a script", async () => {
  const code = await bundle('import "./src/worker.ts";', { format: "iife", minify: true });
  const text = [
    "// Made of src/worker.ts by worker-source.test.ts.",
    "",
    "/** What a thread runs, as a text, so that nobody has to find a file. */",
    `export const workerSource: string =\n  ${JSON.stringify(code.trim())};`,
    "",
  ].join("\n");
  await expect(text).toMatchFileSnapshot("worker-source.ts");
});
