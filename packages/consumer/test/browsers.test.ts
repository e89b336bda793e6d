import { chromium, firefox, isLeftOut, runInBrowser, webkit } from "@tapegrad/testing/browsers";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readmeExample } from "../src/bundled-programs.ts";
import { bundlers, byEsbuild } from "../src/bundlers.ts";
import { makeProject } from "../src/project.ts";
import { node } from "../src/run.ts";

const toPage = "globalThis.report = (value) => postMessage(value);";

/** Scripts by their paths: what a page starts, and what that loads. */
type Scripts = Record<string, string>;

/** The ways in which the README's example gets to a page. */
const ways: Readonly<Record<string, (folder: string) => Promise<Scripts>>> = {
  "as a module on the main thread": async (folder) => {
    const files = [...(await bundlers["vite"]!({ folder, entry: "main.js" }))];
    return { ...paths(files), "/module.js": files[0]![1] };
  },
  "as a module in a worker": async (folder) => {
    const files = [...(await bundlers["webpack"]!({ folder, entry: "main.js" }))];
    const start = 'new Worker("/main.js", { type: "module" }).onmessage = ({ data }) => report(data);';
    return { ...paths(files), "/main.js": toPage + files[0]![1], "/module.js": start };
  },
  "as a script in a classic worker": async (folder) => {
    const code = await byEsbuild({ folder, entry: "main.js" }, "iife");
    const start = 'new Worker("/script.js").onmessage = ({ data }) => report(data);';
    return { "/script.js": toPage + code, "/module.js": start };
  },
  "as a script in a blob": async (folder) => {
    const code = JSON.stringify(toPage + (await byEsbuild({ folder, entry: "main.js" }, "iife")));
    const start = `new Worker(URL.createObjectURL(new Blob([${code}]))).onmessage = ({ data }) => report(data);`;
    return { "/module.js": start };
  },
};

function paths(files: readonly (readonly [string, string])[]): Scripts {
  return Object.fromEntries(files.map(([name, text]) => [`/${name}`, text]));
}

describe("the README's example", () => {
  let folder = "";
  let accuracy = 0;
  const made = new Map<string, Promise<Scripts>>();

  beforeAll(async () => {
    const print = "globalThis.report ??= console.log;\n";
    folder = makeProject("browsers", { installed: ["tapegrad"], files: { "main.js": print + readmeExample() } });
    accuracy = Number(await node(["main.js"], { cwd: folder }));
  });

  it("learns, and as much in a CommonJS file", async () => {
    expect(accuracy).toBeGreaterThan(0.9);
    const code = await byEsbuild({ folder, entry: "main.js" }, "cjs");
    const other = makeProject("browsers", { installed: [], files: { "main.cjs": code } });
    expect(Number(await node([join(other, "main.cjs")], { cwd: other }))).toBe(accuracy);
  });

  describe.each([chromium, firefox, webkit])("in $name", (browser) => {
    describe.skipIf(isLeftOut(browser))("learns as much as in Node", () => {
      it.each(Object.entries(ways))("%s", async (way, make) => {
        if (!made.has(way)) made.set(way, make(folder));
        const scripts = await made.get(way)!;
        for (const isolated of [true, false]) {
          expect(await runInBrowser(browser, { scripts, isolated, timeout: 300_000 })).toBe(accuracy);
        }
      });
    });
  });
});
