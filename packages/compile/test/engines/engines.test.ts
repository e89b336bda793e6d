import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findProgram } from "./find-program.ts";
import { servePage } from "./serve-page.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const program = fileURLToPath(new URL("training.mjs", import.meta.url));
const needsBrowser =
  "This test needs a Chromium: apt-get install chromium, or set TAPEGRAD_CHROMIUM to the path of a Chrome or Chromium.";

/** What a page in a headless browser sends. */
async function inBrowser(isolated: boolean): Promise<string> {
  const browser = findProgram(
    [process.env["TAPEGRAD_CHROMIUM"], "chromium", "chromium-browser", "google-chrome"],
    needsBrowser,
  );
  const server = await servePage(root, isolated);
  const profile = mkdtempSync(join(tmpdir(), "tapegrad-"));
  const child = spawn(
    browser,
    [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      `--user-data-dir=${profile}`,
      server.url,
    ],
    { stdio: "ignore" },
  );
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  try {
    return await server.result;
  } finally {
    child.kill("SIGKILL");
    await exited;
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

describe("a deterministic training", () => {
  const here = execFileSync(process.execPath, [program], { encoding: "utf8" }).trim();

  it("gives digests", () => {
    expect(here).toMatch(/^[0-9a-f]{8} [0-9a-f]{8}$/);
  });

  it.each([true, false])("has the same bits in Chromium, isolated: %s", { timeout: 120_000 }, async (isolated) => {
    expect(await inBrowser(isolated)).toBe(`${here} isolated ${isolated}`);
  });

  const other = process.env["TAPEGRAD_NODE"];
  it.runIf(other !== undefined)("has the same bits in another version of Node", () => {
    expect(execFileSync(other as string, [program], { encoding: "utf8" }).trim()).toBe(here);
  });
});
