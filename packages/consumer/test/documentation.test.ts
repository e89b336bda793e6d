import { withChecks } from "@tapegrad/testing/claims";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { documentationPages } from "../src/documents.ts";
import { makeProject } from "../src/project.ts";
import { node } from "../src/run.ts";
import { strictest, typeErrors } from "../src/typescript.ts";

// The built one: these programs run as a user's do.
const install = pathToFileURL(createRequire(import.meta.url).resolve("@tapegrad/testing/claims/install")).href;

describe.each(documentationPages())("$file", ({ file, installed, blocks }) => {
  let folder = "";

  beforeAll(() => {
    if (blocks.length === 0) return;
    const compilerOptions = { ...strictest, lib: ["es2022", "dom", "dom.iterable"], rootDir: ".", outDir: "out" };
    const files: Record<string, string> = {
      "tsconfig.json": JSON.stringify({ compilerOptions, include: ["as-written/*.ts", "checked/*.ts"] }),
      "checked/check.d.ts": "declare function __check(evaluate: () => unknown, expected: string): Promise<void>;",
    };
    for (const { name, code } of blocks) {
      files[`as-written/${name}.ts`] = code;
      files[`checked/${name}.ts`] = `${withChecks(code)}\nexport {};\n`;
    }
    folder = makeProject("documentation", { installed, files });
  });

  it("says what to install", () => {
    expect(installed).toContain(
      /^packages\/(.+)\/README/.exec(file)?.[1]?.replace(/^(?!tapegrad$)/, "@tapegrad/") ?? "tapegrad",
    );
  });

  it.runIf(blocks.length > 0)("compiles under strict settings", async () => {
    expect(await typeErrors("typescript", folder)).toBe("");
  });

  it.each(blocks)("is true in $name", async ({ name }) => {
    await node(["--import", install, join(folder, "out/checked", `${name}.js`)], { cwd: folder });
  });
});
