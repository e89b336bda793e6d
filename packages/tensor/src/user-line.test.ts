import { describe, expect, it } from "vitest";
import { addUserLine, userLine, withLongStacks } from "./user-line.ts";

const packages = new URL("../../", import.meta.url).href;
const written = decodeURI(packages).replace("file://", "");

function errorWith(...frames: string[]): Error {
  const error = new Error("told (file:///not/a/frame.ts:1:1)");
  error.stack = [`Error: ${error.message}`, ...frames].join("\n");
  return error;
}

describe("userLine", () => {
  it.each<[string, string[], string | undefined]>([
    ["a path", ["    at step (/app/train.ts:3:14)"], "/app/train.ts:3:14"],
    ["a URL", ["    at step (file:///app/train.ts:3:14)"], "/app/train.ts:3:14"],
    ["no name", ["    at file:///app/train.ts:3:14"], "/app/train.ts:3:14"],
    ["async", ["    at async file:///app/train.ts:3:14"], "/app/train.ts:3:14"],
    ["a browser", ["    at step (https://a.example/train.js?v=1:3:14)"], "https://a.example/train.js:3:14"],
    ["another browser", ["step@https://a.example/train.js:3:14"], "https://a.example/train.js:3:14"],
    ["spaces", ["    at step (/my app/train.ts:3:14)"], "/my app/train.ts:3:14"],
    ["spaces in a URL", ["    at step (file:///my%20app/%C3%A9.ts:3:14)"], "/my app/é.ts:3:14"],
    ["what is no URL", ["    at step (file:///100%/train.ts:3:14)"], "/100%/train.ts:3:14"],
    ["Windows", ["    at step (file:///C:/app/train.ts:3:14)"], "/C:/app/train.ts:3:14"],
    ["the engine", ["    at Array.map (<anonymous>)", "    at node:internal/x:1:2", "    at /a.ts:1:2"], "/a.ts:1:2"],
    ["nothing", [], undefined],
    [
      "an installation",
      [
        "    at get (file:///app/node_modules/@tapegrad/tensor/dist/core.js:1:2)",
        "    at get (file:///app/node_modules/.pnpm/@tapegrad+nn@1.0.0/node_modules/@tapegrad/nn/dist/core.js:1:2)",
        "    at get (file:///app/node_modules/other/core.js:1:2)",
      ],
      "/app/node_modules/other/core.js:1:2",
    ],
    [
      "a workspace",
      [
        `    at get (${packages}tensor/src/tensor/core.ts:1:2)`,
        `    at get (${written}nn/dist/core.js:1:2)`,
        `    at step (${packages}nn/src/layer.test.ts:5:6)`,
      ],
      `${written}nn/src/layer.test.ts:5:6`,
    ],
  ])("reads %s", (_name, frames, line) => {
    expect(userLine(errorWith(...frames))).toBe(line);
  });

  it.each<[string, string, string | undefined]>([
    ["a bundle", "https://a.example/main-5f3a.js", undefined],
    ["a bundle in a blob", "blob:https://a.example/9115d58c", undefined],
    ["an engine without stacks", "", undefined],
    [
      "what a development server prepared",
      "http://localhost/node_modules/.vite/deps/chunk-7F.js?v=1",
      "http://localhost/src/train.js:3:14",
    ],
    ["a package from a network", "https://cdn.example/@tapegrad/compile@1/x.mjs", "http://localhost/src/train.js:3:14"],
  ])("in %s", (_name, own, line) => {
    const folder = own.slice(0, own.lastIndexOf("/"));
    const inside = `    at get (${folder}/shared.js?v=1:1:2)`;
    expect(userLine(errorWith(inside, "    at step (http://localhost/src/train.js?t=5:3:14)"), own)).toBe(line);
  });

  it("is added once", () => {
    const error = errorWith("    at step (/app/train.ts:3:14)");
    addUserLine(error);
    addUserLine(error);
    expect(error.message).toBe("told (file:///not/a/frame.ts:1:1) At /app/train.ts:3:14.");
    expect(error.stack).toContain(error.message);
  });

  it("leaves an error without a place alone", () => {
    const error = errorWith();
    addUserLine(error);
    expect(error.message).not.toContain(" At ");
  });

  it("sees past deep calls, and leaves the limit as it was", () => {
    const limits = Error as { stackTraceLimit?: number };
    const before = limits.stackTraceLimit;
    const deep = (n: number): Error => (n === 0 ? new Error("deep") : deep(n - 1));
    expect(withLongStacks(() => deep(50)).stack?.split("\n").length).toBeGreaterThan(50);
    expect(() =>
      withLongStacks(() => {
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(limits.stackTraceLimit).toBe(before);
  });
});
