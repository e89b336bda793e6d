import { grad, gradcheck } from "@tapegrad/autograd";
import { Generator, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { axisRows } from "../../test/activations/axis-rows.ts";
import { glu } from "./glu.ts";
import { logSoftmax } from "./log-softmax.ts";
import { prelu, PReLU } from "./prelu.ts";
import { tlu } from "./tlu.ts";
import { softmax } from "./softmax.ts";

/** Applies `fn` to every line along `axis` of nested arrays of rank 3. */
function alongAxis(x: Tensor, axis: number, fn: (line: readonly number[]) => number[]): number[] {
  const moved = x.transpose(axis, 2);
  const [a, b, n] = moved.shape as [number, number, number];
  const lines = Array.from({ length: a * b }, (_, i) => fn([...moved.data.slice(i * n, (i + 1) * n)]));
  const width = lines[0]?.length ?? 0;
  return [...tensor(lines.flat(), { dtype: "float64", shape: [a, b, width] }).transpose(axis, 2).data];
}

describe.each(axisRows)("$name", ({ f, layer: Layer, naive }) => {
  const x = randn([4, 2, 6], { generator: new Generator(7), dtype: "float64" });

  it.each([0, 1, 2, -1, -2, -3])("agrees with its definition along axis %i", (axis) => {
    const y = f(x, { axis });
    const want = alongAxis(x, (axis + 3) % 3, naive);
    expect(y.size).toBe(want.length);
    y.data.forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 12));
  });

  it("takes the last axis unless told otherwise", () => {
    expect(f(x).toArray()).toEqual(f(x, { axis: 2 }).toArray());
  });

  it.each([0, -1])("passes the gradient check twice along axis %i", (axis) => {
    const report = gradcheck((t) => f(t, { axis }), [x.slice([], 0, [])], { order: 2 });
    expect(report.checks).toBeGreaterThan(40);
  });

  it("is its layer", () => {
    expect(new Layer().forward(x).toArray()).toEqual(f(x).toArray());
    expect(new Layer({ axis: 0 }).forward(x).toArray()).toEqual(f(x, { axis: 0 }).toArray());
  });

  it("keeps float32", () => {
    expect(f(x.to("float32")).dtype).toBe("float32");
  });
});

describe("extremes", () => {
  it("softmax neither overflows nor underflows to NaN", () => {
    const y = softmax(tensor([1e4, 1e4 - 1, -1e4], { dtype: "float64" }));
    expect(y.data[0]).toBeCloseTo(0.7310585786300049, 14);
    expect(y.data[1]).toBeCloseTo(0.2689414213699951, 14);
    expect(y.data[2]).toBe(0);
  });

  it("softmax gives a masked logit nothing, also in the gradient", () => {
    const x = tensor([1, -Infinity, 2], { dtype: "float64", requiresGrad: true });
    const y = softmax(x);
    expect(y.data[1]).toBe(0);
    const [g] = grad(y, [x], { cotangent: tensor([1, 2, 3], { dtype: "float64" }) }) as [Tensor];
    expect(Math.abs(g.data[1]!)).toBe(0);
    expect([...g.data].every(Number.isFinite)).toBe(true);
  });

  it("softmax of −∞ only is NaN", () => {
    expect([...softmax(tensor([-Infinity, -Infinity])).data]).toEqual([NaN, NaN]);
  });

  it("softmax confines NaN to its row", () => {
    expect(
      softmax(
        tensor([
          [NaN, 1],
          [0, 0],
        ]),
      ).toArray(),
    ).toEqual([
      [NaN, NaN],
      [0.5, 0.5],
    ]);
  });

  it("logSoftmax keeps differences of large logits", () => {
    expect(logSoftmax(tensor([0, 1000, -1000])).toArray()).toEqual([-1000, 0, -2000]);
  });

  it("glu saturates without NaN", () => {
    expect(glu(tensor([3, 3, 1e4, -1e4])).toArray()).toEqual([3, 0]);
  });

  it("accepts empty rows", () => {
    expect(softmax(tensor([], { shape: [0, 3] })).shape).toEqual([0, 3]);
    expect(glu(tensor([], { shape: [0, 4] })).shape).toEqual([0, 2]);
  });
});

describe("prelu", () => {
  it.each([[[3, 2, 2]], [[3, 1, 2]], [[1, 2, 2]], [[3, 1, 1]], [[2, 1]]])("has slopes of shape %j for each place", (shape) => {
    const generator = new Generator(8);
    const x = randn([2, 3, 2, 2], { generator, dtype: "float64" });
    const weight = randn(shape, { generator, dtype: "float64" });
    const extents = [...Array<number>(4 - shape.length).fill(1), ...shape];
    prelu(x, weight).data.forEach((y, at) => {
      const place = [Math.floor(at / 12), Math.floor(at / 4) % 3, Math.floor(at / 2) % 2, at % 2];
      const slope = place.reduce((index, i, axis) => index * extents[axis]! + (extents[axis] === 1 ? 0 : i), 0);
      expect(y).toBe(x.data[at]! > 0 ? x.data[at] : x.data[at]! * weight.data[slope]!);
    });
    gradcheck((a, b) => prelu(a, b), [x, weight], { order: 2 });
    const layer = new PReLU({ shape, init: 0.5 });
    expect([layer.weight.shape, layer.details()]).toEqual([shape, `[${shape.join(", ")}]`]);
    expect(layer.forward(tensor([[[[-1, 2], [-3, 4]]]]).broadcastTo([2, 3, 2, 2])).toArray()).toEqual(
      tensor([[[[-0.5, 2], [-1.5, 4]]]]).broadcastTo([2, 3, 2, 2]).toArray(),
    );
  }); // prettier-ignore

  it.each([
    { shape: [2, 3], channels: 3 },
    { shape: [2, 3, 2, 2], channels: 3 },
    { shape: [2, 3, 2], channels: 1 },
    { shape: [5], channels: 1 },
    { shape: [], channels: 1 },
  ])("has one slope per channel: $shape, $channels", ({ shape, channels }) => {
    const generator = new Generator(3);
    const x = randn(shape, { generator, dtype: "float64" });
    const weight = randn([channels], { generator, dtype: "float64" });
    const inner = shape.slice(2).reduce((n, extent) => n * extent, 1);
    prelu(x, weight).data.forEach((y, i) => {
      const value = x.data[i]!;
      const channel = channels === 1 ? 0 : Math.floor(i / inner) % channels;
      expect(y).toBe(value > 0 ? value : value * weight.data[channel]!);
    });
    gradcheck((a, b) => prelu(a, b), [x, weight], { order: 2 });
  });

  it("keeps infinities out of the slope's gradient", () => {
    const x = tensor([Infinity, -2], { dtype: "float64" });
    const weight = tensor([0.25], { dtype: "float64", requiresGrad: true });
    expect(grad(prelu(x, weight).sum(), [weight])[0]?.toArray()).toEqual([-2]);
  });

  it("has the slope as its gradient at 0", () => {
    const x = tensor([0], { requiresGrad: true });
    expect(grad(prelu(x, tensor([0.25])).sum(), [x])[0]?.toArray()).toEqual([0.25]);
  });
});

describe("tlu", () => {
  it("has one threshold per channel", () => {
    const generator = new Generator(5);
    const x = randn([2, 3, 2], { generator, dtype: "float64" });
    const threshold = randn([3], { generator, dtype: "float64" });
    tlu(x, threshold).data.forEach((y, i) => {
      expect(y).toBe(Math.max(x.data[i]!, threshold.data[Math.floor(i / 2) % 3]!));
    });
    gradcheck((a, b) => tlu(a, b), [x, threshold], { order: 2 });
  });
});
