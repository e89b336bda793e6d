import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dense } from "@tapegrad/nn";
import { assign, FormatError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeSafetensors } from "../safetensors/encode.ts";
import { encodeCheckpoint } from "./encode.ts";
import { loadCheckpoint } from "./load.ts";
import { saveCheckpoint } from "./save.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
});
afterEach(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

const files = (): string[] => readdirSync(folder).toSorted();
const at = (name: string): string => join(folder, name);

describe("saveCheckpoint", () => {
  it("writes the bytes of encodeCheckpoint, into a folder that it makes", async () => {
    const path = at("a/b.safetensors");
    const parts = { model: new Dense(2, 3), epoch: 3 };
    expect(await saveCheckpoint(path, parts, { metadata: { task: "toy" } })).toBe(path);
    const bytes = encodeCheckpoint(parts, { metadata: { task: "toy" } });
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    const { model, epoch, metadata } = await loadCheckpoint(path);
    expect([Object.keys(model as object).toSorted(), epoch, metadata]).toEqual([
      ["bias", "weight"],
      3,
      { task: "toy" },
    ]);
  });

  it("saves what is there when it is called", async () => {
    const w = tensor([1, 2]);
    const saving = saveCheckpoint(at("w"), { w });
    assign(w, tensor([3, 4]));
    await saving;
    expect(((await loadCheckpoint(at("w")))["w"] as Tensor).toArray()).toEqual([1, 2]);
  });

  it("rejects, and leaves the file before, for what is no state", async () => {
    await saveCheckpoint(at("w"), { epoch: 1 });
    await expect(saveCheckpoint(at("w"), { f: Math.sin })).rejects.toThrow(ValueError);
    await expect(saveCheckpoint("", {})).rejects.toThrow("saveCheckpoint: expected path to be a path, got");
    expect((await loadCheckpoint(at("w")))["epoch"]).toBe(1);
    vi.stubGlobal("process", undefined);
    await expect(saveCheckpoint("w", {})).rejects.toThrow("saveCheckpoint: expected a machine with files");
    await expect(loadCheckpoint("w")).rejects.toThrow("loadCheckpoint: expected a machine with files");
  });

  describe("with {step} in the path", () => {
    const path = (): string => at("run-{step}.safetensors");
    const save = async (step: number, keepLast?: number): Promise<string> =>
      saveCheckpoint(path(), { step }, { step, keepLast });

    it("keeps all, or the last n, by number", async () => {
      for (const step of [0, 9, 10]) expect(await save(step)).toBe(at(`run-${step}.safetensors`));
      expect(files()).toEqual(["run-0.safetensors", "run-10.safetensors", "run-9.safetensors"]);
      await save(100, 3);
      expect(files()).toEqual(["run-10.safetensors", "run-100.safetensors", "run-9.safetensors"]);
      await save(100, 1);
      expect(files()).toEqual(["run-100.safetensors"]);
    });

    it("keeps what comes later, when it goes on from before", async () => {
      for (const step of [1, 2, 3, 4]) await save(step);
      await save(2, 2);
      expect(files()).toEqual([1, 2, 3, 4].map((step) => `run-${step}.safetensors`));
      await save(3, 2);
      expect(files()).toEqual([2, 3, 4].map((step) => `run-${step}.safetensors`));
    });

    it("removes nothing but checkpoints of this name", async () => {
      const others = ["run-01.safetensors", "run-1.safetensors.bak", "run--1.safetensors", "run-1a.safetensors"];
      for (const name of [...others, "other-1.safetensors"]) writeFileSync(at(name), encodeCheckpoint({}));
      writeFileSync(at("run-1.safetensors"), "a text");
      writeFileSync(at("run-2.safetensors"), encodeSafetensors({ w: zeros([1]) }));
      mkdirSync(at("run-3.safetensors"));
      writeFileSync(at("run-4.safetensors"), encodeCheckpoint({}));
      const before = files();
      await save(5, 1);
      const kept = before.filter((name) => name !== "run-4.safetensors");
      expect(files()).toEqual([...kept, "run-5.safetensors"].toSorted());
    });

    it("loads the latest, or the one that is named", async () => {
      for (const step of [9, 10, 8]) await save(step);
      expect((await loadCheckpoint(path()))["step"]).toBe(10);
      expect((await loadCheckpoint(at("run-9.safetensors")))["step"]).toBe(9);
      await expect(loadCheckpoint(at("none-{step}"))).rejects.toThrow(
        /^loadCheckpoint: expected a file ".*none-\{step\}", got none\.$/,
      );
      await expect(loadCheckpoint(at("none/{step}"))).rejects.toThrow("got none.");
    });

    it.each<[path: string, options: object, message: string]>([
      ["w-{step}", {}, "expected option step for the {step} of"],
      ["w", { step: 1 }, "expected {step} in the path for step 1, got"],
      ["w", { keepLast: 1 }, "expected {step} in the path for keepLast, got none"],
      ["{step}/{step}", { step: 1 }, "expected {step} once, in the name of the file, got"],
      ["{step}-{step}", { step: 1 }, "expected {step} once, in the name of the file, got"],
      ["{step}/w", { step: 1 }, "expected {step} once, in the name of the file, got"],
      ["{step}", { step: -1 }, "expected step"],
      ["{step}", { step: 1, keepLast: 0 }, "expected keepLast"],
    ])("refuses %s with %j", async (name, options, message) => {
      await expect(saveCheckpoint(at(name), {}, options)).rejects.toThrow(ValueError);
      await expect(saveCheckpoint(at(name), {}, options)).rejects.toThrow(`saveCheckpoint: ${message}`);
      expect(files()).toEqual([]);
    });
  });
});

describe("loadCheckpoint", () => {
  it("loads into parts: all, or none", async () => {
    const [one, two] = [new Dense(2, 1), new Dense(2, 1)];
    const state = (net: Dense): string => JSON.stringify(net.stateDict());
    await saveCheckpoint(at("one"), { net: one, epoch: 1 });
    await saveCheckpoint(at("wide"), { net: new Dense(3, 1) });
    const before = state(two);
    await expect(loadCheckpoint(at("wide"), { net: two })).rejects.toThrow(
      /^loadCheckpoint, "net" in .*wide: loadStateDict: /,
    );
    await expect(loadCheckpoint(at("one"), { other: two })).rejects.toThrow('missing: "other"; unexpected: "net"');
    expect(state(two)).toBe(before);
    expect((await loadCheckpoint(at("one"), { net: two }))["epoch"]).toBe(1);
    expect(state(two)).toBe(state(one));
    expect((await loadCheckpoint(at("one"), { other: two }, { strict: false }))["epoch"]).toBe(1);
  });

  it("says what a file is that is no checkpoint", async () => {
    writeFileSync(at("w"), encodeSafetensors({ w: zeros([1]) }));
    await expect(loadCheckpoint(at("w"))).rejects.toThrow(FormatError);
    await expect(loadCheckpoint(at("w"))).rejects.toThrow("to have tapegrad.checkpoint, got another safetensors file");
    writeFileSync(at("w"), "");
    await expect(loadCheckpoint(at("w"))).rejects.toThrow(FormatError);
    await expect(loadCheckpoint(at("none"))).rejects.toThrow(/^loadCheckpoint: expected to read .*none, got ENOENT/);
    await expect(loadCheckpoint(folder)).rejects.toThrow("to be a file, got none");
  });
});
