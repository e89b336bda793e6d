import { describe, expect, it } from "vitest";
import { assign, ShapeError, sort, type Tensor, tensor, topk, ValueError } from "../index.ts";

const x = tensor(-3);
const plain = (t: Tensor): unknown => [t.shape, t.dtype, t.item()];

describe("a tensor without axes takes axis 0 and −1, as in PyTorch", () => {
  const zero = tensor(0, { dtype: "int32" });
  const rows: readonly (readonly [name: string, call: (axis: number, t?: Tensor) => Tensor, want: Tensor])[] = [
    ["sum", (axis, t = x) => t.sum({ axis }), x],
    ["mean", (axis, t = x) => t.mean({ axis }), x],
    ["prod", (axis, t = x) => t.prod({ axis, keepDims: true }), x],
    ["max", (axis, t = x) => t.max({ axis }), x],
    ["min", (axis, t = x) => t.min({ axis }), x],
    ["variance", (axis, t = x) => t.variance({ axis }), tensor(NaN)],
    ["std of all", (axis, t = x) => t.std({ axis, correction: 0 }), tensor(0)],
    ["norm", (axis, t = x) => t.norm({ axis }), tensor(3)],
    ["logSumExp", (axis, t = x) => t.logSumExp({ axis }), x],
    ["softmax", (axis, t = x) => t.softmax({ axis }), tensor(1)],
    ["logSoftmax", (axis, t = x) => t.logSoftmax({ axis }), tensor(0)],
    ["cumsum", (axis, t = x) => t.cumsum({ axis }), x],
    ["argmax", (axis, t = x) => t.argmax({ axis }), zero],
    ["argmin", (axis, t = x) => t.argmin({ axis, keepDims: true }), zero],
    ["all", (axis, t = x) => t.all({ axis }), x.ne(0)],
    ["any", (axis, t = x) => t.any({ axis }), x.ne(0)],
    ["squeeze", (axis, t = x) => t.squeeze(axis), x],
    ["flip", (axis, t = x) => t.flip(axis), x],
    ["gather", (axis, t = x) => t.gather(axis, zero), x],
    ["the values of sort", (axis, t = x) => sort(t, { axis }).values, x],
    ["the indices of sort", (axis, t = x) => sort(t, { axis }).indices, zero],
    ["the values of topk", (axis, t = x) => topk(t, 1, { axis }).values, x],
    ["the indices of topk", (axis, t = x) => topk(t, 1, { axis }).indices, zero],
  ];

  it.each(rows)("%s", (_name, call, want) => {
    expect(plain(call(0))).toEqual(plain(want));
    expect(plain(call(-1))).toEqual(plain(want));
    for (const axis of [1, -2]) {
      expect(() => call(axis)).toThrow(ShapeError);
      expect(() => call(axis)).toThrow(`expected an axis in [-1, 0], got ${axis}.`);
    }
  });

  it("a list of them may name it once", () => {
    expect(x.sum({ axis: [-1] }).item()).toBe(-3);
    expect(() => x.sum({ axis: [0, -1] })).toThrow(new ShapeError("sum: expected distinct axes, got [0, -1]."));
    expect(() => topk(x, 0)).toThrow(new ValueError("topk: expected a whole k in [1, 1], got 0."));
    expect(tensor(3).ne(0).cumsum({ axis: 0 }).dtype).toBe("int32");
    expect(tensor(5).flatten(0, -1).shape).toEqual([1]);
  });

  it("and what is computed of it stays when it changes", () => {
    const changing = tensor(2);
    const results = [changing.cumsum({ axis: 0 }), sort(changing).values, topk(changing, 1).values, changing.flip(0)];
    assign(changing, tensor(7));
    expect(results.map((t) => t.item())).toEqual([2, 2, 2, 2]);
  });

  it("and not where its extent is looked at, or where it is taken apart", () => {
    for (const call of [() => x.extent(0), () => x.indexSelect(0, tensor([0], { dtype: "int32" }))]) {
      expect(call).toThrow("expected no axis for a 0-d tensor, got 0.");
    }
  });
});
