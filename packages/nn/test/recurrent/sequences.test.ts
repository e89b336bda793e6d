import { grad, gradcheck } from "@tapegrad/autograd";
import { arange, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional } from "../../src/index.ts";

const { packPaddedSequence, packSequence, padPackedSequence, padSequence, unpackSequence, unpadSequence } = functional;

const [a, b, c] = [tensor([[1, 2], [3, 4]]), tensor([[5, 6], [7, 8], [9, 10]]), tensor([[11, 12]])]; // prettier-ignore
const x = arange(12).to("float32").reshape([3, 4]);
const plain = ({ data, batchSizes, sortedIndices, unsortedIndices }: functional.PackedSequence): unknown => ({
  data: data.toArray(),
  batchSizes,
  sorted: sortedIndices?.toArray(),
  unsorted: unsortedIndices?.toArray(),
});

// What PyTorch 1.13 gives.
describe("sequences of several lengths", () => {
  it("are packed", () => {
    expect(plain(packSequence([a, b, c], { enforceSorted: false }))).toEqual({
      data: [[5, 6], [1, 2], [11, 12], [7, 8], [3, 4], [9, 10]],
      batchSizes: [3, 2, 1],
      sorted: [1, 0, 2],
      unsorted: [1, 0, 2],
    }); // prettier-ignore
    expect(plain(packSequence([b, a, c]))).toEqual({
      data: [[5, 6], [1, 2], [11, 12], [7, 8], [3, 4], [9, 10]],
      batchSizes: [3, 2, 1],
      sorted: undefined,
      unsorted: undefined,
    }); // prettier-ignore
    expect(plain(packPaddedSequence(x, [3, 2, 2, 1]))).toEqual({
      data: [0, 1, 2, 3, 4, 5, 6, 8],
      batchSizes: [4, 3, 1],
      sorted: undefined,
      unsorted: undefined,
    });
    const lengths = tensor([1, 2, 1, 2], { dtype: "int32" });
    expect(plain(packPaddedSequence(x, lengths, { enforceSorted: false }))).toEqual({
      data: [1, 3, 0, 2, 5, 7],
      batchSizes: [4, 2],
      sorted: [1, 3, 0, 2],
      unsorted: [2, 0, 3, 1],
    });
    expect(plain(packPaddedSequence(x, [2, 4, 1], { batchFirst: true, enforceSorted: false }))).toEqual({
      data: [4, 0, 8, 5, 1, 6, 7],
      batchSizes: [3, 2, 1, 1],
      sorted: [1, 0, 2],
      unsorted: [1, 0, 2],
    });
    expect(packSequence([a.to("int32")]).data.dtype).toBe("int32");
  });

  it("are padded from packed ones, in a dtype that has what is padded with", () => {
    const packed = packSequence([a, b, c], { enforceSorted: false });
    const [padded, lengths] = padPackedSequence(packed, { paddingValue: -1, totalLength: 4 });
    const none = [-1, -1];
    expect(padded.toArray()).toEqual([
      [[1, 2], [5, 6], [11, 12]],
      [[3, 4], [7, 8], none],
      [none, [9, 10], none],
      [none, none, none],
    ]); // prettier-ignore
    expect([lengths.dtype, lengths.toArray()]).toEqual(["int32", [2, 3, 1]]);
    const [first] = padPackedSequence(packed, { batchFirst: true });
    expect(first.toArray()).toEqual([
      [[1, 2], [3, 4], [0, 0]],
      [[5, 6], [7, 8], [9, 10]],
      [[11, 12], [0, 0], [0, 0]],
    ]); // prettier-ignore
    const integers = packSequence([a, c].map((t) => t.slice([], 0).to("int32")));
    const [same, half] = [-1, 0.5].map((value) => padPackedSequence(integers, { paddingValue: value })[0]);
    expect([same!.dtype, same!.toArray()]).toEqual(["int32", [[1, 11], [3, -1]]]); // prettier-ignore
    expect([half!.dtype, half!.toArray()]).toEqual(["float32", [[1, 11], [3, 0.5]]]); // prettier-ignore
    const whole = packPaddedSequence(x, [3, 3, 3, 3]);
    expect(padPackedSequence(whole)[0].toArray()).toEqual(x.toArray());
  });

  it("are padded", () => {
    expect(padSequence([a, b, c], { paddingValue: 9 }).toArray()).toEqual([
      [[1, 2], [5, 6], [11, 12]],
      [[3, 4], [7, 8], [9, 9]],
      [[9, 9], [9, 10], [9, 9]],
    ]); // prettier-ignore
    expect(padSequence([zeros([0, 2]), a]).toArray()).toEqual([[[0, 0], [1, 2]], [[0, 0], [3, 4]]]); // prettier-ignore
    const left = padSequence([a.slice([], 0), c.slice([], 0)], { batchFirst: true, paddingSide: "left" });
    expect(left.toArray()).toEqual([[1, 3], [0, 11]]); // prettier-ignore
  });

  it("come back", () => {
    const packed = packSequence([a, b, c], { enforceSorted: false });
    expect(unpackSequence(packed).map((t) => t.toArray())).toEqual([a, b, c].map((t) => t.toArray()));
    expect(unpackSequence(packSequence([b, c])).map((t) => t.toArray())).toEqual([b, c].map((t) => t.toArray()));
    const [padded, lengths] = padPackedSequence(packed, { batchFirst: true });
    const back = unpadSequence(padded, lengths, { batchFirst: true });
    expect(back.map((t) => t.toArray())).toEqual([a, b, c].map((t) => t.toArray()));
    expect(unpadSequence(zeros([3, 2]), [0, 2]).map((t) => t.toArray())).toEqual([[], [0, 0]]);
  });

  it("have gradients", () => {
    const leaf = x.detach().requiresGrad_(true);
    const packed = packPaddedSequence(leaf, [2, 4, 1], { batchFirst: true, enforceSorted: false });
    const [padded] = padPackedSequence(packed, { batchFirst: true, paddingValue: 5 });
    const [gradient] = grad(padded.mul(arange(1, 13).reshape([3, 4])).sum(), [leaf]);
    expect(gradient!.toArray()).toEqual([[1, 2, 0, 0], [5, 6, 7, 8], [9, 0, 0, 0]]); // prettier-ignore
    const draw = drawer(4);
    const all = (...list: Tensor[]): Tensor => {
      const made = packSequence(list, { enforceSorted: false });
      const parts = unpackSequence({ ...made, data: made.data.square() });
      return padSequence(parts, { paddingSide: "left" }).mul(padPackedSequence(made)[0]);
    };
    expect(gradcheck(all, [draw(2, 2), draw(3, 2)]).passed).toBe(true);
    expect(gradcheck(all, [draw(1, 2), draw(2, 2)], { order: 2 }).passed).toBe(true);
  });

  it.each<readonly [() => unknown, string]>([
    [() => packPaddedSequence(x, [2, 0, 1, 1], { enforceSorted: false }), "packPaddedSequence: expected lengths in [1, 3], got 0."],
    [() => packPaddedSequence(x, [4, 1, 1, 1]), "packPaddedSequence: expected lengths in [1, 3], got 4."],
    [() => packPaddedSequence(x, [2, 3, 1, 1]), "packPaddedSequence: expected lengths that never grow, got [2, 3, 1, 1]. Pass { enforceSorted: false } to have them sorted."],
    [() => packPaddedSequence(x, [2, 1]), "packPaddedSequence: expected 4 lengths, one for each sequence, got 2."],
    [() => packPaddedSequence(x, [2, 1.5, 1, 1]), "packPaddedSequence: expected lengths to be a list of values, each a whole number, or an int32 tensor, got [2, 1.5, 1, 1]."],
    [() => packPaddedSequence(x, 3 as never), "packPaddedSequence: expected lengths to be a list of values, each a whole number, or an int32 tensor, got 3."],
    [() => packPaddedSequence(x, tensor([3, 2, 1, 1])), 'packPaddedSequence: expected lengths of int32, got float32. Convert them with to("int32").'],
    [() => packPaddedSequence(x, tensor([[3], [2], [1], [1]], { dtype: "int32" })), "packPaddedSequence: expected lengths of shape [4], got [4, 1]."],
    [() => packPaddedSequence(zeros([3]), [3]), "packPaddedSequence: expected padded of shape [time, batch, ...], got [3]."],
    [() => packPaddedSequence(zeros([0, 2]), [0, 0]), "packPaddedSequence: expected at least one sequence of at least one step, got [0, 2]."],
    [() => packPaddedSequence(zeros([2, 0]), []), "packPaddedSequence: expected at least one sequence of at least one step, got [2, 0]."],
    [() => packPaddedSequence(x, [3, 2, 1, 1], { sorted: true } as object), "packPaddedSequence: expected options batchFirst, enforceSorted, got \"sorted\"."],
    [() => packSequence([]), "packSequence: expected at least one sequence, got none."],
    [() => packSequence([a, zeros([0, 2])]), "packSequence: expected sequences of at least one step, got one of none."],
    [() => packSequence([a, b]), "packSequence: expected lengths that never grow, got [2, 3]. Pass { enforceSorted: false } to have them sorted."],
    [() => packSequence([a, zeros([2, 3])]), "packSequence: expected sequences of shape [time, 2], got [2, 3]."],
    [() => padSequence([]), "padSequence: expected at least one sequence, got none."],
    [() => padSequence([tensor(1)]), "padSequence: expected sequences of shape [time], got []."],
    [() => padSequence([a, a.slice([], 0)]), "padSequence: expected sequences of shape [time, 2], got [2]."],
    [() => padSequence([a], { paddingSide: "middle" as "left" }), 'padSequence: expected paddingSide left or right, got middle.'],
    [() => padPackedSequence(packSequence([b]), { totalLength: 2 }), "padPackedSequence: expected totalLength of at least 3, the length of the longest sequence, got 2."],
    [() => padPackedSequence(a as never), "padPackedSequence: expected sequence to be a packed sequence { data, batchSizes }, got a Tensor."],
    [() => unpadSequence(x, [4, 1, 1, 1]), "unpadSequence: expected lengths in [0, 3], got 4."],
    [() => unpadSequence(x, [-1, 1, 1, 1]), "unpadSequence: expected lengths in [0, 3], got -1."],
    [() => unpackSequence({ ...packSequence([b]), batchSizes: [2, 1, 1] }), "unpackSequence: expected sequence.data of shape [4, ...], as many as batchSizes add up to, got [3, 2]."],
  ])("are refused: %#", (call, message) => {
    expect(call).toThrow(message);
  }); // prettier-ignore
});
