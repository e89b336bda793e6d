import { grad, gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor, where } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional as f, LogSoftmax, Softmax } from "../../src/index.ts";

const generator = new Generator(5);
const draw = (...shape: number[]): Tensor => randn(shape, { generator, dtype: "float64" });

/** The definition for one group of numbers, of which `kept` are kept. */
function naive(group: readonly number[], kept: readonly boolean[]): number[] {
  const powers = group.map((x, i) => (kept[i]! ? Math.exp(x) : 0));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => (total === 0 ? 0 : power / total));
}

/** {@link naive} for each group of elements of `x` that differ along the axes only. */
function naiveAlong(x: Tensor, axes: readonly number[], mask: Tensor): number[] {
  const [a, b, c] = x.shape as [number, number, number];
  const kept = [...mask.broadcastTo(x.shape).data].map(Boolean);
  const keys = Array.from({ length: x.size }, (_, i) => [Math.floor(i / (b * c)), Math.floor(i / c) % b, i % c].map((at, axis) => (axes.includes(axis) ? 0 : at)).join()); // prettier-ignore
  expect(a * b * c).toBe(x.size);
  const out = new Array<number>(x.size);
  for (const key of new Set(keys)) {
    const places = keys.flatMap((other, i) => (other === key ? [i] : []));
    naive(places.map((i) => x.data[i]!), places.map((i) => kept[i]!)).forEach((y, k) => (out[places[k]!] = y)); // prettier-ignore
  }
  return out;
}

const x = draw(2, 3, 4);
const masks: Readonly<Record<string, Tensor>> = {
  none: tensor(true),
  some: draw(2, 3, 4).gt(-0.3),
  "a row without any": tensor([[true, false, true], [false, false, false]]).reshape([2, 3, 1]), // prettier-ignore
  "of the last axis": tensor([true, false, false, true]),
};
const axesOf = [[2], [0], [0, 2], [1, 2], [0, 1, 2]];

describe.each(Object.entries(masks))("softmax and logSoftmax, mask: %s", (_, mask) => {
  it.each(axesOf)("along %j as defined, in value and in both orders of gradients", (...axes) => {
    const want = naiveAlong(x, axes, mask);
    const close = (got: Tensor, wanted: readonly number[]): void =>
      [...got.data].forEach((y, i) => expect(y === wanted[i]! || Math.abs(y - wanted[i]!) < 1e-13, `${i}: ${y}`).toBe(true)); // prettier-ignore
    const axis = axes.map((a) => a - 3);
    close(f.softmax(x, { axis, mask }), want);
    close(f.logSoftmax(x, { axis, mask }), want.map(Math.log));
    close(new Softmax({ axis }).forward(x, mask), want);
    close(new LogSoftmax({ axis: axes }).forward(x, mask), want.map(Math.log));
    gradcheck((t) => f.softmax(t, { axis, mask }), [x], { order: 2 });
    gradcheck((t) => where(mask, f.logSoftmax(t, { axis, mask }), 0), [x], { order: 2 });
  });
});

describe("softmax with a mask", () => {
  it("is the plain one with a mask that keeps all, along several axes too", () => {
    const all = tensor(true);
    for (const axis of [-1, [0, 2]]) {
      const [plain, masked] = [f.softmax(x, { axis }), f.softmax(x, { axis, mask: all })];
      expect(masked.sub(plain).abs().max().item()).toBeLessThan(1e-15);
      expect(f.logSoftmax(x, { axis, mask: all }).sub(f.logSoftmax(x, { axis })).abs().max().item()).toBeLessThan(
        1e-15,
      );
      expect(f.softmax(x, { axis }).toArray()).toEqual(x.softmax({ axis }).toArray());
    }
  });

  it("hides NaN and infinities, in gradients too, and has finite ones for large numbers", () => {
    const t = tensor([[NaN, 1000, 999], [Infinity, -1e38, -1e38], [NaN, NaN, NaN]], { requiresGrad: true }); // prettier-ignore
    const mask = tensor([[false, true, true], [false, true, true], [false, false, false]]); // prettier-ignore
    const y = f.softmax(t, { mask });
    expect(y.toArray(2).map((row) => row.map((value) => Math.round(value * 1e4) / 1e4))).toEqual([[0, 0.7311, 0.2689], [0, 0.5, 0.5], [0, 0, 0]]); // prettier-ignore
    const ct = tensor([[5, 1, -1], [5, 2, -1], [5, 5, 5]]); // prettier-ignore
    const log = f.logSoftmax(t, { mask });
    expect(log.toArray(2)[2]).toEqual([-Infinity, -Infinity, -Infinity]);
    const lowest = tensor([-Infinity, -Infinity]);
    expect(f.softmax(lowest, { mask: tensor(true) }).toArray()).toEqual([0, 0]);
    for (const value of [y, log]) {
      const [gradient] = grad(where(mask, value, 0).mul(ct).sum(), [t]);
      expect([...gradient.data].every(Number.isFinite)).toBe(true);
      expect([0, 3, 6, 7, 8].map((i) => gradient.data[i])).toEqual([0, 0, 0, 0, 0]);
    }
  });

  it("takes int32, and nothing of nothing", () => {
    expect(f.softmax(tensor([1, 1, 5], { dtype: "int32" }), { mask: tensor([true, true, false]) }).toArray()).toEqual([0.5, 0.5, 0]); // prettier-ignore
    expect(f.softmax(draw(2, 0), { mask: tensor(true) }).shape).toEqual([2, 0]);
    expect(f.logSoftmax(draw(0, 3), { axis: [0, 1], mask: tensor(false) }).shape).toEqual([0, 3]);
  });

  it.each<[string, () => unknown, string]>([
    ["numbers as mask", () => f.softmax(x, { mask: draw(4) }), "softmax: expected a bool mask, got float64. Where 1 keeps, pass mask.ne(0)."],
    ["another mask", () => f.logSoftmax(x, { mask: tensor([true, true]) }), "logSoftmax: expected shapes that broadcast, got [2] and [2, 3, 4]"],
    ["a mask with more axes", () => f.softmax(x, { mask: draw(1, 2, 3, 4).gt(0) }), "softmax: expected a mask that broadcasts to [2, 3, 4], got [1, 2, 3, 4]."],
    ["an axis twice", () => f.softmax(x, { axis: [1, -2], mask: tensor(true) }), "softmax: expected distinct axes, got [1, -2]."],
    ["an axis outside", () => f.softmax(x, { axis: [0, 3] }), "softmax: expected an axis in [-3, 2], got 3."],
    ["an axis outside, with a mask", () => f.logSoftmax(x, { axis: 3, mask: tensor(true) }), "logSoftmax: expected an axis in [-3, 2], got 3."],
    ["a mask among the layer's options", () => new Softmax({ mask: tensor(true) } as object), "Softmax: expected options axis, got \"mask\"."],
    ["what is no mask", () => new Softmax().forward(x, 1 as never), "Softmax.forward: expected mask to be a tensor, got 1."],
  ])("refuses %s", (_, act, message) => {
    expect(act).toThrow(message);
  }); // prettier-ignore
});
