import { grad, gradcheck } from "@tapegrad/autograd";
import { arange, Generator, randperm, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { drawer, errorOf, expectClose, positions } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional as f } from "../../src/index.ts";
import { seen, type Window } from "./naive-windows.ts";

const generator = new Generator(7);
const draw = drawer(17);
/** Distinct numbers, so that a step of finite differences changes no maximum. */
const distinct = (...shape: number[]): Tensor => {
  const size = shape.reduce((product, n) => product * n, 1);
  return randperm(size, { generator }).to("float64").div(size).reshape(shape);
};

interface Case {
  readonly shape: readonly number[];
  readonly size: f.PerAxis;
  readonly options?: f.MaxPoolOptions;
}

const maxPools = [f.maxPool1d, f.maxPool2d, f.maxPool3d];
const avgPools = [f.avgPool1d, f.avgPool2d, f.avgPool3d];

/** The window of a case, and its number of positions by counting them. */
function layout({ shape, size, options = {} }: Case): { window: Window; places: number[] } {
  const extents = shape.slice(2);
  const spread = (value: f.PerAxis): number[] => (typeof value === "object" ? [...value] : extents.map(() => value));
  const { padding = 0 } = options;
  const isPairs = typeof padding === "object" && typeof padding[0] === "object";
  const pad = isPairs ? (padding as [number, number][]) : spread(padding as f.PerAxis).map((p): [number, number] => [p, p]); // prettier-ignore
  const n = spread(size);
  const [stride, dilation] = [spread(options.stride ?? size), spread(options.dilation ?? 1)];
  const places = extents.map((extent, k) => {
    const span = (n[k]! - 1) * dilation[k]! + 1;
    let count = 0;
    const [low, high] = pad[k]!;
    for (let start = -low; ; start += stride[k]!) {
      const whole = start + span <= extent + high;
      // A window over the end counts in ceil mode if the one before did not reach it, and it starts before the end.
      const partial = options.ceilMode === true && start < extent && start + span - stride[k]! < extent + high;
      if (!whole && !partial) return count;
      count++;
    }
  });
  return { window: { size: n, stride, dilation, padding: pad }, places };
}

function naivePool(x: Tensor, example: Case, reduce: (window: (number | undefined)[], place: number[]) => number) {
  const { window, places } = layout(example);
  const shape = [x.shape[0]!, x.shape[1]!, ...places];
  const data = positions(shape).map(([n, c, ...place]) => reduce(seen(x, n!, c!, place, window), place));
  return { shape, data };
}

const isElement = (value: number | undefined): value is number => value !== undefined;

const cases: readonly Case[] = [
  { shape: [2, 3, 8], size: 2 },
  { shape: [1, 2, 9], size: 3, options: { stride: 2, padding: 1 } },
  { shape: [1, 2, 7], size: 3, options: { stride: 2, ceilMode: true } },
  { shape: [1, 2, 6], size: 2, options: { stride: 3, padding: 1, ceilMode: true } },
  { shape: [1, 1, 1], size: 1 },
  { shape: [2, 2, 4, 6], size: 2 },
  { shape: [1, 2, 5, 5], size: [3, 2], options: { stride: [2, 1], padding: [1, 0] } },
  { shape: [1, 2, 5, 6], size: 3, options: { stride: 2, padding: 1, ceilMode: true } },
  { shape: [1, 1, 3, 4, 3], size: [2, 2, 3] },
  { shape: [1, 2, 7], size: 3, options: { stride: 2, padding: [[0, 2]] } },
  { shape: [1, 1, 5, 6], size: [2, 3], options: { stride: 2, padding: [[1, 0], [2, 0]], ceilMode: true } }, // prettier-ignore
  { shape: [1, 1, 4, 3], size: 2, options: { stride: 1, padding: [[0, 1], [0, 1]] } }, // prettier-ignore
];
const dilated: readonly Case[] = [
  { shape: [1, 2, 9], size: 2, options: { stride: 1, dilation: 3 } },
  { shape: [1, 2, 7, 6], size: 2, options: { stride: 2, dilation: [2, 3], padding: 1 } },
  { shape: [1, 1, 7, 7], size: 3, options: { stride: 2, dilation: 2, padding: 2, ceilMode: true } },
];

describe("max pooling", () => {
  it.each([...cases, ...dilated])(
    "agrees with loops, and with finite differences: $shape, $size, $options",
    (example) => {
      const { shape, size, options = {} } = example;
      const pool = maxPools[shape.length - 3]!;
      const x = distinct(...shape).sub(2); // all below 0, the padding of averages
      expectClose(
        pool(x, size, options),
        naivePool(x, example, (window) => Math.max(...window.filter(isElement))),
      );
      const one = pool(x.slice(0), size, options);
      expect(one.toArray()).toEqual(pool(x, size, options).slice(0).toArray());
      gradcheck((t) => pool(t, size, options), [x], { order: 2 });
    },
  );

  it("gives the gradient to the first among ties", () => {
    const x = zeros([1, 1, 3, 3], { requiresGrad: true });
    const [g] = grad(f.maxPool2d(x, 2, { stride: 1 }).mul(tensor([[1, 10], [100, 1000]])).sum(), [x]); // prettier-ignore
    expect(g?.toArray()).toEqual([[[[1, 10, 0], [100, 1000, 0], [0, 0, 0]]]]); // prettier-ignore
  });

  it("prefers any element to padding, also −∞, and passes NaN", () => {
    const x = tensor([[[-Infinity, -Infinity, NaN, 1]]], { requiresGrad: true });
    const { values, indices } = f.maxPoolWithIndices(x, [3], { stride: 1, padding: 1 });
    expect(values.toArray()).toEqual([[[-Infinity, NaN, NaN, NaN]]]);
    expect(indices.toArray()).toEqual([[[0, 2, 2, 2]]]);
    expect(grad(values.sum(), [x])[0]?.toArray()).toEqual([[[1, 0, 3, 0]]]);
  });

  it("tells where each maximum was, padding left out", () => {
    const x = distinct(2, 3, 5, 6);
    const options = { stride: 2, padding: 1, ceilMode: true };
    const { values, indices } = f.maxPoolWithIndices(x, [3, 3], options);
    expect(indices.dtype).toBe("int32");
    const flat = x.reshape([2, 3, 30]);
    expect(
      flat
        .gather(2, indices.reshape([2, 3, indices.size / 6]))
        .reshape(values.shape)
        .toArray(),
    ).toEqual(values.toArray());
    const single = f.maxPoolWithIndices(x.slice(0), [3, 3], options);
    expect(single.indices.toArray()).toEqual(indices.slice(0).toArray());
    expect(values.toArray()).toEqual(f.maxPool2d(x, 3, options).toArray());
  });

  it("takes whole numbers and empty batches", () => {
    expect(f.maxPool1d(arange(6).sub(9).reshape(1, 1, 6), 3, { padding: 1 }).toArray()).toEqual([[[-8, -5]]]);
    const x = zeros([0, 2, 4, 4], { requiresGrad: true });
    const y = f.maxPool2d(x, 2);
    expect(y.shape).toEqual([0, 2, 2, 2]);
    expect(grad(y.sum(), [x])[0]?.shape).toEqual([0, 2, 4, 4]);
  });
});

describe("average pooling", () => {
  const mean = (values: readonly number[], count: number): number => values.reduce((sum, v) => sum + v, 0) / count;

  it.each(cases)("agrees with loops, and with finite differences: $shape, $size, $options", (example) => {
    const { shape, size, options = {} } = example;
    const pool = avgPools[shape.length - 3]!;
    const x = draw(...shape);
    const without = naivePool(x, example, (window) => mean(window.filter(isElement), window.filter(isElement).length));
    expectClose(pool(x, size, { ...options, countIncludePad: false }), without);
    const { window, places } = layout(example);
    // Padding counts, what lies beyond it does not.
    const within = (place: readonly number[]): number =>
      place.reduce((count, p, k) => {
        const start = p * window.stride[k]! - window.padding[k]![0];
        return count * (Math.min(start + window.size[k]!, shape[2 + k]! + window.padding[k]![1]) - start);
      }, 1);
    const y = pool(x, size, options);
    expectClose(
      y,
      naivePool(x, example, (values, place) => mean(values.filter(isElement), within(place))),
    );
    expect(y.shape.slice(2)).toEqual(places);
    expectClose(
      pool(x, size, { ...options, divisor: 7 }),
      naivePool(x, example, (v) => mean(v.filter(isElement), 7)),
    );
    gradcheck((t) => pool(t, size, { ...options, countIncludePad: false }), [x], { order: 2 });
    gradcheck((t) => pool(t, size, options), [x]);
    expect(pool(x.slice(0), size, options).toArray()).toEqual(y.slice(0).toArray());
  });

  it("takes whole numbers and empty batches, and averages everything", () => {
    expect(f.avgPool1d(arange(4).reshape(1, 1, 4), 2).toArray()).toEqual([[[0.5, 2.5]]]);
    expect(f.avgPool2d(zeros([0, 2, 4, 4]), 2).shape).toEqual([0, 2, 2, 2]);
    const x = draw(2, 3, 4, 5);
    const all = f.globalAvgPool(x);
    expect(all.toArray()).toEqual(x.mean({ axis: [2, 3] }).toArray());
    expect(f.globalAvgPool(x, { keepDims: true }).shape).toEqual([2, 3, 1, 1]);
    gradcheck((t) => f.globalAvgPool(t), [x], { order: 2 });
  });
});

describe("adaptive pooling", () => {
  const rows: readonly (readonly [readonly number[], f.OutputSize])[] = [
    [[2, 2, 5], 2],
    [[1, 2, 4], 4],
    [[1, 2, 3], 5],
    [[1, 2, 6], 3],
    [[1, 2, 3, 4], null],
    [
      [1, 2, 5, 7],
      [2, 3],
    ],
    [
      [1, 1, 3, 3],
      [5, null],
    ],
    [
      [1, 1, 4, 6],
      [null, 1],
    ],
    [
      [1, 1, 3, 4, 5],
      [2, 3, 2],
    ],
  ];
  const averages = [f.adaptiveAvgPool1d, f.adaptiveAvgPool2d, f.adaptiveAvgPool3d];
  const maxima = [f.adaptiveMaxPool1d, f.adaptiveMaxPool2d, f.adaptiveMaxPool3d];

  function naive(x: Tensor, outputSize: f.OutputSize, reduce: (values: number[]) => number) {
    const extents = x.shape.slice(2);
    const wanted = extents.map((n, k) => (typeof outputSize === "object" ? (outputSize?.[k] ?? n) : outputSize));
    const shape = [...x.shape.slice(0, 2), ...wanted];
    const data = positions(shape).map(([n, c, ...place]) => {
      const ranges = place.map((p, k): [number, number] => [
        Math.floor((p * extents[k]!) / wanted[k]!),
        Math.ceil(((p + 1) * extents[k]!) / wanted[k]!),
      ]);
      return reduce(Array.from(x.slice(n!, c!, ...ranges).data));
    });
    return { shape, data };
  }

  it.each(rows)("agrees with loops, and with finite differences: %j to %j", (shape, outputSize) => {
    const [average, maximum] = [averages[shape.length - 3]!, maxima[shape.length - 3]!];
    const x = distinct(...shape).sub(2);
    expectClose(
      average(x, outputSize),
      naive(x, outputSize, (v) => v.reduce((sum, e) => sum + e, 0) / v.length),
    );
    expectClose(
      maximum(x, outputSize),
      naive(x, outputSize, (v) => Math.max(...v)),
    );
    expect(average(x.slice(0), outputSize).toArray()).toEqual(average(x, outputSize).slice(0).toArray());
    gradcheck((t) => average(t, outputSize), [x], { order: 2 });
    gradcheck((t) => maximum(t, outputSize), [x], { order: 2 });
  });

  it("gives the gradient to the first among ties, and keeps infinities apart", () => {
    const x = zeros([1, 1, 3, 3], { requiresGrad: true });
    expect(grad(f.adaptiveMaxPool2d(x, 1).sum(), [x])[0]?.toArray()).toEqual([[[[1, 0, 0], [0, 0, 0], [0, 0, 0]]]]); // prettier-ignore
    expect(f.adaptiveAvgPool1d(tensor([[[1, 3, 5, Infinity, 1]]]), 3).toArray()).toEqual([[[2, Infinity, Infinity]]]);
    expect(f.adaptiveAvgPool1d(zeros([0, 2, 5]), 2).shape).toEqual([0, 2, 2]);
  });
});

describe("errors", () => {
  const x = zeros([1, 2, 5, 5]);

  it.each<readonly [() => unknown, string]>([
    [() => f.maxPool2d(x, 2, { padding: 2 }), "ValueError: maxPool2d: expected padding of at most half a window [2, 2], got 2."],
    [() => f.maxPool2d(x, 2, { padding: [[0, 2], [0, 0]] }), "ValueError: maxPool2d: expected padding of less than a window [2, 2], got [[0, 2], [0, 0]]."],
    [() => f.avgPool2d(x, 2, { padding: [[0, 1]] }), "ValueError: avgPool2d: expected padding to be a whole number ≥ 0, or 2 of them, or [before, after] of each axis, got [[0, 1]]."],
    [() => f.maxPool1d(zeros([1, 1, 1]), 2, { dilation: 2, padding: 1 }), "ShapeError: maxPool1d: expected an element of the input in every window, got extents [1] between elements of dilation [2]."],
    [() => f.maxPool2d(x, 6), "ShapeError: maxPool2d: expected spatial extents of at least a window [6, 6] after padding, got [5, 5]."],
    [() => f.maxPool2d(x, [2, 2, 2]), "ValueError: maxPool2d: expected size to be a whole number ≥ 1, or 2 of them, got [2, 2, 2]."],
    [() => f.maxPool2d(x, 2, { stride: 0 }), "ValueError: maxPool2d: expected stride to be a whole number ≥ 1, or 2 of them, got 0."],
    [() => f.maxPool2d(x, 2, { dilations: 1 } as object), 'ValueError: maxPool2d: expected options stride, padding, ceilMode, dilation, got "dilations". Did you mean "dilation"?'],
    [() => f.maxPool2d(x.eq(0), 2), "DTypeError: maxPool2d: expected numbers, got bool."],
    [() => f.maxPool1d(x, 2), "ShapeError: maxPool1d: expected input of 3 axes (or 2 for one sample), got shape [1, 2, 5, 5]."],
    [() => f.avgPool2d(x, 6), "ShapeError: avgPool2d: expected spatial extents of at least a window [6, 6] after padding, got [5, 5]."],
    [() => f.avgPool2d(x, 2, { divisor: 0 }), "ValueError: avgPool2d: expected divisor to be a finite number other than 0, got 0."],
    [() => f.avgPool2d(x, 2, { dilation: 1 } as object), 'ValueError: avgPool2d: expected options stride, padding, ceilMode, countIncludePad, divisor, got "dilation".'],
    [() => f.adaptiveAvgPool2d(x, 0), "ValueError: adaptiveAvgPool2d: expected outputSize to be a whole number ≥ 1 or null, or 2 of them, got 0."],
    [() => f.adaptiveMaxPool2d(x, [1]), "ValueError: adaptiveMaxPool2d: expected outputSize to be a whole number ≥ 1 or null, or 2 of them, got [1]."],
    [() => f.adaptiveMaxPool2d(zeros([1, 2, 0, 5]), 1), "ShapeError: adaptiveMaxPool2d: expected spatial extents of at least 1, got shape [1, 2, 0, 5]."],
    [() => f.adaptiveMaxPool1d(zeros([1, 2, 5]), [null, 1]), "ValueError: adaptiveMaxPool1d: expected outputSize to be a whole number ≥ 1 or null, got [null, 1]."],
    [() => f.adaptiveAvgPool2d(zeros([5, 5]), 5), "ShapeError: adaptiveAvgPool2d: expected input of 4 axes (or 3 for one sample), got shape [5, 5]."],
    [() => f.maxPool2d(x, 2, { ceilMode: 1 as unknown as boolean }), "ValueError: maxPool2d: expected ceilMode to be true or false, got 1."],
    [() => f.globalAvgPool(zeros([2, 3])), "ShapeError: globalAvgPool: expected input [N, C, ...spatial], got shape [2, 3]."],
    [() => f.globalAvgPool(x, { keepdims: true } as object), 'ValueError: globalAvgPool: expected options keepDims, mask, got "keepdims". Did you mean "keepDims"?'],
  ])("%#", (run, message) => {
    expect(errorOf(run)).toBe(message);
  }); // prettier-ignore
});
