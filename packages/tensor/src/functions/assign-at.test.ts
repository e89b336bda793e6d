import { describe, expect, it } from "vitest";
import { arange, assignAt, type AtPosition, type Operand, tensor, type Tensor, zeros } from "../index.ts";

const ints = (...elements: number[]): Tensor => tensor(elements, { dtype: "int32" });

describe("assignAt", () => {
  it("does what PyTorch's x[i] = y does", () => {
    const a = arange(0, 24, 1, { dtype: "float64" }).reshape([2, 3, 4]).clone();
    assignAt(a, tensor([[1.5], [2.5]], { dtype: "float64" }), 0, [1]);
    assignAt(a, tensor([7, 8], { dtype: "float64" }), [], ints(0, 2), 3);
    assignAt(a, -1, 1, [undefined, undefined, 2], ints(1, -1));
    assignAt(a, 0.5, a.gt(20));
    expect(a.toArray()).toEqual([
      [[0, 1, 2, 7], [1.5, 1.5, 1.5, 1.5], [2.5, 2.5, 2.5, 8]],
      [[12, -1, 14, -1], [16, 17, 18, 19], [20, -1, 0.5, -1]],
    ]); // prettier-ignore
    const b = arange(6).reshape([2, 3]).clone();
    assignAt(b, ints(50, 60), 1, ints(2, 0));
    assignAt(b, ints(9, 8, 7), tensor([true, false]));
    expect(b.toArray()).toEqual([[9, 8, 7], [60, 4, 50]]); // prettier-ignore
  });

  /** Positions of each kind, of a tensor of shape [3, 4, 2]. */
  const everyForm: readonly (readonly [string, readonly AtPosition[]])[] = [
    ["nothing", []],
    ["numbers", [-1, 2, 0]],
    ["a number", [1]],
    ["ranges", [[1], [undefined, undefined, -2]]],
    ["an empty range", [[2, 1]]],
    ["positions", [ints(2, 0)]],
    ["positions of two axes", [ints(0, 2), [], ints(1, 0)]],
    ["positions that broadcast", [ints(0, 2).reshape([2, 1]), ints(1, 3)]],
    ["no positions", [ints()]],
    ["a mask of one axis", [tensor([true, false, true])]],
    ["a mask of two axes", [[], arange(8).reshape([4, 2]).gt(4)]],
    ["a mask of all", [arange(24).reshape([3, 4, 2]).remainder(5).eq(0)]],
    ["a mask without anything", [arange(24).reshape([3, 4, 2]).lt(0)]],
    ["a mask beside a number", [tensor([false, true, true]), 1]],
  ];

  it.each(everyForm)("reaches what at gives, and no other: %s", (_, positions) => {
    const x = arange(24).reshape([3, 4, 2]).clone();
    const spots = x.at(...positions).clone();
    const fresh = spots.mul(-1).sub(1);
    assignAt(x, fresh, ...positions);
    expect(x.at(...positions).toArray()).toEqual(fresh.toArray());
    const touched = new Set(spots.data);
    const want = Array.from({ length: 24 }, (_, i) => (touched.has(i) ? -i - 1 : i));
    expect([...x.data]).toEqual(want);
    // One element for all.
    assignAt(x, 99, ...positions);
    expect([...x.data]).toEqual(want.map((value, i) => (touched.has(i) ? 99 : value)));
  });

  it("keeps bits: -0, NaN, infinities, numbers beyond float32, bools", () => {
    const x = zeros([5], { dtype: "float64" });
    assignAt(x, tensor([-0, NaN, Infinity, 1e300], { dtype: "float64" }), ints(4, 0, 2, 1));
    expect([...x.data]).toEqual([NaN, 1e300, Infinity, 0, -0]);
    const flags = tensor([true, false, true]);
    assignAt(flags, tensor([false, true]), [0, 2]);
    assignAt(flags, 0, 2);
    expect(flags.toArray()).toEqual([0, 1, 0]);
  });

  it("computes the value before it writes", () => {
    const x = tensor([1, 2, 3, 4]);
    assignAt(x, x.at([0, 3]), [1]);
    assignAt(x, x, [undefined, undefined, -1]);
    expect(x.toArray()).toEqual([3, 2, 1, 1]);
  });

  it("is no part of the tape, and counts as an assignment there", () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const y = w.mul(w);
    assignAt(w, tensor(5, { requiresGrad: true }), 0);
    expect([w.node, w.requiresGrad, w.toArray()]).toEqual([undefined, true, [5, 2]]);
    expect(y.node!.inputVersions[0]).toBe(w.storage.version - 1);
  });

  it.each<[string, Tensor, Operand, AtPosition[], string]>([
    ["a position outside", zeros([2]), 1, [2], "assignAt: expected a position in [-2, 1] at axis 0, got 2."],
    ["too many positions", zeros([2]), 1, [0, 0], "assignAt: expected"],
    ["an index outside", zeros([2]), 1, [ints(2)], "assignAt: expected indices in [-2, 2) for axis 0, got 2."],
    ["a float index", zeros([2]), 1, [zeros([1])], "assignAt: expected an int32 index or a bool mask for axis 0, got float32."], // prettier-ignore
    ["another mask", zeros([2]), 1, [tensor([true])], "assignAt: expected a mask of shape [2] for axis 0, got [1]."],
    ["another shape", zeros([2, 3]), zeros([2]), [0], "assignAt: expected shapes that broadcast, got [2] and [3]"],
    ["more axes", zeros([2, 3]), zeros([1, 3]), [0], "assignAt: expected a value that broadcasts to [3], got [1, 3]."],
    ["more axes, by a mask", zeros([3]), zeros([1, 1]), [tensor([true, false, true])], "assignAt: expected a value that broadcasts to [2], got [1, 1]."], // prettier-ignore
    ["a larger one", zeros([2, 1]), zeros([3]), [0], "assignAt: expected a value that broadcasts to [1], got [3]."],
    [
      "another dtype",
      zeros([2]),
      ints(1),
      [0],
      "assignAt: expected a value of dtype float32, as its target, got int32.",
    ],
    ["a number beyond int32", ints(1, 2), 2 ** 31, [0], "assignAt: expected int32 elements in [-2147483648, 2147483647], got 2147483648."], // prettier-ignore
    [
      "a position twice",
      zeros([3]),
      tensor([1, 2, 3]),
      [ints(0, 2, -3)],
      "assignAt: expected each position once, got one 2 times.",
    ],
    ["a result", zeros([2]).requiresGrad_().mul(2), 1, [0], "assignAt: expected a leaf as target, got the result of mul. Detach it first."], // prettier-ignore
  ])("refuses %s", (_, target, value, positions, message) => {
    const before = [...target.data];
    expect(() => assignAt(target, value, ...positions)).toThrow(message);
    expect([...target.data]).toEqual(before);
  });

  it("lets one element go to a position twice", () => {
    const x = zeros([3]);
    assignAt(x, 4, ints(0, 0, 2));
    expect(x.toArray()).toEqual([4, 0, 4]);
  });
});
