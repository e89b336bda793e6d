import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type Tensor, zeros } from "@tapegrad/tensor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadCheckpoint } from "../../src/checkpoint/load.ts";
import { saveCheckpoint } from "../../src/checkpoint/save.ts";
import { childProgram } from "./child.ts";

// TAPEGRAD_KILLS=200 for the whole proof.
const kills = Number(process.env["TAPEGRAD_KILLS"] ?? 40);
const size = 500_000;

/** Saves one version after the other, each of as many equal elements, and says so. */
const saving = `
  const [path, first] = process.argv.slice(2);
  for (let version = Number(first); ; version++) {
    await io.saveCheckpoint(path, { w: full([${size}], version), version });
    process.stdout.write(version + "\\n");
  }
`;

/** Saves a small version and then a large one, and says what came of it. */
const full = `
  const [path] = process.argv.slice(2);
  await io.saveCheckpoint(path, { w: zeros([1000]), version: 1 });
  const said = await io.saveCheckpoint(path, { w: zeros([1_000_000]), version: 2 }).catch(({ name, message }) => name + ": " + message);
  process.stdout.write(said);
`;

describe.skipIf(process.platform === "win32")("saveCheckpoint", () => {
  const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
  const path = join(folder, "saved.safetensors");
  const program = join(folder, "program.mjs");
  const limited = join(folder, "limited.mjs");
  const unfinished = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".unfinished"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  beforeAll(async () => {
    writeFileSync(program, await childProgram(saving));
    writeFileSync(limited, await childProgram(full));
  });

  /** The version in the file, all elements of which are those of it. */
  async function versionThere(): Promise<number> {
    const { w, version } = (await loadCheckpoint(path)) as unknown as { w: Tensor; version: number };
    expect([w.shape, w.min().item(), w.max().item()]).toEqual([[size], version, version]);
    return version;
  }

  it(`leaves a whole checkpoint, the last or the one before, when it is killed: ${kills} times`, async () => {
    let version = 0;
    let interrupted = 0;
    for (let i = 0; i < kills; i++) {
      const child: ChildProcess = spawn(process.execPath, [program, path, String(version + 1)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const closed = once(child, "close");
      let said = version;
      child.stdout!.on("data", (text: Buffer) => (said = Number(text.toString().trim().split("\n").at(-1))));
      await once(child.stdout!, "data");
      await sleep(Math.random() * 30);
      child.kill("SIGKILL");
      await closed;
      expect(unfinished().length).toBeLessThan(2);
      interrupted += unfinished().length;
      version = await versionThere();
      // Killed between the new name and the word.
      expect([said, said + 1]).toContain(version);
    }
    console.log(`${kills} kills at version ${version}, ${interrupted} of them left an unfinished file`);
    expect(interrupted).toBeGreaterThan(0);
    await saveCheckpoint(path, { w: zeros([1]) });
    expect(unfinished()).toEqual([]);
  });

  it("leaves the checkpoint before when no more can be written", async () => {
    const small = join(folder, "limited.safetensors");
    const command = 'ulimit -f 1000; exec "$0" "$@"';
    const { stdout } = spawnSync("bash", ["-c", command, process.execPath, limited, small], { encoding: "utf8" });
    expect(stdout).toMatch(/^ValueError: saveCheckpoint: expected to write .*limited\.safetensors, got EFBIG: /);
    expect((await loadCheckpoint(small))["version"]).toBe(1);
    expect(statSync(small).size).toBeLessThan(10_000);
    expect(unfinished()).toEqual([]);
  });
});
