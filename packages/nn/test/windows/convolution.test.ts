import { gradcheck } from "@tapegrad/autograd";
import { type Tensor, zeros } from "@tapegrad/tensor";
import { drawer, errorOf, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional as f } from "../../src/index.ts";
import { naiveConvolution, type Window } from "./naive-windows.ts";

const draw = drawer(11);

type Conv = (x: Tensor, w: Tensor, b?: Tensor, options?: f.ConvolutionOptions) => Tensor;
const convs: Record<number, Conv> = { 1: f.conv1d, 2: f.conv2d, 3: f.conv3d };
const transposed: Record<
  number,
  (x: Tensor, w: Tensor, b?: Tensor, options?: f.TransposedConvolutionOptions) => Tensor
> = {
  1: f.convTranspose1d,
  2: f.convTranspose2d,
  3: f.convTranspose3d,
};

interface Case {
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly options?: f.ConvolutionOptions;
}

const cases: readonly Case[] = [
  { x: [2, 3, 7], w: [4, 3, 3] },
  { x: [1, 2, 8], w: [2, 2, 3], options: { stride: 2, padding: 2, dilation: 2 } },
  { x: [2, 4, 6], w: [6, 2, 2], options: { groups: 2, padding: 1 } },
  { x: [1, 2, 6], w: [2, 2, 4], options: { padding: "same" } },
  { x: [1, 2, 1], w: [3, 2, 1] },
  { x: [2, 2, 5, 4], w: [3, 2, 3, 2] },
  { x: [1, 3, 5, 6], w: [6, 1, 2, 3], options: { groups: 3, stride: [1, 2], padding: [1, 0] } },
  { x: [2, 2, 6, 5], w: [3, 2, 2, 2], options: { stride: [3, 2], dilation: [1, 3] } },
  { x: [1, 2, 3, 3], w: [2, 2, 1, 1], options: { stride: 2 } },
  { x: [1, 2, 3, 3], w: [2, 2, 1, 1] },
  { x: [1, 1, 4, 4], w: [1, 1, 4, 4] },
  { x: [1, 1, 4, 5], w: [2, 1, 2, 3], options: { padding: "same", dilation: [2, 1] } },
  { x: [1, 2, 3, 4, 3], w: [2, 2, 2, 3, 2], options: { padding: 1, stride: [2, 1, 2] } },
];

function windowOf({ w, options = {} }: Case): Window {
  const size = w.slice(2);
  const spread = (value: f.PerAxis | undefined, otherwise: number): number[] =>
    typeof value === "object" ? [...value] : size.map(() => value ?? otherwise);
  const dilation = spread(options.dilation, 1);
  const { padding } = options;
  const total = size.map((n, k) => (n - 1) * dilation[k]!);
  return {
    size,
    dilation,
    stride: spread(options.stride, 1),
    padding:
      padding === "same"
        ? total.map((n) => [Math.floor(n / 2), n - Math.floor(n / 2)])
        : spread(padding === "valid" ? 0 : padding, 0).map((n) => [n, n]),
  };
}

describe("convolution", () => {
  it.each(cases)("agrees with loops, and with finite differences: $x, $w, $options", (example) => {
    const { x: shape, w: weightShape, options = {} } = example;
    const [x, w, b] = [draw(...shape), draw(...weightShape), draw(weightShape[0]!)];
    const conv = convs[shape.length - 2]!;
    const expected = naiveConvolution(x, w, b, windowOf(example), options.groups ?? 1);
    const y = conv(x, w, b, options);
    expect(y.shape).toEqual(expected.shape);
    expectClose(y, expected);
    expectClose(
      conv(x, w, undefined, options),
      naiveConvolution(x, w, undefined, windowOf(example), options.groups ?? 1),
    );
    expectClose(conv(x.slice(0), w, b, options), y.slice(0));
    const single = conv(x.to("float32"), w.to("float32"), b.to("float32"), options);
    expect(single.dtype).toBe("float32");
    expectClose(single.to("float64"), y, { rtol: 0, atol: 5e-5 });
    gradcheck((p, q, r) => conv(p, q, r, options), [x, w, b]);
    if (x.size <= 50) gradcheck((p, q, r) => conv(p, q, r, options), [x, w, b], { order: 2 });
  });

  it("gives an empty batch for an empty batch", () => {
    const [x, w] = [zeros([0, 2, 5, 5], { requiresGrad: true }), zeros([3, 2, 3, 3], { requiresGrad: true })];
    const y = f.conv2d(x, w, zeros([3]));
    expect(y.shape).toEqual([0, 3, 3, 3]);
    y.backward(zeros([0, 3, 3, 3]));
    expect(x.grad?.shape).toEqual([0, 2, 5, 5]);
    expect(w.grad?.toArray()).toEqual(zeros([3, 2, 3, 3]).toArray());
    expect(f.convTranspose2d(zeros([0, 2, 5, 5]), zeros([2, 3, 3, 3])).shape).toEqual([0, 3, 7, 7]);
    expect(f.unfold(zeros([0, 2, 5, 5]), 2).shape).toEqual([0, 8, 16]);
  });
});

describe("transposed convolution", () => {
  const rows: readonly (Case & { readonly transposed?: f.TransposedConvolutionOptions })[] = [
    { x: [2, 2, 4], w: [2, 3, 3] },
    { x: [1, 4, 3], w: [4, 2, 2], transposed: { groups: 2, stride: 3, outputPadding: 1 } },
    { x: [1, 2, 3, 2], w: [2, 3, 3, 2], transposed: { stride: 2, padding: 1, outputPadding: 1 } },
    { x: [2, 2, 3, 3], w: [2, 1, 2, 3], transposed: { dilation: [2, 3], padding: [1, 0], outputPadding: [1, 2] } },
    { x: [1, 1, 2, 2], w: [1, 2, 2, 2], transposed: { stride: 2, padding: 0, outputPadding: 1 } },
    { x: [1, 2, 2, 2, 2], w: [2, 1, 2, 2, 2], transposed: { stride: [1, 2, 1] } },
  ];

  it.each(rows)(
    "is the adjoint of convolution: $x, $w, $transposed",
    ({ x: shape, w: weightShape, transposed: t = {} }) => {
      const rank = shape.length - 2;
      const [x, w] = [draw(...shape), draw(...weightShape)];
      const y = transposed[rank]!(x, w, undefined, t);
      const { outputPadding: _, ...options } = t;
      const u = draw(...y.shape);
      // ⟨conv(u), x⟩ = ⟨u, convᵀ(x)⟩; outputPadding may make room for further windows.
      const forward = convs[rank]!(u, w, undefined, options).slice(...shape.map((n): [number, number] => [0, n]));
      expect(forward.mul(x).sum().item()).toBeCloseTo(u.mul(y).sum().item(), 10);
      const b = draw(weightShape[1]! * (t.groups ?? 1));
      expectClose(transposed[rank]!(x, w, b, t), y.add(b.reshape([b.size, ...shape.slice(2).map(() => 1)])));
      expectClose(transposed[rank]!(x.slice(0), w, b, t), transposed[rank]!(x, w, b, t).slice(0));
      gradcheck((p, q, r) => transposed[rank]!(p, q, r, t), [x, w, b], { order: x.size <= 20 ? 2 : 1 });
    },
  );
});

describe("unfold and fold", () => {
  const settings: readonly (readonly [readonly number[], f.PerAxis, f.UnfoldOptions])[] = [
    [[2, 2, 4, 5], 2, {}],
    [[1, 3, 5, 4], [2, 3], { stride: 2, padding: [1, 0] }],
    [[1, 1, 6, 6], 2, { dilation: [2, 3], padding: 1 }],
  ];

  it.each(settings)("are adjoint: %j, %j, %j", (shape, size, options) => {
    const x = draw(...shape);
    const columns = f.unfold(x, size, options);
    const y = draw(...columns.shape);
    const image = f.fold(y, shape.slice(2), size, options);
    expect(image.shape).toEqual(shape);
    expect(columns.mul(y).sum().item()).toBeCloseTo(image.mul(x).sum().item(), 10);
    expectClose(f.fold(y.slice(0), shape.slice(2), size, options), image.slice(0));
    gradcheck((t) => f.unfold(t, size, options), [x], { order: 2 });
    gradcheck((t) => f.fold(t, shape.slice(2), size, options), [y], { order: 2 });
  });

  it("make a convolution together with a product", () => {
    const [x, w] = [draw(2, 3, 5, 5), draw(4, 3, 2, 2)];
    const y = w.reshape([4, 12]).matmul(f.unfold(x, 2)).reshape([2, 4, 4, 4]);
    expectClose(y, f.conv2d(x, w));
  });
});

describe("errors", () => {
  const [x, w] = [zeros([1, 4, 5, 5]), zeros([6, 4, 3, 3])];

  it.each<readonly [() => unknown, string]>([
    [() => f.conv2d(zeros([1, 3, 5, 5]), w), "ShapeError: conv2d: expected input of 4 channels for a weight of shape [6, 4, 3, 3] in 1 groups, got shape [1, 3, 5, 5]."],
    [() => f.conv2d(zeros([1, 4, 2, 5]), w), "ShapeError: conv2d: expected spatial extents of at least [3, 3] after padding, got [2, 5]."],
    [() => f.conv2d(zeros([4, 5]), w), "ShapeError: conv2d: expected input of 4 axes (or 3 for one sample), got shape [4, 5]."],
    [() => f.conv1d(zeros([1, 4, 5]), w), "ShapeError: conv1d: expected a weight of 3 axes, got shape [6, 4, 3, 3]."],
    [() => f.conv2d(x, w, zeros([5])), "ShapeError: conv2d: expected bias of shape [6], got [5]."],
    [() => f.conv2d(x, w.to("float64")), "DTypeError: conv2d: expected input and weight of one numeric dtype, got float32 and float64. Convert with to(\"float64\")."],
    [() => f.conv2d(x, w, undefined, { groups: 4 }), "ShapeError: conv2d: expected a number of filters divisible by 4 groups, got 6."],
    [() => f.conv2d(x, w, undefined, { groups: 0 }), "ValueError: conv2d: expected groups to be a whole number ≥ 1, got 0."],
    [() => f.conv2d(x, w, undefined, { stride: 0 }), "ValueError: conv2d: expected stride to be a whole number ≥ 1, or 2 of them, got 0."],
    [() => f.conv2d(x, w, undefined, { dilation: [1] }), "ValueError: conv2d: expected dilation to be a whole number ≥ 1, or 2 of them, got [1]."],
    [() => f.conv1d(x, zeros([1, 4, 3]), undefined, { padding: -1 }), "ValueError: conv1d: expected padding to be a whole number ≥ 0, or same or valid, got -1."],
    [() => f.conv2d(x, w, undefined, { padding: "same", stride: 2 }), 'ValueError: conv2d: expected stride 1 with padding "same", got [2, 2].'],
    [() => f.conv2d(x, w, undefined, { padding: "full" as "same" }), 'ValueError: conv2d: expected padding to be a whole number ≥ 0, or 2 of them, or same or valid, got full.'],
    [() => f.conv2d(x, w, undefined, { strides: 1 } as object), 'ValueError: conv2d: expected options stride, padding, dilation, groups, got "strides". Did you mean "stride"?'],
    [() => f.convTranspose2d(x, zeros([3, 4, 3, 3])), "ShapeError: convTranspose2d: expected input of 3 channels and no empty axis for a weight of shape [3, 4, 3, 3], got shape [1, 4, 5, 5]."],
    [() => f.convTranspose2d(x, zeros([4, 3])), "ShapeError: convTranspose2d: expected a weight of 4 axes, got shape [4, 3]."],
    [() => f.convTranspose2d(x, zeros([4, 1, 3, 3]), undefined, { groups: 3 }), "ShapeError: convTranspose2d: expected a number of channels divisible by 3 groups, got 4."],
    [() => f.convTranspose2d(x, zeros([4, 1, 3, 3]), undefined, { stride: 2, outputPadding: 2 }), "ValueError: convTranspose2d: expected outputPadding below stride or dilation, got [2, 2]."],
    [() => f.convTranspose2d(zeros([1, 4, 1, 1]), zeros([4, 1, 2, 2]), undefined, { padding: 1 }), "ShapeError: convTranspose2d: expected a result with extents of at least 1, got [0, 0]."],
    [() => f.convTranspose2d(x, zeros([4, 1, 3, 3]), undefined, { padding: "same" } as object), "ValueError: convTranspose2d: expected padding to be a whole number ≥ 0, or 2 of them, got same."],
    [() => f.convTranspose2d(x, zeros([4, 1, 3, 3]), zeros([2])), "ShapeError: convTranspose2d: expected bias of shape [1], got [2]."],
    [() => f.unfold(x, 6), "ShapeError: unfold: expected spatial extents of at least [6, 6] after padding, got [5, 5]."],
    [() => f.unfold(x, 0), "ValueError: unfold: expected size to be a whole number ≥ 1, or 2 of them, got 0."],
    [() => f.fold(zeros([1, 8, 5]), [3, 3], 2), "ShapeError: fold: expected columns of shape [N, C·4, 4], got [1, 8, 5]."],
    [() => f.fold(zeros([1, 7, 4]), [3, 3], 2), "ShapeError: fold: expected columns of shape [N, C·4, 4], got [1, 7, 4]."],
  ])("%#", (run, message) => {
    expect(errorOf(run)).toBe(message);
  }); // prettier-ignore
});
