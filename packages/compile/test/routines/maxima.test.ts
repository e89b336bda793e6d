import { type DType, Generator, randint, type Tensor, tensor } from "@tapegrad/tensor";
import { apply, type AttrsOf } from "@tapegrad/tensor/internal";
import { caseTable, toNd } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.ts";
import { expectSame } from "./same-as-reference.ts";

type Attrs = AttrsOf<"gatherMaxima">;

const generator = new Generator(13);

/** Elements of a list of some, drawn. */
function among(values: readonly number[], shape: readonly number[], dtype: DType): Tensor {
  const data = Array.from(randint(0, values.length, shape, { generator }).data, (i) => values[i]!);
  return tensor(Float64Array.from(data), { shape, dtype });
}

const none = [0, 0] as const;
const cases: [shape: readonly number[], attrs: Attrs][] = [
  [[2, 3, 8, 8], { size: [2, 2], stride: [2, 2], dilation: [1, 1], margins: [none, none] }],
  [[2, 3, 9, 15], { size: [2, 2], stride: [2, 2], dilation: [1, 1], margins: [none, none] }],
  [[2, 3, 9, 14], { size: [3, 2], stride: [4, 2], dilation: [1, 1], margins: [none, none] }],
  [[2, 3, 9, 14], { size: [2, 1], stride: [2, 1], dilation: [1, 1], margins: [none, none] }],
  [[2, 3, 9, 17], { size: [2, 3], stride: [2, 3], dilation: [1, 1], margins: [none, none] }],
  [[2, 2, 14, 15], { size: [3, 3], stride: [2, 2], dilation: [1, 1], margins: [[1, 1], [1, 1]] }], // prettier-ignore
  [[1, 2, 9, 13], { size: [3, 3], stride: [1, 1], dilation: [1, 1], margins: [[1, 1], [1, 1]] }], // prettier-ignore
  [[1, 2, 9, 13], { size: [3, 2], stride: [1, 2], dilation: [2, 3], margins: [[2, 0], [0, 3]] }], // prettier-ignore
  [[1, 2, 9, 13], { size: [5, 4], stride: [1, 3], dilation: [1, 1], margins: [[2, 3], [3, 0]] }], // prettier-ignore
  [[3, 40], { size: [3], stride: [1], dilation: [1], margins: [none] }],
  [[3, 5], { size: [5], stride: [5], dilation: [1], margins: [none] }],
  [[1, 40], { size: [33], stride: [2], dilation: [1], margins: [[16, 16]] }],
  [[30, 30], { size: [24, 24], stride: [2, 2], dilation: [1, 1], margins: [[3, 0], [0, 3]] }], // prettier-ignore
  [[2, 2, 5, 6, 9], { size: [2, 3, 2], stride: [1, 2, 2], dilation: [1, 1, 1], margins: [[0, 1], [1, 0], none] }], // prettier-ignore
  [[2, 2, 4, 4, 16], { size: [2, 2, 2], stride: [2, 2, 2], dilation: [1, 1, 1], margins: [none, none, none] }],
  [[4, 6, 1], { size: [1], stride: [1], dilation: [1], margins: [none] }],
  [[0, 3, 4, 4], { size: [2, 2], stride: [2, 2], dilation: [1, 1], margins: [none, none] }],
  [[2, 3], { size: [], stride: [], dilation: [], margins: [] }],
];

const gather = (attrs: Attrs) => (x: Tensor, y: Tensor) => apply("gatherMaxima", [x, y], attrs)[0];
const scatter = (attrs: Attrs) => (x: Tensor, y: Tensor) => apply("scatterMaxima", [x, y], attrs)[0];

/** Ties, everything that compares in its own way, and plain numbers. */
const values: Readonly<Record<string, readonly number[]>> = {
  ties: [0, 1, 2],
  "what is no number": [NaN, -0, 0, Infinity, -Infinity, 1, -1],
  numbers: Array.from({ length: 97 }, (_, i) => Math.sin(i)),
};

describe.each(cases)("maxima of %j in windows %j", (shape, attrs) => {
  it.each(Object.entries(values))("are those of eager, and of the reference of the case table: %s", (name, drawn) => {
    for (const dtype of ["float32", "float64", "int32"] as const) {
      if (dtype === "int32" && name !== "ties") continue;
      const x = among(drawn, shape, dtype);
      expectSame((z) => gather(attrs)(z, z), [x]);
      if (name !== "what is no number") {
        const { gatherMaxima: entry } = caseTable;
        const want = entry.reference!([toNd(x), toNd(x)], attrs)[0]!;
        expect(gather(attrs)(x, x)).toMatchObject({ shape: want.shape });
        expect(Array.from(gather(attrs)(x, x).data)).toEqual([...want.data]);
      }
      const counts = gather(attrs)(x, x).shape;
      for (const other of ["float32", "float64", "int32"] as const) {
        expectSame(gather(attrs), [x, among([1, 2, 3, 4, -5], shape, other)]);
        expectSame(scatter(attrs), [x, among([1, 2, 3, 4, -5, -0], counts, other)]);
      }
      expectSame(gather(attrs), [x, among([0, 1], shape, "bool")]);
    }
  });

  it("are found in and given to views", () => {
    const x = among(values["numbers"]!, shape.toReversed(), "float32");
    const turned = (z: Tensor): Tensor => z.permute(shape.map((_, axis) => shape.length - 1 - axis));
    expectSame((z) => gather(attrs)(turned(z), turned(z)), [x]);
    const counts = gather(attrs)(turned(x), turned(x)).shape;
    expectSame((z) => scatter(attrs)(turned(z), tensor(2).broadcastTo(counts)), [x]);
  });
});

describe("maxima", () => {
  const attrs: Attrs = { size: [2, 2], stride: [2, 2], dilation: [1, 1], margins: [none, none] };

  it("take a kernel each way, without index", () => {
    const x = among(values["numbers"]!, [2, 3, 8, 8], "float32");
    const compiled = compile((z: Tensor) => scatter(attrs)(z, gather(attrs)(z, z).mul(2)));
    compiled(x);
    expect(compiled.plan?.schedule.map(({ kind }) => kind)).toEqual(["gatherMaxima", "loop", "scatterMaxima"]);
  });

  it.each([
    [
      { ...attrs, size: [0, 2] },
      /gatherMaxima: expected whole sizes, strides and dilations of at least 1, got \[0, 2\]/u,
    ],
    [{ ...attrs, margins: [[2, 0], none] }, /gatherMaxima: expected an element of the input in every window, got none in window 0 of axis 2/u], // prettier-ignore
  ] as [Attrs, RegExp][])("refuse %j", (wrong, message) => {
    const x = among([1], [1, 1, 4, 4], "float32");
    expect(() => gather(wrong)(x, x)).toThrow(message);
  });

  it("refuse other shapes and bools", () => {
    const x = among([1], [1, 1, 4, 4], "float32");
    expect(() => gather(attrs)(x, x.slice([], [], [], [0, 2]))).toThrow(/expected two tensors of one shape/u);
    expect(() => scatter(attrs)(x, x)).toThrow(/scatterMaxima: expected shape \[1, 1, 2, 2\], got \[1, 1, 4, 4\]/u);
    const mask = x.gt(0);
    expect(() => gather(attrs)(mask, x)).toThrow(/expected numbers, got bool/u);
    expect(() => scatter(attrs)(x, mask.slice([], [], [0, 2], [0, 2]))).toThrow(/expected numbers, got bool/u);
  });
});
