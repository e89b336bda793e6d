import { cat, Generator, randn, type Tensor, where, zeros } from "@tapegrad/tensor";
import { apply, ArrayPool, withArrayPool } from "@tapegrad/tensor/internal";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkpoint, defineFunction, grad, savedTensorsHooks } from "./index.ts";

const generator = new Generator(5);
const draw = (...shape: number[]): Tensor => randn(shape, { generator });
const [rows, columns] = [48, 64];

/** Arrays that were given up so far, and those that nobody has taken since: they are NaN as long as nobody does. */
const given = new Set<unknown>();
const free = new Set<unknown>();

beforeEach(() => {
  given.clear();
  // oxlint-disable typescript/unbound-method -- called with what they belong to
  const { give, take } = ArrayPool.prototype;
  // oxlint-enable typescript/unbound-method
  vi.spyOn(ArrayPool.prototype, "give").mockImplementation(function (this: ArrayPool, array) {
    if (free.has(array)) throw new Error("An array was given up twice.");
    for (const set of [given, free]) set.add(array);
    give.call(this, array.fill(NaN));
  });
  vi.spyOn(ArrayPool.prototype, "take").mockImplementation(function (this: ArrayPool, size) {
    const array = take.call(this, size);
    free.delete(array);
    return array;
  });
});
afterEach(() => void vi.restoreAllMocks());

const ends = [
  [0, 0],
  [0, 0],
] as const;

/** Functions of two tensors of `[48, 64]`, of arrays large enough for a pool. */
const functions: Record<string, (x: Tensor, y: Tensor) => Tensor> = {
  elements: (x, y) =>
    x
      .tanh()
      .mul(y.exp())
      .sub(x.sigmoid().div(y.square().add(1))),
  "a gradient that goes on": (x, y) => x.mul(y).reshape([columns, rows]).reshape([rows, columns]).neg().exp(),
  "both inputs of a sum": (x, y) => x.add(x).add(y.mul(y)),
  "a sum of many": (x, y) => [1, 2, 3, 4].map((k) => x.mul(k).tanh().mul(y)).reduce((a, b) => a.add(b)),
  "a sum of what goes on and what is new": (x, y) => x.tanh().add(y).add(y.mul(2)).mul(x),
  broadcasting: (x, y) => x.mul(y.slice([0, 1])).add(y.sum({ axis: 1, keepDims: true })),
  products: (x, y) => x.matmul(y.transpose()).matmul(y.tanh()),
  batches: (x, y) => {
    const [a, b] = [x.reshape([4, 12, 64]), y.reshape([4, 12, 64])];
    return a
      .matmul(b.permute([0, 2, 1]))
      .softmax({ axis: -1 })
      .matmul(b);
  },
  rows: (x, y) => x.logSoftmax({ axis: 1 }).mul(y.max({ axis: 1, keepDims: true })),
  "standardized groups": (x, y) => apply("standardize", [x], { axes: [1], eps: 1e-5, center: true })[0].mul(y),
  "standardized columns": (x, y) => apply("standardize", [x.tanh()], { axes: [0], eps: 1e-5, center: true })[0].mul(y),
  parts: (x, y) => cat([x.slice([8, 40]).tanh(), y.slice([0, 16]).exp()]).mul(x),
  steps: (x, y) => [0, 12, 24, 36].map((at) => x.slice([at, at + 12]).mul(y.slice([0, 12]))).reduce((a, b) => a.add(b)),
  gathered: (x, y) => x.gather(0, zeros([rows, columns], { dtype: "int32" })).mul(y.flip(1)),
  masked: (x, y) => where(x.gt(0), x.mul(y), y.tanh()).cumsum({ axis: 0 }),
  padded: (x, y) => x.pad(ends).mul(y).permute([1, 0]).tanh(),
  windows: (x, y) => {
    const attrs = { axes: [0, 1], size: [3, 3], stride: [1, 1], dilation: [1, 1] };
    return apply("windows", [x.mul(y)], attrs)[0].tanh();
  },
  "another function": (x, y) => keeping(x.mul(2)).mul(y.tanh()),
  "part of it again": (x, y) => checkpoint((t) => t.tanh().mul(y).exp(), x.mul(2)).mul(y),
  "packed tensors": (x, y) =>
    savedTensorsHooks(
      (t) => t,
      (t) => t.mul(1),
      () => x.tanh().mul(y.exp()).softmax({ axis: 1 }),
    ),
};

/** What users may keep of a walk back. */
const seen: Tensor[] = [];
const keeping = defineFunction({
  name: "keeping",
  forward: (_, x: Tensor) => x.mul(3),
  backward: (_, ct) => {
    seen.push(ct);
    return ct.mul(3);
  },
});

describe("a walk back that uses arrays again", () => {
  it.each(Object.entries(functions))("gives what one gives that is recorded: %s", (_, f) => {
    const [x, y] = [draw(rows, columns).requiresGrad_(), draw(rows, columns).requiresGrad_()];
    const ct = draw(...f(x, y).shape);
    const derivatives = (createGraph: boolean): number[][] =>
      grad(f(x, y), [x, y], { cotangent: ct, createGraph }).map(({ data }) => [...data]);
    expect(derivatives(false)).toEqual(derivatives(true));
    f(x, y).backward(ct);
    expect([x.grad, y.grad].map((gradient) => [...gradient!.data])).toEqual(derivatives(true));
    expect(given.size).toBeGreaterThan(0);
  });

  it("leaves what users were given as it is", () => {
    const [x, y] = [draw(rows, columns).requiresGrad_(), draw(rows, columns).requiresGrad_()];
    const kept: Tensor[] = [];
    seen.length = 0;
    const chain = x.mul(2).tanh();
    chain.registerHook((ct) => void kept.push(ct));
    const inner = chain.mul(y).retainGrad();
    const own = keeping(inner.exp());
    const unpack = (t: Tensor): Tensor => {
      seen.push(t.mul(1));
      return seen.at(-1)!;
    };
    const packed = savedTensorsHooks((t) => t, unpack, () => own.tanh().mul(y)); // prettier-ignore
    const ct = draw(rows, columns);
    packed.backward(ct);
    const middle = x.tanh().mul(y);
    const asked = grad(middle.exp().tanh(), [middle, x], { cotangent: ct });
    const arrays = [...asked, ...kept, ...seen, inner.grad, x.grad, y.grad, ct, x, y].map((tensor) => tensor!.data);
    expect(arrays.every((array) => !given.has(array) && !array.includes(NaN))).toBe(true);
    const before = arrays.map((array) => [...array]);
    x.mul(y).tanh().exp().backward(draw(rows, columns));
    expect(arrays.slice(0, 3).map((array) => [...array])).toEqual(before.slice(0, 3));
  });
});

describe("ArrayPool", () => {
  it("keeps what was taken for a result, and what is of another buffer", () => {
    const pool = new ArrayPool();
    const [result, temporary] = pool.compute(
      () => [pool.take(2048), pool.take(2048)] as const,
      ([first]) => first,
    );
    expect([pool.take(2048), pool.take(2048)].map((array) => array === temporary)).toEqual([true, false]);
    pool.give(result.subarray(0, 1024));
    expect(pool.take(1024)).not.toBe(result);
    pool.give(new Float32Array(512));
    pool.give(new Float64Array(2048));
    expect([pool.take(512).byteLength, pool.take(2048).byteLength]).toEqual([2048, 8192]);
  });

  it("is that of the innermost walk", () => {
    const [outer, inner] = [new ArrayPool(), new ArrayPool()];
    outer.give(new Float32Array(2048).fill(7));
    const sum = (): number => draw(2048).mul(0).add(1).sum().item();
    const all = withArrayPool(outer, () => [withArrayPool(inner, sum), withArrayPool(undefined, sum), sum()]);
    expect(all).toEqual([2048, 2048, 2048]);
  });
});
