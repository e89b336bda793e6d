import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FormatError, ones, tensor } from "@tapegrad/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSafetensors, openSafetensors, saveSafetensors } from "../../src/index.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
  path = join(folder, "model.safetensors");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe("shards", () => {
  const six = Object.fromEntries("abcdef".split("").map((name, i) => [name, tensor([i, i])]));
  const names = (): string[] => readdirSync(folder).toSorted();
  const index = (): string => `${path}.index.json`;

  it("are as large as they may be, and belong together by an index", async () => {
    await saveSafetensors(path, six, { maxShardBytes: 20, metadata: { format: "pt" } });
    const shards = [1, 2, 3].map((i) => `model-0000${i}-of-00003.safetensors`);
    expect(names()).toEqual([...shards, "model.safetensors.index.json"]);
    expect(readFileSync(index(), "utf8")).toBe(
      `${JSON.stringify(
        {
          metadata: { total_size: 48 },
          weight_map: { a: shards[0], b: shards[0], c: shards[1], d: shards[1], e: shards[2], f: shards[2] },
        },
        null,
        2,
      )}\n`,
    );
    for (const source of [path, index(), pathToFileURL(index())]) {
      const { tensors, metadata } = await loadSafetensors(source);
      expect(Object.keys(tensors)).toEqual(Object.keys(six));
      expect(tensors["e"]!.toArray()).toEqual([4, 4]);
      expect(metadata).toEqual({ format: "pt" });
      const file = await openSafetensors(source);
      expect(file.keys).toEqual(Object.keys(six));
      expect(file.entries["f"]).toMatchObject({ dtype: "F32", shape: [2] });
      expect((await file.get("d")).toArray()).toEqual([3, 3]);
      await expect(file.get("g")).rejects.toThrow('get: expected the name of a tensor, got "g".');
      file.close();
      await expect(file.get("d")).rejects.toThrow("to be open, got it closed.");
    }
    await expect(loadSafetensors(path, { maxBytes: 47 })).rejects.toThrow(
      "to have at most 47 bytes of tensors, got 48.",
    );
  });

  it("are not more than needed: a tensor that is too large stands alone", async () => {
    await saveSafetensors(path, six, { maxShardBytes: 1 });
    expect(names().length).toBe(7);
    await saveSafetensors(path, six, { maxShardBytes: 48 });
    expect(names()).toEqual(["model.safetensors"]);
  });

  it("do not overwrite those that the index names, and are removed when that is replaced", async () => {
    await saveSafetensors(path, { a: ones([1]), b: ones([1]) }, { maxShardBytes: 4 });
    const first = names();
    writeFileSync(join(folder, "model-00001-of-00002.safetensors.txt"), "mine");
    writeFileSync(join(folder, "model2-00001-of-00002.safetensors"), "mine");
    await saveSafetensors(path, { a: tensor([2]), b: tensor([3]) }, { maxShardBytes: 4 });
    expect(names()).toEqual([
      "model-00001-of-00002.1.safetensors",
      "model-00001-of-00002.safetensors.txt",
      "model-00002-of-00002.1.safetensors",
      "model.safetensors.index.json",
      "model2-00001-of-00002.safetensors",
    ]);
    expect((await loadSafetensors(path)).tensors["b"]!.toArray()).toEqual([3]);
    await saveSafetensors(path, { a: tensor([4]), b: tensor([5]) }, { maxShardBytes: 4 });
    expect(names()).toEqual(expect.arrayContaining(first));
    expect((await loadSafetensors(path)).tensors["b"]!.toArray()).toEqual([5]);
    await saveSafetensors(path, { a: tensor([6]) });
    expect(existsSync(index())).toBe(false);
    expect((await loadSafetensors(path)).tensors["a"]!.toArray()).toEqual([6]);
    await saveSafetensors(path, { a: tensor([7]), b: tensor([8]) }, { maxShardBytes: 4 });
    expect(existsSync(path)).toBe(false);
    expect((await loadSafetensors(path)).tensors["a"]!.toArray()).toEqual([7]);
  });

  it("leave what was there until all of them are written", async () => {
    await saveSafetensors(path, { a: tensor([1]) });
    mkdirSync(index());
    await expect(saveSafetensors(path, six, { maxShardBytes: 16 })).rejects.toThrow(
      /^saveSafetensors: expected to write /,
    );
    expect((await loadSafetensors(path)).tensors["a"]!.toArray()).toEqual([1]);
    rmSync(index(), { recursive: true });
    mkdirSync(join(folder, "model-00002-of-00003.1.safetensors"));
    await saveSafetensors(path, six, { maxShardBytes: 16 });
    expect((await loadSafetensors(path)).tensors["f"]!.toArray()).toEqual([5, 5]);
    expect(names()).toContain("model-00002-of-00003.1.safetensors");
    expect(names()).not.toContain("model-00002-of-00003.safetensors");
  });

  const refused = async (text: string): Promise<string> => {
    writeFileSync(index(), text);
    const error: unknown = await loadSafetensors(index()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message.replace(index(), "INDEX");
  };

  it.each([
    "../model.safetensors",
    "..",
    "/etc/model.safetensors",
    "sub/model.safetensors",
    String.raw`..\model.safetensors`,
    "C:model.safetensors",
    "model.safetensors:stream",
    "a\0.safetensors",
    ".safetensors",
    ".hidden.safetensors",
    "passwd",
    "",
    `${"x".repeat(300)}.safetensors`,
    "http://h/x.safetensors",
  ])("named %j are refused: they would be elsewhere", async (shard) => {
    expect(await refused(JSON.stringify({ weight_map: { w: shard } }))).toMatch(
      /^loadSafetensors: expected the shard of "w" in INDEX to be the name of a \.safetensors file in the same folder, got "/,
    );
  });

  it.each([
    ["[]", 'the index in INDEX to be an object, got "[]" at 0.'],
    ["{}", "the index in INDEX to have a weight_map, got none."],
    ['{"weight_map":[]}', 'weight_map in INDEX to be an object, got "[]}" at 14.'],
    ['{"weight_map":{"w":1}}', 'the shard of "w" in INDEX to be a string of Unicode, got "1}}" at 19.'],
    ['{"weight_map":{"w":"a.safetensors","w":"a.safetensors"}}', 'weight_map in INDEX to have each key once, got "w" twice.'],
    ['{"weight_map":{},"weight_map":{}}', 'the index in INDEX to have each key once, got "weight_map" twice.'],
    ['{"metadata":nul,"weight_map":{}}', '"metadata" in INDEX to be a value of JSON, got ",'],
    [`{"metadata":${"[".repeat(1e6)}`, '"metadata" in INDEX to be nested at most 32 deep, got more.'],
    [`{"metadata":${'{"a":'.repeat(1e6)}`, '"metadata" in INDEX to be nested at most 32 deep, got more.'],
    ['{"metadata":{"a":1,"a":2},"weight_map":{}}', '"metadata" in INDEX to have each key once, got "a" twice.'],
    ['{"weight_map":{"w":"model.safetensors"}}', 'weight_map in INDEX to name the shard that has "w", got "model.safetensors".'],
    ['{"weight_map":{"a":"model.safetensors"}}', 'weight_map in INDEX to have "b" of "model.safetensors", got it elsewhere or not.'],
    ['{"weight_map":{"a":"model.safetensors","b":"other.safetensors"}}', 'weight_map in INDEX to have "b" of "model.safetensors", got it elsewhere or not.'],
    [`{"weight_map":{}}${" ".repeat(2 ** 24)}`, "the index in INDEX to have at most 16777216 bytes, got 16777233."],
    ["\ufeff{}", 'the index in INDEX to be an object, got "\ufeff{}" at 0.'],
  ])("with the index %.60s are refused", async (text, says) => {
    await saveSafetensors(path, { a: tensor([1]), b: tensor([2]) });
    await saveSafetensors(join(folder, "other.safetensors"), { b: tensor([2]) });
    expect(await refused(text)).toContain(`loadSafetensors: expected ${says}`);
  }); // prettier-ignore

  it("with an index that says more than that are read", async () => {
    await saveSafetensors(path, { a: tensor([1]) });
    const more = { metadata: { total_size: 4, more: [1e-5, null, { deep: [true, "x", -0.5, []] }] }, x: {} };
    writeFileSync(index(), JSON.stringify({ ...more, weight_map: { a: "model.safetensors" } }));
    expect((await loadSafetensors(index())).tensors["a"]!.toArray()).toEqual([1]);
    writeFileSync(index(), '{"weight_map":{"a":"missing.safetensors"}}');
    await expect(loadSafetensors(index())).rejects.toThrow(
      /^loadSafetensors: expected to read .*missing.safetensors, got ENOENT/,
    );
  });
});
