import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FormatError, ones, tensor, ValueError } from "@tapegrad/tensor";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeSafetensors, loadSafetensors, openSafetensors, saveSafetensors } from "../../src/index.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
  path = join(folder, "model.safetensors");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const given = { weight: tensor([[1, 2]]), bias: tensor([3], { dtype: "float64" }), mask: tensor([true, false]) };

describe("saveSafetensors and loadSafetensors", () => {
  it("write the bytes of encodeSafetensors, and read them", async () => {
    const deep = join(folder, "a", "b", "model.safetensors");
    await saveSafetensors(deep, given, { metadata: { epoch: "3" } });
    expect(new Uint8Array(readFileSync(deep))).toEqual(encodeSafetensors(given, { metadata: { epoch: "3" } }));
    const { tensors, metadata } = await loadSafetensors(deep);
    expect(metadata).toEqual({ epoch: "3" });
    for (const [name, each] of Object.entries(given)) expect(tensors[name]!.toArray()).toEqual(each.toArray());
    await saveSafetensors(deep, { weight: ones([1]) });
    expect(Object.keys((await loadSafetensors(deep)).tensors)).toEqual(["weight"]);
    expect(readdirSync(join(folder, "a", "b"))).toEqual(["model.safetensors"]);
  });

  it("take tensors as they are when the promise is made", async () => {
    const x = tensor([1]);
    const saved = saveSafetensors(path, { x });
    x.data[0] = 2;
    await saved;
    expect((await loadSafetensors(path)).tensors["x"]!.toArray()).toEqual([1]);
  });

  it("leave the old file where the new one cannot be written", async () => {
    await saveSafetensors(path, given);
    const before = readFileSync(path);
    await expect(saveSafetensors(path, { x: 1 as never })).rejects.toThrow(ValueError);
    expect(readFileSync(path)).toEqual(before);
    mkdirSync(join(folder, "taken"));
    await expect(saveSafetensors(join(folder, "taken"), given)).rejects.toThrow(/^saveSafetensors: expected to write /);
    expect(readdirSync(folder).toSorted()).toEqual(["model.safetensors", "taken"]);
  });

  it.each(["", "x.safetensors.index.json"])('refuse the path "%s"', async (wrong) => {
    await expect(saveSafetensors(wrong, given)).rejects.toThrow(
      `saveSafetensors: expected path to be that of a file of tensors, got "${wrong}".`,
    );
  });

  it("give every tensor elements of its own: a buffer that is transferred is that of one", async () => {
    const many = { ...given, big: ones([2 ** 22 + 1]), big2: ones([2 ** 22]), last: tensor([7]) };
    await saveSafetensors(path, many);
    const { tensors } = await loadSafetensors(path);
    for (const [name, each] of Object.entries(many)) {
      const { data } = tensors[name]!;
      expect([name, data.buffer.byteLength]).toEqual([name, each.data.byteLength]);
      expect([name, data.at(-1)]).toEqual([name, each.data.at(-1)]);
    }
  });

  it("leave nothing open, also of files that are none", async () => {
    if (!existsSync("/proc/self/fd")) return;
    await saveSafetensors(path, given, { maxShardBytes: 8 });
    const before = readdirSync("/proc/self/fd").length;
    await loadSafetensors(path);
    writeFileSync(join(folder, "model-00002-of-00003.safetensors"), "x");
    for (const source of [path, join(folder, "model-00002-of-00003.safetensors")]) {
      await expect(loadSafetensors(source)).rejects.toThrow(FormatError);
      await expect(openSafetensors(source)).rejects.toThrow(FormatError);
    }
    expect(readdirSync("/proc/self/fd").length).toBe(before);
  });

  it("refuse more than may be read at once, before it is read", async () => {
    await saveSafetensors(path, given);
    await expect(loadSafetensors(path, { maxBytes: 17 })).rejects.toThrow(
      new FormatError(
        "loadSafetensors: expected the file to have at most 17 bytes of tensors, got 18. Raise maxBytes to read them.",
      ),
    );
    await expect(loadSafetensors(path, { maxBytes: 18 })).resolves.toBeDefined();
  });
});

describe("openSafetensors", () => {
  it("describes what is there, and reads one tensor", async () => {
    await saveSafetensors(path, given, { metadata: { epoch: "3" } });
    const begin = readFileSync(path).length - 18;
    for (const source of [path, pathToFileURL(path), pathToFileURL(path).href, new Blob([readFileSync(path)]), readFileSync(path)]) {
      const file = await openSafetensors(source);
      expect(file.keys).toEqual(["bias", "weight", "mask"]);
      expect(file.entries["weight"]).toEqual({ dtype: "F32", shape: [1, 2], byteOffset: begin + 8, byteLength: 8 });
      expect(Object.getPrototypeOf(file.entries)).toBe(null);
      expect(file.metadata).toEqual({ epoch: "3" });
      expect((await file.get("weight")).toArray()).toEqual([[1, 2]]);
      expect((await file.get("weight")).data.buffer.byteLength).toBe(8);
      await expect(file.get("toString")).rejects.toThrow(/^get: expected the name of a tensor in .*, got "toString"\.$/);
      file.close();
      file.close();
    } // prettier-ignore
  });

  it("reads nothing of the other tensors", async () => {
    await saveSafetensors(path, { a: tensor([1]), b: tensor([2]), flags: tensor([true]) });
    const bytes = readFileSync(path);
    bytes[bytes.length - 1] = 7;
    writeFileSync(path, bytes);
    const file = await openSafetensors(path);
    expect((await file.get("b")).toArray()).toEqual([2]);
    await expect(file.get("flags")).rejects.toThrow(FormatError);
    file.close();
    await expect(file.get("b")).rejects.toThrow(new ValueError(`get: expected ${path} to be open, got it closed.`));
    await expect(openSafetensors(path, { maxBytes: 3 }).then(async (small) => small.get("b"))).rejects.toThrow(
      new FormatError(
        `get: expected "b" in ${path} to have at most 3 bytes of tensors, got 4. Raise maxBytes to read them.`,
      ),
    );
  });

  it("notices that a file has become shorter", async () => {
    await saveSafetensors(path, { a: tensor([1, 2, 3]) });
    const file = await openSafetensors(path);
    truncateSync(path, readFileSync(path).length - 4);
    await expect(file.get("a")).rejects.toThrow(FormatError);
    file.close();
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["no such file", async () => openSafetensors(path), /^openSafetensors: expected to read .*model.safetensors, got ENOENT/],
    ["a folder", async () => loadSafetensors(folder), /^loadSafetensors: expected .* to be a file, got none\.$/],
    ["an address of no such kind", async () => openSafetensors(new URL("ftp://h/x")), /^openSafetensors: expected an address of http:, https: or file:, got "ftp:\/\/h\/x"\.$/],
    ["an address that is none", async () => openSafetensors("https://"), /^openSafetensors: expected an address of http:, https: or file:, got "https:\/\/"\.$/],
    ["a number", async () => openSafetensors(7 as never), /^openSafetensors: expected source to be a path, a URL, a Blob or a Uint8Array, got 7\.$/],
    ["headers that are no texts", async () => openSafetensors(path, { headers: { a: 1 as never } }), /^openSafetensors: expected headers to be texts by name/],
  ])("refuses %s", async (_, call, message) => {
    await expect(call()).rejects.toThrow(ValueError);
    await expect(call()).rejects.toThrow(message);
  }); // prettier-ignore
});
