import { readFileSync } from "node:fs";
import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { type Dataset, File as H5File, FS, type Group, ready } from "h5wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeHdf5, type Hdf5Elements, type Hdf5Tree } from "../../src/hdf5/encode-hdf5.ts";
import { Hdf5Dataset, Hdf5Group, isHdf5, openHdf5 } from "../../src/hdf5/open-hdf5.ts";

beforeAll(async () => ready);

/** What h5wasm writes, which is another implementation: the reference's own, in a later version of the format. */
function written(fill: (file: H5File) => void): Hdf5Group {
  const file = new H5File("made.h5", "w");
  fill(file);
  file.close();
  return openHdf5("f", "the bytes", FS!.readFile("made.h5"));
}

const read = (group: Hdf5Group, path: string): Tensor => {
  const found = group.get(path);
  expect(found).toBeInstanceOf(Hdf5Dataset);
  return (found as Hdf5Dataset).read(path);
};

describe("openHdf5", () => {
  it.each([1, 8, 9, 50, 700])("finds %d names in a group", (count) => {
    const names = Array.from({ length: count }, (_, i) => `name ${i} ${"x".repeat(i % 30)}`);
    const group = written((file) => {
      const all = file.create_group("all");
      for (const [i, name] of names.entries()) all.create_dataset({ name, data: Float32Array.of(i, -i), shape: [2] });
    }).get("all");
    expect(group).toBeInstanceOf(Hdf5Group);
    expect((group as Hdf5Group).names).toEqual(names.toSorted());
    for (const [i, name] of names.entries()) expect(read(group as Hdf5Group, name).toArray()).toEqual([i, -i]);
  });

  it("reads numbers of every kind", () => {
    const group = written((file) => {
      file.create_dataset({ name: "f4", data: Float32Array.of(1.5, -2), shape: [1, 2] });
      file.create_dataset({ name: "f8", data: Float64Array.of(1e300), shape: [1] });
      file.create_dataset({ name: "i4", data: Int32Array.of(-7) });
      file.create_dataset({ name: "u1", data: Uint8Array.of(255) });
      file.create_dataset({ name: "i8", data: BigInt64Array.of(-3n) });
      file.create_dataset({ name: "none", data: new Float32Array(0), shape: [0, 3] });
      file.create_dataset({ name: "scalar", data: Float32Array.of(3), shape: [] });
      file.create_dataset({ name: "text", data: ["a"] });
    });
    const found = group.names.filter((name) => name !== "text").map((name) => [name, read(group, name)] as const);
    expect(Object.fromEntries(found.map(([name, x]) => [name, [x.dtype, x.shape, x.toArray()]]))).toEqual({
      f4: ["float32", [1, 2], [[1.5, -2]]],
      f8: ["float64", [1], [1e300]],
      i4: ["int32", [1], [-7]],
      i8: ["int32", [1], [-3]],
      none: ["float32", [0, 3], []],
      scalar: ["float32", [], 3],
      u1: ["int32", [1], [255]],
    });
    const text = group.get("text") as Hdf5Dataset;
    expect(text.elements).toBeUndefined();
    expect(() => text.read("text")).toThrow("f: expected numbers in text of the bytes, got others.");
    expect(group.get("f4/x")).toBeUndefined();
    expect(group.get("missing")).toBeUndefined();
  });

  it("reads what h5py writes, in the first version of the format", () => {
    const bytes = new Uint8Array(readFileSync(new URL("kinds.h5", import.meta.url)));
    const file = openHdf5("f", "the bytes", bytes);
    const dtypes: Readonly<Record<string, string>> = { f2: "float32", f4: "float32", f8: "float64", i2: "int32", i4: "int32", u1: "int32" }; // prettier-ignore
    const numbers = file.names.filter((name) => /[fiu]\d$/.test(name));
    expect(numbers).toHaveLength(9);
    for (const name of numbers) {
      const x = read(file, name);
      expect([name, x.dtype, x.toArray()]).toEqual([name, dtypes[name.slice(-2)], [[1, 2, 3]]]);
    }
    expect(read(file, "compact").item()).toBe(5);
    expect(file.names).not.toContain("elsewhere");
    expect([...file.attributes].map(([name, value]) => [name, value()])).toEqual([
      ["fixed", ["one", "three"]],
      ["free", ["one", "drüi"]],
      ["single", ["text"]],
      ["none", []],
      ["number", undefined],
    ]);
    const many = file.get("many") as Hdf5Group;
    expect(many.names).toHaveLength(40);
    for (let i = 0; i < 40; i++) expect(read(many, `name${i}`).item()).toBe(i);
  });

  it("reads what h5py writes, in the latest version of the format", () => {
    const file = openHdf5("f", "the bytes", new Uint8Array(readFileSync(new URL("later.h5", import.meta.url))));
    expect(read(file, "few/0").toArray()).toEqual([[1, 2, 3]]);
    for (let i = 0; i < 9; i++) expect(read(file, `many/name${i}`).item()).toBe(i);
    expect(file.attributes.get("names")?.()).toEqual(["one", "two"]);
  });

  it("reads texts in attributes", () => {
    const group = written((file) => {
      file.create_attribute("short", ["a", "bcd", "é"]);
      file.create_attribute("fixed", ["ab", "c"], [2], "S4");
      file.create_attribute("one", "alone");
      file.create_attribute("numbers", new Float32Array(2), [2]);
    });
    const texts = [...group.attributes].map(([name, value]) => [name, value()]);
    expect(Object.fromEntries(texts)).toEqual({
      short: ["a", "bcd", "é"],
      fixed: ["ab", "c"],
      one: ["alone"],
      numbers: undefined,
    });
  });
});

describe("encodeHdf5", () => {
  const generator = new Generator(5);
  const matrix = randn([3, 4], { generator });
  const tree: Hdf5Tree = new Map<string, Hdf5Tree | Hdf5Elements>([
    ["b", new Map([["0", matrix]])],
    ["a", new Map([["inner", new Map([["double", tensor([1e300], { dtype: "float64" })]])]])],
    ["empty", tensor([], { shape: [0, 2] })],
    ["scalar", tensor(2)],
    ["many", new Map(Array.from({ length: 700 }, (_, i) => [`name${i}`, tensor([i])]))],
    ["nothing", new Map()],
  ]);
  const paths = ["b/0", "a/inner/double", "empty", "scalar", "many/name0", "many/name699", "many/name70"];

  it("writes what the reference reads", () => {
    const bytes = encodeHdf5("f", tree);
    expect(isHdf5(bytes)).toBe(true);
    FS!.writeFile("ours.h5", bytes);
    const file = new H5File("ours.h5", "r");
    expect(file.keys()).toEqual(["a", "b", "empty", "many", "nothing", "scalar"]);
    expect((file.get("many") as Group).keys()).toHaveLength(700);
    expect((file.get("nothing") as Group).keys()).toEqual([]);
    const ours = openHdf5("f", "the bytes", bytes);
    for (const path of paths) {
      const dataset = file.get(path) as Dataset;
      expect([path, dataset.shape, dataset.dtype]).toEqual([
        path,
        [...read(ours, path).shape],
        path.includes("double") ? "<d" : "<f",
      ]);
      const value = dataset.value as number | Float32Array;
      expect(typeof value === "number" ? [value] : Array.from(value)).toEqual(Array.from(read(ours, path).data));
    }
    file.close();
  });

  it("is what openHdf5 reads", () => {
    const ours = openHdf5("f", "the bytes", encodeHdf5("f", tree));
    expect(ours.names).toEqual(["a", "b", "empty", "many", "nothing", "scalar"]);
    expect(read(ours, "b/0").toArray()).toEqual(matrix.toArray());
    expect((ours.get("many") as Hdf5Group).names).toHaveLength(700);
  });
});
