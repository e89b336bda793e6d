import { describe, expect, it } from "vitest";
import { einsum, rand, randn, randperm, tensor, where, arange, sort, cat, Generator } from "../index.ts";
import { philox, apply, iota } from "../internal.ts";

describe("Tensor", () => {
  it("computes as NumPy does", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(x.add(tensor([10, 20, 30])).toArray()).toEqual([
      [11, 22, 33],
      [14, 25, 36],
    ]);
    expect(x.sum({ axis: 0 }).toArray()).toEqual([5, 7, 9]);
    expect(x.sum({ axis: 1, keepDims: true }).toArray()).toEqual([[6], [15]]);
    expect(x.mean().item()).toBe(3.5);
    expect(x.transpose().toArray()).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    expect(x.matmul(x.transpose()).toArray()).toEqual([
      [14, 32],
      [32, 77],
    ]);
    expect(x.slice([0, 2], [undefined, undefined, -1]).toArray()).toEqual([
      [3, 2, 1],
      [6, 5, 4],
    ]);
    expect(x.slice(-1).toArray()).toEqual([4, 5, 6]);
    expect(x.argmax({ axis: 1 }).toArray()).toEqual([2, 2]);
    expect(x.cumsum({ axis: 1 }).toArray()).toEqual([
      [1, 3, 6],
      [4, 9, 15],
    ]);
    expect(where(x.gt(3), x, 0).toArray()).toEqual([
      [0, 0, 0],
      [4, 5, 6],
    ]);
    expect(sort(tensor([3, 1, 2])).indices.toArray()).toEqual([1, 2, 0]);
    expect(cat([x, x], 1).shape).toEqual([2, 6]);
    expect(einsum("ij,kj->ik", x, x).toArray()).toEqual([
      [14, 32],
      [32, 77],
    ]);
    expect(arange(3).dtype).toBe("int32");
    expect(iota([2, 2], 1).toArray()).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it("reduces middle and outer axes", () => {
    const x = arange(24).reshape(2, 3, 4);
    expect(x.sum({ axis: [0, 2] }).toArray()).toEqual([60, 92, 124]);
    expect(x.max({ axis: 1 }).toArray()).toEqual([
      [8, 9, 10, 11],
      [20, 21, 22, 23],
    ]);
  });

  it("standardizes", () => {
    const x = tensor([[1, 2, 3, 4]], { dtype: "float64" });
    const [xhat] = apply("standardize", [x], { axes: [1], eps: 0, center: true });
    expect(xhat.data[0]).toBeCloseTo(-1.3416407864998738, 14);
  });

  it("draws Philox's known answers", () => {
    const words = new Uint32Array(4);
    philox([0, 0], 0, words);
    expect([...words]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect(rand([2], { generator: new Generator(7) }).toArray()).toEqual(
      rand([2], { generator: new Generator(7) }).toArray(),
    );
    const z = randn([20000], { generator: new Generator(1), dtype: "float64" });
    expect(z.mean().item()).toBeCloseTo(0, 1);
    expect(z.std().item()).toBeCloseTo(1, 1);
    expect((randperm(5).toArray() as number[]).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
  });

  it("has an error function of full precision", () => {
    const x = tensor([0.1, 0.5, 1, 2, 3, 5], { dtype: "float64" });
    expect(x.erf().toArray()).toEqual(
      [
        0.1124629160182849, 0.5204998778130465, 0.8427007929497149, 0.9953222650189527, 0.9999779095030014,
        0.9999999999984626,
      ].map((v) => expect.closeTo(v, 15)),
    );
    const tail = x.erfc().toArray() as number[];
    [
      0.8875370839817152, 0.4795001221869535, 0.15729920705028513, 0.004677734981047266, 2.209049699858544e-5,
      1.537459794428035e-12,
    ].forEach((v, i) => {
      expect(Math.abs(tail[i]! / v - 1)).toBeLessThan(6e-15);
    });
  });
});
