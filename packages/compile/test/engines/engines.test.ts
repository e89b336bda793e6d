import { chromium, isLeftOut, runInBrowser } from "@tapegrad/testing/browsers";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bundle } from "../bundle.ts";

const program = readFileSync(new URL("training.mjs", import.meta.url), "utf8");

describe("a deterministic training", async () => {
  const code = await bundle(program);
  const inNode = (node: string): string =>
    execFileSync(node, ["--input-type=module"], { input: code, encoding: "utf8" }).trim();
  const here = inNode(process.execPath);

  it("gives digests", () => {
    expect(here).toMatch(/^[0-9a-f]{8} [0-9a-f]{8}$/);
  });

  it.skipIf(isLeftOut(chromium))("has the same bits in Chromium", async () => {
    expect(await runInBrowser(chromium, { isolated: true, scripts: { "/module.js": code } })).toBe(here);
  });

  const other = process.env["TAPEGRAD_NODE"];
  it.skipIf(other === undefined)("has the same bits in another version of Node", () => {
    expect(inNode(other as string)).toBe(here);
  });
});
