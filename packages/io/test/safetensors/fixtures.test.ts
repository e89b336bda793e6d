import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { FormatError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors, openSafetensors } from "../../src/index.ts";
import { entry, fileOf } from "./file-of.ts";

/** What fixtures.py writes. */
interface Fixtures {
  readonly cases: readonly {
    readonly title: string;
    readonly base64: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly tensors: readonly (readonly [
      name: string,
      dtype: string,
      shape: readonly number[],
      values: readonly (number | string)[],
    ])[];
  }[];
  readonly refused: readonly (readonly [says: string, base64: string])[];
  readonly halves: Readonly<Record<"F16" | "BF16", string>>;
}

const { cases, refused, halves } = JSON.parse(
  readFileSync(new URL("fixtures.json", import.meta.url), "utf8"),
) as Fixtures;
const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

const numbers: Readonly<Record<string, number>> = { inf: Infinity, "-inf": -Infinity, nan: Number.NaN };
const dtypes: Readonly<Record<string, string>> = {
  BOOL: "bool",
  F16: "float32",
  BF16: "float32",
  F32: "float32",
  F64: "float64",
};

describe.each(cases)("the file of Python with $title", ({ title, base64, metadata, tensors }) => {
  const bytes = bytesOf(base64);

  it.each([{ copy: false }, { copy: true }])("is read, %j", (options) => {
    const found = decodeSafetensors(bytes, options);
    expect(Object.keys(found.tensors).toSorted()).toEqual(tensors.map(([name]) => name).toSorted());
    for (const [name, dtype, shape, values] of tensors) {
      const tensor = found.tensors[name]!;
      expect([tensor.dtype, tensor.shape]).toEqual([dtypes[dtype] ?? "int32", shape]);
      expect([...tensor.data]).toEqual(values.map((value) => numbers[value] ?? value));
    }
    expect(Object.entries(found.metadata)).toEqual(Object.entries(metadata));
  });

  it("is described without its data", async () => {
    const file = await openSafetensors(bytes);
    for (const [name, dtype, shape, values] of tensors) {
      expect(file.entries[name]).toMatchObject({ dtype, shape });
      const { byteOffset, byteLength } = file.entries[name]!;
      const part = fileOf({ x: entry(dtype, shape, 0, byteLength) }, bytes.slice(byteOffset, byteOffset + byteLength));
      expect([...decodeSafetensors(part).tensors["x"]!.data]).toEqual(values.map((value) => numbers[value] ?? value));
    }
  });

  it("comes out with the same bytes where every type is ours", () => {
    const { tensors: read, metadata: texts } = decodeSafetensors(bytes);
    const again = encodeSafetensors(read, { metadata: texts });
    if (["our own types", "nothing"].includes(title)) expect(again).toEqual(bytes);
    expect(encodeSafetensors(decodeSafetensors(again).tensors, { metadata: texts })).toEqual(again);
  });
});

it.each(refused)("a number of %s is refused, since it would wrap", (says, base64) => {
  const [dtype, value] = says.split(" ") as [string, string];
  const elements = dtype.replace("I", "int").replace("U", "uint");
  expect(() => decodeSafetensors(bytesOf(base64))).toThrow(
    new FormatError(
      `decodeSafetensors: expected ${elements} of "x" in the bytes within int32, got ${value} as element ${value === "2147483648" ? 1 : 0}.`,
    ),
  );
});

it.each(["F16", "BF16"] as const)("all 65,536 patterns of %s are what PyTorch says", (dtype) => {
  const patterns = new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, bits) => bits).buffer);
  const { tensors } = decodeSafetensors(fileOf({ x: entry(dtype, [65_536], 0, 131_072) }, patterns));
  const numbersOnly = Float32Array.from(tensors["x"]!.data, (value) => (Number.isNaN(value) ? 0 : value));
  expect(createHash("sha256").update(new Uint8Array(numbersOnly.buffer)).digest("hex")).toBe(halves[dtype]);
});
