import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { makeProject } from "../src/project.ts";
import { node } from "../src/run.ts";
import { publicPackages } from "../src/workspace.ts";

const store = inject("store");

describe("importing everything", () => {
  it("reads few files in Node", () => {
    const files = publicPackages.flatMap(({ manifest: { name } }) =>
      readdirSync(join(store, name, "dist/node"), { recursive: true, encoding: "utf8" }).filter((file) =>
        file.endsWith(".js"),
      ),
    );
    expect(files.length).toBeLessThanOrEqual(54);
  });

  it("runs what it read from those files, with the names that the sources gave", async () => {
    const folder = makeProject("import", {
      installed: ["tapegrad"],
      files: {
        "main.js": `
          import { nn, ShapeError, tensor } from "tapegrad";
          let stack;
          try { tensor([1, 2]).reshape([3]); } catch (error) { stack = error.stack; }
          console.log(JSON.stringify({ stack, names: [nn.Buffer.name, nn.LogSoftmax.name, ShapeError.name] }));
        `,
      },
    });
    const { stack, names } = JSON.parse(await node(["main.js"], { cwd: folder })) as { stack: string; names: string[] };
    expect(stack.replaceAll("\\", "/")).toMatch(/@tapegrad\/tensor\/dist\/node\//);
    expect(names).toEqual(["Buffer", "LogSoftmax", "ShapeError"]);
  });

  it("leaves modules of their own to bundlers, which leave out what is not used", () => {
    const { exports } = JSON.parse(readFileSync(join(store, "@tapegrad/nn/package.json"), "utf8")) as {
      exports: Record<string, Record<string, string>>;
    };
    expect(exports["."]).toEqual({
      types: "./dist/index.d.ts",
      node: "./dist/node/index.js",
      default: "./dist/index.js",
    });
  });
});
