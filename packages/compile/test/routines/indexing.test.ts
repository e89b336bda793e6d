import { type DType, Generator, randint, randn, ShapeError, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.ts";
import { expectSame } from "./same-as-reference.ts";

const generator = new Generator(3);

function make(shape: readonly number[], dtype: DType = "float32"): Tensor {
  if (dtype === "int32") return randint(-9, 9, shape, { generator });
  if (dtype === "bool") return randint(0, 2, shape, { generator }).to("bool");
  return randn(shape, { generator, dtype });
}

const cases: [x: readonly number[], index: readonly number[], axis: number][] = [
  [[7], [20], 0],
  [[300], [3], 0],
  [[5, 4], [9, 4], 0],
  [[5, 4], [5, 9], 1],
  [[5, 4], [3, 9], 1],
  [[5, 4, 6], [5, 11, 6], 1],
  [[5, 4, 6], [2, 11, 3], 1],
  [[5, 4, 6], [2, 3, 6], 2],
  [[2, 3, 4, 300], [2, 3, 4, 9], 3],
  [[1, 1], [1, 1], 0],
  [[4, 3], [0, 3], 0],
  [[4, 3], [4, 0], 1],
];

describe("gather and scatterAdd", () => {
  it.each(cases)("of %j at %j along axis %i", (shape, at, axis) => {
    const index = randint(0, shape[axis]!, at, { generator });
    for (const dtype of ["float32", "float64", "int32", "bool"] as DType[]) {
      const x = make(shape, dtype);
      expectSame((a, i) => (a as Tensor).gather(axis, i as Tensor), [x, index]);
      if (dtype === "bool") continue;
      const source = make(at, dtype);
      expectSame((a, i, s) => (a as Tensor).scatterAdd(axis, i as Tensor, s as Tensor), [x, index, source]);
      expectSame((i, s) => zeros(shape, { dtype }).scatterAdd(axis, i as Tensor, s as Tensor), [index, source]);
    }
  });

  it.each([1, 3, 4, 5, 15, 16, 17, 31, 64, 100])("moves rows of %i", (width) => {
    const index = randint(0, 9, [40], { generator });
    for (const dtype of ["float32", "float64", "int32"] as DType[]) {
      const [x, source] = [make([9, width], dtype), make([40, width], dtype)];
      expectSame((a, i) => (a as Tensor).indexSelect(0, i as Tensor), [x, index]);
      expectSame((a, i) => (a as Tensor).flip(0).indexSelect(0, (i as Tensor).flip(0)), [x, index]);
      const rows = (i: Tensor): Tensor => i.reshape([40, 1]).broadcastTo([40, width]);
      expectSame((a, i, s) => (a as Tensor).scatterAdd(0, rows(i as Tensor), s as Tensor), [x, index, source]);
      expectSame(
        (i, s) => zeros([300, width], { dtype }).scatterAdd(0, rows(i as Tensor), s as Tensor),
        [index, source],
      );
      expectSame(
        (i, s) => zeros([9, width], { dtype }).scatterAdd(0, rows((i as Tensor).flip(0)), (s as Tensor).flip(0)),
        [index, source],
      );
    }
  });

  it("reads views", () => {
    const [x, index, source] = [make([6, 5]), randint(0, 5, [7, 6], { generator }), make([7, 6])];
    expectSame(
      (a, i) =>
        (a as Tensor)
          .transpose()
          .flip(1)
          .gather(0, i as Tensor),
      [x, index],
    );
    expectSame((a, i) => (a as Tensor).gather(1, (i as Tensor).transpose()), [x, index]);
    expectSame(
      (a, i, s) => (a as Tensor).scatterAdd(1, (i as Tensor).transpose(), (s as Tensor).transpose()),
      [x, index, source],
    );
    expectSame(
      (a, i, s) => (a as Tensor).transpose().scatterAdd(0, i as Tensor, (s as Tensor).flip(0)),
      [x, index, source],
    );
  });

  it.each([
    [[7], 7],
    [[-1], -1],
    [[0, 1, 2, 3, 4, 5, 6, 7, 0], 7],
    [[0, 1, 2, 3, -5], -5],
  ])("refuses index %j as eager does", (elements, wrong) => {
    const index = tensor(elements, { dtype: "int32" });
    const count = elements.length;
    const x = make([7, 300]);
    const message = `expected indices in [0, 7) for axis 0, got ${wrong}.`;
    const fns: [name: string, fn: (i: Tensor) => Tensor][] = [
      ["indexSelect", (i) => x.indexSelect(0, i)],
      ["gather", (i) => make([7]).gather(0, i)],
      ["scatterAdd", (i) => x.scatterAdd(0, i.reshape([count, 1]).broadcastTo([count, 300]), zeros([count, 300]))],
      ["gather", (i) => make([7, count]).gather(0, i.reshape([1, count]))],
    ];
    for (const [name, fn] of fns) {
      expect(() => fn(index)).toThrow(new ShapeError(`${name}: ${message}`));
      const compiled = compile(fn);
      for (let call = 0; call < 2; call++) expect(() => compiled(index)).toThrow(new ShapeError(`${name}: ${message}`));
      compiled(zeros([count], { dtype: "int32" }));
    }
  });

  it("is what embeddings are made of", () => {
    const weight = make([50, 24]);
    const index = randint(0, 50, [64], { generator });
    expectSame(
      (w, i) => apply("gather", [w as Tensor, (i as Tensor).reshape([64, 1]).broadcastTo([64, 24])], { axis: 0 })[0],
      [weight, index],
    );
  });
});
