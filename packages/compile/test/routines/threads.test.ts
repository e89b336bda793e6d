import { Generator, randint, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { apply, fromData } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.ts";

const generator = new Generator(2);
const x = randn([16, 6, 24, 24], { generator });
const y = randn([16, 6, 5, 5, 24, 24], { generator });
const index = randint(0, 2000, [3000], { generator });
const source = randn([3000, 33], { generator });
const pooled = randint(0, 576, [16, 6, 200], { generator });
const table = randn([2000, 33], { generator });
const added = randn([16, 6, 200], { generator });
const lines = randn([40, 3, 1000], { generator });
const counter = fromData(Float64Array.of(5), [], "float64");

const fold = { axes: [2, 3], size: [24, 24], stride: [1, 1], dilation: [1, 1], shape: [16, 6, 28, 28] };
const padding = { low: [0, 0, 2, 1], high: [0, 0, 1, 2], interior: [0, 0, 1, 0], value: 2 };

const pools = { size: [2, 2], stride: [2, 2], dilation: [1, 1], margins: [[0, 0], [0, 0]] } as const; // prettier-ignore
const overlapping = { size: [3, 3], stride: [1, 1], dilation: [1, 1], margins: [[1, 1], [1, 1]] } as const; // prettier-ignore
const images = randn([16, 20, 24, 24], { generator });
const cotangents = randn([16, 20, 12, 12], { generator });

const operations: Record<string, () => Tensor> = {
  randomBits: () => apply("randomBits", [counter], { key: [3, 4], shape: [100_003], bits: 31 })[0],
  foldWindows: () => apply("foldWindows", [y], fold)[0],
  pad: () => apply("pad", [x], padding)[0],
  concat: () => apply("concat", [x, x.flip(2)], { axis: 1 })[0],
  "concat in front": () => apply("concat", [x, x.flip(2), x], { axis: 0 })[0],
  gather: () => table.indexSelect(0, index),
  "scatterAdd of rows": () => zeros([2000, 33]).scatterAdd(0, index.reshape([3000, 1]).broadcastTo([3000, 33]), source),
  "scatterAdd of elements": () => x.reshape([16, 6, 576]).scatterAdd(2, pooled, added),
  gatherMaxima: () => apply("gatherMaxima", [images, images], pools)[0],
  scatterMaxima: () => apply("scatterMaxima", [images, cotangents], pools)[0],
  "scatterMaxima of windows that overlap": () => apply("scatterMaxima", [images, images], overlapping)[0],
  cumsum: () => x.cumsum({ axis: 2 }),
  argmax: () => lines.argmax({ axis: 1 }),
};

describe("operations with kernels of their own, shared by threads", () => {
  it.each(Object.entries(operations))("%s", (_, operation) => {
    const want = operation().data;
    for (const threads of [1, 2, 3]) {
      const compiled = compile(operation, { threads });
      for (let call = 0; call < 3; call++) {
        const got = compiled().data;
        expect(got.length).toBe(want.length);
        const wrong = got.findIndex((value, i) => !Object.is(value, want[i]));
        expect(wrong, `${threads} threads`).toBe(-1);
      }
    }
  });
});
