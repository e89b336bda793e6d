import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FormatError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { decodeNpy, decodeNpz, encodeNpy, encodeNpz, loadNpy, loadNpz, saveNpy, saveNpz } from "../../src/index.ts";
import { zipped } from "../../src/zip/zipped.ts";
import { goldenNpz } from "./golden.ts";

describe("decodeNpz", () => {
  it.each(goldenNpz)("reads what $name wrote", ({ bytes, content }) => {
    const read = decodeNpz(bytes);
    expect(Object.keys(read)).toEqual(content.map(({ name }) => name));
    for (const { name, dtype, shape, values } of content) {
      const x = read[name]!;
      expect([x.dtype, x.shape, Array.from(x.data, Number)]).toEqual([dtype, shape, values]);
    }
  });

  it("gives names from a file no meaning", () => {
    const names = ["__proto__", "constructor", "toString", "0"];
    const read = decodeNpz(encodeNpz(Object.fromEntries(names.map((name, i) => [name, tensor([i])]))));
    expect(Object.getPrototypeOf(read)).toBe(null);
    expect(Object.keys(read).toSorted()).toEqual(names.toSorted());
    expect(read["__proto__"]?.toArray()).toEqual([0]);
    expect(Object.keys(decodeNpz(encodeNpz({})))).toEqual([]);
  });

  it("refuses whatever is cut off, at every byte", () => {
    for (const { bytes } of goldenNpz)
      for (let length = 0; length < bytes.length; length++)
        expect(() => decodeNpz(bytes.subarray(0, length)), `${length}`).toThrow(FormatError);
  });

  it("notices every byte of elements that has changed", () => {
    const bytes = encodeNpz({ x: tensor([1, 2, 3, 4]) });
    const start = bytes.findIndex((byte, at) => byte === 0x93 && bytes[at + 1] === 0x4e); // "\x93N", as in NUMPY
    expect(start).toBeGreaterThan(0);
    for (let at = start; at < start + 144; at++) {
      const changed = bytes.with(at, bytes[at]! ^ 4);
      expect(() => decodeNpz(changed)).toThrow(/^decodeNpz: expected "x\.npy" to have checksum \d+, got \d+\.$/);
    }
  });
});

const npy = encodeNpy(tensor([1, 2]));
const zip = (entries: Readonly<Record<string, Uint8Array>>, level: 0 | 6 = 0): Uint8Array =>
  zipSync(entries, { level, mtime: new Date(1980, 0, 1) });

/** A copy in which bytes stand behind the `nth` of these signatures otherwise. */
function edited(bytes: Uint8Array, signature: string, at: number, values: readonly number[], nth = 0): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes);
  let found = -1;
  for (let i = 0; i <= nth; i++) found = text.indexOf(signature, found + 1);
  const copy = bytes.slice();
  copy.set(values, found + at);
  return copy;
}
const [local, central, end] = ["PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006"] as const;
const one = zip({ "x.npy": npy });
const two = zip({ "x.npy": npy, "y.npy": npy });
const bomb = zip({ "x.npy": encodeNpy(zeros([250_000])) }, 6);
const most = [255, 255, 255, 255];

describe("hostile archives", () => {
  it.each<[string, Uint8Array, string]>([
    ["no archive", npy, "the bytes to end as a zip archive, got 136 bytes that do not"],
    ["nothing", new Uint8Array(0), "the bytes to end as a zip archive, got 0 bytes that do not"],
    ["bytes behind it", Uint8Array.of(...one, 0), `the bytes to end as a zip archive, got ${one.length + 1} bytes that do not`], // prettier-ignore
    ["bytes before it", Uint8Array.of(0, ...one), `the bytes to have a directory of 1 entries before its end, got 51 bytes at 171 of 223`], // prettier-ignore
    ["another file", zip({ "x.txt": npy }), 'the bytes to have entries named .npy, got "x.txt"'],
    ["a folder", zip({ "x/": new Uint8Array(0) }), 'the bytes to have entries named .npy, got "x/"'],
    ["what is no array", zip({ "x.npy": new Uint8Array(20) }), '"x.npy" to begin with 0x93, NUMPY, a version and a length, got 20 others'], // prettier-ignore
    ["one name twice", edited(edited(two, local, 30, [120], 1), central, 46, [120], 1), 'the bytes to have entries of different names, got "x.npy" twice'], // prettier-ignore
    ["an entry within another", within(), 'the bytes to have entries one behind the other, got "b.npy" within another'],
    ["another name in front of the entry", edited(one, local, 30, [121]), 'the bytes to have "x.npy" where its directory says, got something else there'], // prettier-ignore
    ["another length of that name", edited(one, local, 26, [4]), 'the bytes to have "x.npy" where its directory says, got something else there'], // prettier-ignore
    ["an entry that is elsewhere", edited(one, central, 42, [1]), 'the bytes to have "x.npy" where its directory says, got something else there'], // prettier-ignore
    ["an entry beyond the end", edited(one, central, 42, [0, 0, 0, 128]), 'the bytes to have "x.npy" where its directory says, got something else there'], // prettier-ignore
    ["a long entry", edited(edited(one, central, 20, [0, 1]), central, 24, [0, 1]), 'the bytes to have "x.npy" where its directory says, got something else there'], // prettier-ignore
    ["too large a size", edited(one, central, 24, [0, 0, 0, 64]), 'the bytes to have "x.npy" in a size that 136 bytes can have, got 1073741824'], // prettier-ignore
    ["a size that nothing unpacks to", edited(bomb, central, 24, [0, 0, 0, 63]), `the bytes to have "x.npy" in a size that ${sizeIn(bomb)} bytes can have, got 1056964608`], // prettier-ignore
    ["more than it says", edited(bomb, central, 24, [0, 1, 0, 0]), '"x.npy" to unpack to 256 bytes, got more'],
    ["less than it says", edited(bomb, central, 24, [0xc1]), '"x.npy" to unpack to 1000129 bytes, got 1000128'],
    ["damaged packing", edited(bomb, local, 35, [7]), '"x.npy" to unpack to 1000128 bytes, got invalid block type'], // prettier-ignore
    ["another checksum", edited(one, central, 16, [1, 2, 3, 4]), `"x.npy" to have checksum 67305985, got ${crcOf(one)}`], // prettier-ignore
    ["encryption", edited(one, central, 8, [1]), 'the bytes to have "x.npy" readable, got it encrypted'],
    ["a patch", edited(one, central, 8, [32]), 'the bytes to have "x.npy" without features of zip, got flags 32'],
    ["LZMA", edited(one, central, 10, [14]), 'the bytes to have "x.npy" stored or deflated, got method 14'],
    ["zip64 sizes", edited(one, central, 20, most), 'the bytes to have less than 4 GiB in "x.npy", got a zip64 entry'],
    ["zip64 places", edited(one, central, 42, most), 'the bytes to have less than 4 GiB in "x.npy", got a zip64 entry'],
    ["a zip64 archive", edited(one, end, 8, most), "the bytes to have fewer than 65535 entries and 4 GiB, got a zip64 archive"], // prettier-ignore
    ["a zip64 directory", edited(one, end, 16, most), "the bytes to have fewer than 65535 entries and 4 GiB, got a zip64 archive"], // prettier-ignore
    ["several parts", edited(one, end, 4, [1]), "the bytes to be an archive of one part, got one of several"],
    ["fewer entries", edited(two, end, 8, [1, 0, 1]), "the bytes to have a directory of 1 entries, got one of another length"], // prettier-ignore
    ["more entries", edited(one, end, 8, [2, 0, 2]), "the bytes to have a directory of 2 entries before its end, got 51 bytes at 171 of 222"], // prettier-ignore
    ["a long comment of an entry", edited(one, central, 32, [1]), "the bytes to have a directory of entries, got one that is cut off"], // prettier-ignore
    ["another directory", edited(one, central, 0, [0]), "the bytes to have a directory of entries, got something else in it"], // prettier-ignore
    ["names that are no text", edited(one, central, 46, [255]), "the bytes to have names in UTF-8, got another one"],
  ])("are refused: %s", (_, bytes, message) => {
    expect(() => decodeNpz(bytes)).toThrow(new FormatError(`decodeNpz: expected ${message}.`));
  });

  const names = ["../x.npy", "a/../../x.npy", "/x.npy", "C:/x.npy", "c:x.npy", "a\\x.npy", "a\u0000.npy", "a\n.npy", "..", ""]; // prettier-ignore
  it.each(names)("cannot name an entry %j", (name) => {
    const path = "a relative path without .., backslashes and control characters";
    expect(() => decodeNpz(zip({ [name]: npy }))).toThrow(
      new FormatError(`decodeNpz: expected the bytes to have names that are ${path}, got ${JSON.stringify(name)}.`),
    );
  });

  it("stop at a bound", () => {
    const read = (bytes: Uint8Array, maxBytes: number) => (): unknown => decodeNpz(bytes, { maxBytes });
    expect(bomb.length).toBeLessThan(1200);
    const refused = new FormatError("decodeNpz: expected the bytes to unpack to at most 1000127 bytes, got more.");
    expect(read(bomb, 1_000_127)).toThrow(refused);
    expect(Object.keys(decodeNpz(bomb, { maxBytes: 1_000_128 }))).toEqual(["x"]);
    expect(read(two, 271)).toThrow(/at most 271 bytes, got more/);
    expect(() => decodeNpz(bomb, { maxBytes: 1.5 })).toThrow(ValueError);
  });
});

/** Two entries of which the second lies within the first, with names and sizes of their own. */
function within(): Uint8Array {
  const inner = zip({ "b.npy": npy });
  const outer = zip({ "a.npy": inner, "b.npy": npy });
  return edited(outer, central, 42, [35, 0, 0, 0], 2);
}

function sizeIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer).getUint32(18, true);
}

function crcOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer).getUint32(14, true);
}

describe("encodeNpz", () => {
  const state = { "layers.0/weight": tensor([[1, 2], [3, 4]]), "größe": tensor([0.1], { dtype: "float64" }), steps: tensor(7, { dtype: "int32" }), empty: zeros([0, 3]), mask: tensor([true, false]) }; // prettier-ignore

  it.each([false, true])("gives back what was written, compress: %s", (compress) => {
    const bytes = encodeNpz(state, { compress });
    const read = decodeNpz(bytes);
    expect(Object.keys(read)).toEqual(Object.keys(state));
    for (const [name, x] of Object.entries<Tensor>(state)) {
      const y = read[name]!;
      expect([y.shape, y.dtype, y.data]).toEqual([x.shape, x.dtype, x.data]);
    }
    expect(encodeNpz(read, { compress })).toEqual(bytes);
  });

  it("packs when asked to", () => {
    const x = zeros([10_000]);
    expect(encodeNpz({ x }).length).toBeGreaterThan(40_000);
    expect(encodeNpz({ x }, { compress: true }).length).toBeLessThan(500);
  });

  it("refuses names that could lead elsewhere, and what is no tensor", () => {
    const x = zeros([1]);
    for (const name of ["../x", "/x", "a\\b", "C:x", "\ud800"])
      expect(() => encodeNpz({ [name]: x }), name).toThrow(
        new ValueError(
          `encodeNpz: expected names that are a relative path without .., backslashes and control characters, got ${JSON.stringify(`${name}.npy`)}.`,
        ),
      );
    expect(() => encodeNpz({ x: 1 as unknown as Tensor })).toThrow(
      new ValueError('encodeNpz: expected tensors["x"] to be a tensor, got 1. Make one of it with tensor(...).'),
    );
  });

  it("refuses more bytes than an archive has room for", () => {
    const long = new Uint8Array(0);
    Object.defineProperty(long, "length", { value: 2 ** 31 });
    expect(() =>
      zipped(
        "f",
        [
          ["a", long],
          ["b", long],
        ],
        { compress: false },
      ),
    ).toThrow(new ValueError("f: expected less than 4 GiB, got 4294967482 bytes."));
  });

  it("refuses more entries than an archive has room for", () => {
    const x = zeros([0]);
    const many = Object.fromEntries(Array.from({ length: 65_535 }, (_, i) => [`x${i}`, x]));
    expect(() => encodeNpz(many)).toThrow(new ValueError("encodeNpz: expected at most 65534 entries, got 65535."));
  });
});

describe("files", () => {
  const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("hold what was saved, and nothing unfinished stays", async () => {
    const x = tensor([[1, 2, 3]]);
    await saveNpy(join(folder, "new", "x.npy"), x, { version: 2, fortranOrder: true });
    await saveNpz(join(folder, "new", "x.npz"), { x }, { compress: true });
    expect(readdirSync(join(folder, "new")).toSorted()).toEqual(["x.npy", "x.npz"]);
    expect(new Uint8Array(readFileSync(join(folder, "new", "x.npy")))).toEqual(encodeNpy(x, { version: 2, fortranOrder: true })); // prettier-ignore
    expect((await loadNpy(join(folder, "new", "x.npy"))).toArray()).toEqual([[1, 2, 3]]);
    expect((await loadNpz(join(folder, "new", "x.npz")))["x"]?.toArray()).toEqual([[1, 2, 3]]);
    expect(decodeNpy(readFileSync(join(folder, "new", "x.npy"))).shape).toEqual([1, 3]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ["no path", async () => saveNpy(7 as unknown as string, zeros([1])), "saveNpy: expected path to be a path, got 7."],
    ["an empty path", async () => saveNpz("", {}), 'saveNpz: expected path to be a path, got "".'],
    ["no tensor", async () => saveNpy("x", 1 as unknown as Tensor), "saveNpy: expected x to be a tensor, got 1. Make one of it with tensor(...)."], // prettier-ignore
    ["a tensor instead of several", async () => saveNpz("x", zeros([1]) as never), "saveNpz: expected tensors to be an object, got a Tensor."], // prettier-ignore
    ["no option of npy", async () => saveNpy("x", zeros([1]), { compress: true } as never), 'saveNpy: expected options version, fortranOrder, got "compress".'], // prettier-ignore
    ["no option of npz", async () => saveNpz("x", {}, { compress: 1 } as never), "saveNpz: expected compress to be true or false, got 1."], // prettier-ignore
  ])("are not written for %s", async (_, save, message) => {
    await expect(save()).rejects.toThrow(new ValueError(message));
  });

  it("are named when something is wrong with them", async () => {
    const path = join(folder, "x.npz");
    await expect(loadNpz(path)).rejects.toThrow(ValueError);
    writeFileSync(path, bomb);
    await expect(loadNpz(path, { maxBytes: 100 })).rejects.toThrow(
      new FormatError(`loadNpz: expected ${path} to unpack to at most 100 bytes, got more.`),
    );
    await expect(loadNpy(path)).rejects.toThrow(`loadNpy: expected ${path} to begin with 0x93`);
    await expect(saveNpy(join(path, "x.npy"), zeros([1]))).rejects.toThrow(/^saveNpy: expected to write /);
  });
});
