import { grad, gradcheck } from "@tapegrad/autograd";
import { arange, full, Generator, ones, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { drawer, errorOf, expectClose, positions } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import * as nn from "../../src/index.ts";

const f = nn.functional;
const draw = drawer(23);
const ints = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

describe("resampling", () => {
  it("takes the nearest of whole numbers and bools as they are, and makes floats in between", () => {
    const x = tensor([[[7, -2]]], { dtype: "int32" });
    const nearest = f.interpolate(x, { size: 3 });
    expect([nearest.dtype, nearest.toArray()]).toEqual(["int32", [[[7, 7, -2]]]]);
    expect(f.interpolate(x.gt(0), { scaleFactor: 2 }).dtype).toBe("bool");
    const linear = f.interpolate(x, { size: 3, mode: "linear", alignCorners: true });
    expect([linear.dtype, linear.toArray()]).toEqual(["float32", [[[7, 2.5, -2]]]]);
  });

  it("places whole steps exactly, however large they are", () => {
    // In the first three a place comes out below a whole number if the step is rounded first.
    for (const [from, to] of [[30, 22], [98, 22], [30, 44], [1000, 3], [3, 1000]] as const) {
      const x = arange(from).reshape([1, 1, from]);
      const want = Array.from({ length: to }, (_, i) => Number((BigInt(i) * BigInt(from)) / BigInt(to)));
      expect(Array.from(f.interpolate(x, { size: to }).data)).toEqual(want);
    }
  }); // prettier-ignore

  it("gives PyTorch's bicubic, number by number", () => {
    const y = f.interpolate(tensor([[[[1, 2], [3, 5]]]], { dtype: "float64" }), { size: [3, 4], mode: "bicubic" }); // prettier-ignore
    expectClose(
      y,
      [
        [
          [
            [0.7301, 1.0333, 1.5327, 1.8359],
            [1.8418, 2.3398, 3.1602, 3.6582],
            [2.9535, 3.6464, 4.7876, 5.4805],
          ],
        ],
      ],
      { atol: 1e-4 },
    );
  });

  it("takes the distances of a factor also where it does not change the extent", () => {
    const x = tensor([[[1, 5, 2, 7, 3]]], { dtype: "float64" });
    const scaled = (mode: "nearest" | "linear" | "cubic") => f.interpolate(x, { scaleFactor: 1.1, mode });
    expect(scaled("nearest").toArray()).toEqual([[[1, 1, 5, 2, 7]]]);
    expectClose(scaled("cubic"), [[[0.8758, 4.769, 2.2208, 5.7961, 4.9633]]], { atol: 1e-4 }); // PyTorch's, too
    // By hand, at 0, 19/22, 39/22, 59/22 and 79/22; PyTorch copies the elements here.
    expectClose(scaled("linear"), [[[1, 49 / 11, 59 / 22, 119 / 22, 51 / 11]]]);
  });

  it("leaves an image as it is where extents do not change", () => {
    const x = draw(1, 2, 3, 4);
    for (const mode of ["nearest", "linear", "cubic", "area"] as const) {
      expectClose(f.interpolate(x, { scaleFactor: 1, mode }), x);
    }
  });

  it("is undone where it shuffles", () => {
    const x = draw(2, 12, 2, 3);
    expect(f.pixelUnshuffle(f.pixelShuffle(x, 2), 2).toArray()).toEqual(x.toArray());
    expect(f.channelShuffle(f.channelShuffle(x, 3), 4).toArray()).toEqual(x.toArray());
    expect(f.pixelShuffle(x.slice(0), 2).toArray()).toEqual(f.pixelShuffle(x, 2).slice(0).toArray());
  });

  it("samples the identity, and reads nothing outside, be it infinite", () => {
    const x = draw(2, 3, 4, 5);
    const theta = tensor([[[1, 0, 0], [0, 1, 0]], [[1, 0, 0], [0, 1, 0]]], { dtype: "float64" }); // prettier-ignore
    for (const alignCorners of [false, true]) {
      const grid = f.affineGrid(theta, [4, 5], { alignCorners });
      expectClose(f.gridSample(x, grid, { alignCorners }), x);
    }
    const edge = tensor([[[[Infinity, 1]]]], { requiresGrad: true });
    const y = f.gridSample(edge, tensor([[[[0.5, 0], [0, 5], [-3, Infinity]]]])); // prettier-ignore
    expect(y.toArray()).toEqual([[[[1, 0, 0]]]]);
    expect(grad(y.sum(), [edge])[0]!.toArray()).toEqual([[[[0, 1]]]]);
    const one = f.gridSample(full([1, 1, 1, 1], 5), tensor([[[[0.7, -3]]]]), { paddingMode: "reflection", alignCorners: true }); // prettier-ignore
    expect(one.item()).toBe(5);
    const halves = tensor([[[-0.75], [-0.25], [0.25], [0.75]]]);
    const even = f.gridSample(arange(5).to("float32").reshape([1, 1, 5]), halves, { mode: "nearest", alignCorners: true }); // prettier-ignore
    expect(even.toArray()).toEqual([[[0, 2, 2, 4]]]);
    const missing = f.gridSample(x, zeros([2, 1, 1, 2], { dtype: "float64" }).div(0), { mode: "nearest" });
    expect(Array.from(missing.data)).toEqual(Array.from({ length: 6 }, () => NaN));
  });
});

describe("more pools", () => {
  it.each(["globalAvgPool", "globalMaxPool"] as const)("%s counts what a mask leaves", (name) => {
    const pool = f[name];
    const x = draw(2, 3, 2, 4);
    const mask = tensor([[[1, 0, 0, 1], [1, 1, 0, 0]], [[0, 0, 1, 0], [0, 0, 0, 0]]]).ne(0); // prettier-ignore
    const want = positions([2, 3]).map(([n, c]) => {
      const counted = positions([2, 4]).filter(([i, j]) => mask.at(n!, i!, j!).item() !== 0);
      const values = counted.map(([i, j]) => x.at(n!, c!, i!, j!).item());
      return name === "globalMaxPool" ? Math.max(...values) : values.reduce((a, b) => a + b, 0) / values.length;
    });
    expectClose(pool(x, { mask }), { shape: [2, 3], data: want });
    expect(pool(x, { mask, keepDims: true }).shape).toEqual([2, 3, 1, 1]);
    expectClose(pool(x, { mask: ones([2, 2, 4]).ne(0) }), pool(x));
    gradcheck((t) => pool(t, { mask }), [x], { order: 2 });
    const layer = name === "globalAvgPool" ? new nn.GlobalAvgPool() : new nn.GlobalMaxPool();
    expect(layer.forward(x, mask).toArray()).toEqual(pool(x, { mask }).toArray());
    const nothing = pool(tensor([[[1, NaN]]]), { mask: zeros([1, 2]).ne(0) }).item();
    expect(nothing).toBe(name === "globalAvgPool" ? NaN : -Infinity);
    const hidden = tensor([[[1, NaN]]], { requiresGrad: true });
    const seen = pool(hidden, { mask: tensor([[1, 0]]).ne(0) });
    expect([seen.item(), grad(seen.sum(), [hidden])[0]!.toArray()]).toEqual([1, [[[1, 0]]]]);
  });

  it("gives the gradient of a global maximum to the first among ties", () => {
    const x = zeros([1, 1, 2, 2], { requiresGrad: true });
    expect(grad(f.globalMaxPool(x).sum(), [x])[0]!.toArray()).toEqual([[[[1, 0], [0, 0]]]]); // prettier-ignore
  });

  it("puts the last of several where windows overlap, with its gradient", () => {
    const values = tensor([[[5, 6, 7]]], { requiresGrad: true });
    const y = f.maxUnpool(values, ints(1, 1, 3).reshape([1, 1, 3]), [2], { stride: 1 });
    expect(y.toArray()).toEqual([[[0, 6, 0, 7]]]);
    expect(grad(y.mul(ints(1, 2, 3, 4)).sum(), [values])[0]!.toArray()).toEqual([[[0, 2, 4]]]);
    const pooled = f.maxPoolWithIndices(draw(3, 5), [2]);
    const layer = new nn.MaxUnpool1d(2);
    const to = [[5], 5, draw(3, 5)].map((size) => layer.forward(pooled.values, pooled.indices, size).toArray());
    expect(to[1]).toEqual(to[0]);
    expect(to[2]).toEqual(to[0]);
  });

  it.each([
    [0, 2, 3],
    [2, 0, 3],
    [2, 2, 0],
  ])("undoes max pooling where there is no element, backward too: %i %i %i", (...shape) => {
    const values = zeros(shape, { requiresGrad: true });
    const y = f.maxUnpool(values, zeros(shape, { dtype: "int32" }), [2], { outputSize: 2 * shape[2]! || 1 });
    expect(y.toArray()).toEqual(zeros([shape[0]!, shape[1]!, 2 * shape[2]! || 1]).toArray());
    expect(grad(y.sum(), [values])[0]!.shape).toEqual(shape);
  });

  it("gives powers of zeros a gradient of 0, and NaN for negative sums", () => {
    const x = zeros([1, 1, 2], { requiresGrad: true });
    expect(grad(f.lpPool1d(x, 3, 2).sum(), [x])[0]!.toArray()).toEqual([[[0, 0]]]);
    expect(f.lpPool1d(tensor([[[-1, -2]]]), 3, 2).item()).toBeNaN();
    expect(f.lpPool1d(tensor([[[-1, -2]]]), 1, 2).item()).toBe(-3);
  });

  it("draws windows that cover the ends, other ones for each channel, the same ones for a seed", () => {
    const x = draw(2, 3, 9, 7);
    const options = { outputSize: [5, 4] };
    const pool = () => f.fractionalMaxPoolWithIndices(x, [2, 3], { ...options, generator: new Generator(6) });
    const { values, indices } = pool();
    expect(values.toArray()).toEqual(pool().values.toArray());
    expect([values.shape, indices.dtype]).toEqual([[2, 3, 5, 4], "int32"]);
    const flat = x.reshape([2, 3, 63]).gather(2, indices.reshape([2, 3, 20]));
    expect(flat.reshape(values.shape).toArray()).toEqual(values.toArray());
    const places = f.fractionalMaxPoolWithIndices(zeros([8, 1, 9]), [1], { outputSize: 4, generator: new Generator(1) });
    expect(new Set(places.indices.toArray(3).map(String)).size).toBeGreaterThan(1);
    for (const [line] of places.indices.toArray(3)) expect([line![0], line![3]]).toEqual([0, 8]);
    const one = f.fractionalMaxPoolWithIndices(x.slice(0), [2, 3], { ...options, generator: new Generator(6) });
    expect(one.indices.toArray()).toEqual(indices.slice(0).toArray());
  }); // prettier-ignore

  it("undoes strided convolutions to each extent that they begin with", () => {
    const layer = new nn.ConvTranspose1d(2, 3, 3, { stride: 3, padding: 1 });
    const x = draw(1, 2, 4).to("float32");
    for (const extent of [10, 11, 12]) {
      const y = layer.forward(x, extent);
      const like = f.convTranspose1d(x, layer.weight, layer.bias, { stride: 3, padding: 1, outputPadding: extent - 10 });
      expect(y.toArray()).toEqual(like.toArray());
      expect(layer.forward(x, zeros([1, 3, extent])).toArray()).toEqual(y.toArray());
    }
  }); // prettier-ignore
});

describe("tables of embeddings", () => {
  it("shortens long rows in place, those that are looked up, as PyTorch does", () => {
    const weight = tensor([[3, 4], [0.3, 0.4], [6, 8], [1, 2]]); // prettier-ignore
    const y = f.embedding(ints(2, 0, 2, 1), weight, { maxNorm: 2 });
    expectClose(y, [[1.2, 1.6], [1.2, 1.6], [1.2, 1.6], [0.3, 0.4]], { atol: 1e-6 }); // prettier-ignore
    expectClose(weight, [[1.2, 1.6], [0.3, 0.4], [1.2, 1.6], [1, 2]], { atol: 1e-6 }); // prettier-ignore
    const layer = new nn.Embedding(5, 3, { maxNorm: 0.5, generator: new Generator(2) }).eval();
    const before = layer.weight.detach().clone();
    layer.forward(ints(4)).mul(2).sum().backward();
    expect(layer.weight.slice(4).norm().item()).toBeCloseTo(0.5);
    expect(layer.weight.slice([0, 4]).toArray()).toEqual(before.slice([0, 4]).toArray());
    expect(layer.weight.grad!.slice(4).toArray()).toEqual([2, 2, 2]);
  });

  it("are given trained, frozen or not, and keep their storage", () => {
    const weight = tensor([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    const frozen = nn.Embedding.fromPretrained(weight, { paddingIndex: -1, maxNorm: 9 });
    expect([frozen.weight.requiresGrad, frozen.paddingIndex, frozen.details()]).toEqual([false, 2, "3, 2, paddingIndex=-1, maxNorm=9, init=zeros"]); // prettier-ignore
    expect(frozen.forward(ints(2)).toArray()).toEqual([[5, 6]]);
    const bag = nn.EmbeddingBag.fromPretrained(weight.to("float64"), { mode: "sum", freeze: false });
    expect([bag.weight.requiresGrad, bag.weight.dtype]).toEqual([true, "float64"]);
    expect(bag.forward(ints(0, 2), ints(0)).toArray()).toEqual([[6, 8]]);
    expect(Object.keys(bag.stateDict())).toEqual(["weight"]);
  });

  it("make nothing of empty bags and of padding", () => {
    const weight = tensor([[-1, -2], [-3, -4]], { requiresGrad: true }); // prettier-ignore
    for (const mode of ["sum", "mean", "max"] as const) {
      expect(f.embeddingBag(ints(0), weight, { offsets: ints(0, 1, 1), mode }).toArray()).toEqual([[-1, -2], [0, 0], [0, 0]]); // prettier-ignore
      const y = f.embeddingBag(ints(1, 1).reshape([1, 2]), weight, { paddingIndex: 1, mode });
      expect(y.toArray()).toEqual([[0, 0]]);
      expect(grad(y.sum(), [weight])[0]!.toArray()).toEqual([[0, 0], [0, 0]]); // prettier-ignore
    }
  });

  it("are trained by bags without any index, and of whole numbers stay such but in means", () => {
    const weight = tensor([[1, 2], [3, 4]], { requiresGrad: true }); // prettier-ignore
    for (const mode of ["sum", "mean", "max"] as const) {
      const nothing = f.embeddingBag(zeros([3, 0], { dtype: "int32" }), weight, { mode });
      expect(nothing.toArray()).toEqual([[0, 0], [0, 0], [0, 0]]); // prettier-ignore
      expect(grad(nothing.sum(), [weight])[0]!.toArray()).toEqual([[0, 0], [0, 0]]); // prettier-ignore
      const offsets = ints(0, 2, 2);
      const y = f.embeddingBag(ints(0, 1), weight.detach().to("int32"), { mode, offsets });
      expect(y.dtype).toBe(mode === "mean" ? "float32" : "int32");
    }
  });

  it("begin bilinear maps as PyTorch does", () => {
    const layer = new nn.Bilinear(16, 3, 40, { generator: new Generator(3), activation: "tanh" });
    for (const parameter of [layer.weight, layer.bias!]) expect(parameter.abs().max().item()).toBeLessThanOrEqual(0.25);
    expect(layer.weight.std().item()).toBeCloseTo(0.25 / Math.sqrt(3), 2);
    const [a, b] = [ones([2, 16]), ones([2, 3])];
    expect(layer.forward(a, b).toArray()).toEqual(f.bilinear(a, b, layer.weight, layer.bias).tanh().toArray());
  });
});

describe("errors", () => {
  const [image, table] = [zeros([1, 4, 4, 6]), zeros([3, 2])];
  const index = ints(0, 1, 2);

  it.each<readonly [() => unknown, string]>([
    [() => f.interpolate(image), "ValueError: interpolate: expected size or scaleFactor, got neither."],
    [() => new nn.UpSampling({ size: 2, scaleFactor: 2 }), "ValueError: UpSampling: expected size or scaleFactor, got both."],
    [() => f.interpolate(image, { size: 2, alignCorners: true }), "ValueError: interpolate: expected alignCorners false in mode nearest, got true."],
    [() => f.interpolate(image, { size: 2, recomputeScaleFactor: true }), "ValueError: interpolate: expected a scaleFactor to recompute, got size."],
    [() => f.interpolate(image, { size: [2, 2, 2] }), "ShapeError: interpolate: expected size of 2 spatial axes, got [2, 2, 2]."],
    [() => f.interpolate(image, { size: 2, mode: "trilinear" }), "ShapeError: interpolate: expected 3 spatial axes in mode trilinear, got 2. Mode linear takes any."],
    [() => f.interpolate(image, { scaleFactor: 0.2 }), "ShapeError: interpolate: expected extents of at least 1 afterwards, got 4 times 0.2."],
    [() => f.interpolate(zeros([2, 3]), { size: 2 }), "ShapeError: interpolate: expected input [N, C, ...spatial] of extents ≥ 1, got shape [2, 3]."],
    [() => f.gridSample(image, zeros([1, 2, 2, 3])), "ShapeError: gridSample: expected a grid [1, ..., 2] for input of shape [1, 4, 4, 6], got shape [1, 2, 2, 3]."],
    [() => f.gridSample(image, zeros([1, 2, 2, 2], { dtype: "float64" })), 'DTypeError: gridSample: expected input and grid of one numeric dtype, got float32 and float64. Convert with to("float64").'],
    [() => f.affineGrid(zeros([1, 2, 3]), [2, 3, 4]), "ShapeError: affineGrid: expected theta of shape [N, 3, 4] for 3 extents, got [1, 2, 3]."],
    [() => f.pixelShuffle(image, 3), "ShapeError: pixelShuffle: expected a multiple of 9 channels, got 4."],
    [() => f.pixelUnshuffle(image, 4), "ShapeError: pixelUnshuffle: expected height and width in multiples of 4, got 4 and 6."],
    [() => new nn.ChannelShuffle(3).forward(image), "ShapeError: channelShuffle: expected input [N, C, ...] of channels divisible by 3 groups, got shape [1, 4, 4, 6]."],
    [() => new nn.ZeroPad([1, 2] as never), "ValueError: ZeroPad: expected padding to be a whole number, or a list of [before, after], got [1, 2]."],
    [() => new nn.ReflectionPad(1).forward(zeros([2, 2])), "ShapeError: ReflectionPad: expected input [N, C, ...spatial], got shape [2, 2]."],
    [() => new nn.ReflectionPad([[0, 6]]).forward(image), "ShapeError: pad: expected widths of at most 5 at axis 3 of shape [1, 4, 4, 6] in mode reflect, got 6."],
    [() => f.maxUnpool(image, image, [2, 2]), "DTypeError: maxUnpool: expected int32 indices, got float32."],
    [() => f.maxUnpool(zeros([1, 1, 2]), ints(0, 4).reshape([1, 1, 2]), [2]), "ValueError: maxUnpool: expected indices in [0, 4), got 4."],
    [() => f.maxUnpool(zeros([1, 1, 2]), ints(0, 4).reshape([1, 1, 2]), [2], { outputSize: 6 }), "ShapeError: maxUnpool: expected outputSize less than a stride [2] from [4], got [6]."],
    [() => f.maxUnpool(zeros([1, 1, 2]), ints(0, 1).reshape([1, 1, 2]), [2], { outputSize: 2 }), "ShapeError: maxUnpool: expected outputSize less than a stride [2] from [4], got [2]."],
    [() => f.lpPool2d(image, 0, 2), "ValueError: lpPool2d: expected p > 0, got 0."],
    [() => f.fractionalMaxPool2d(image, 2), "ValueError: fractionalMaxPool2d: expected outputSize or outputRatio, got neither."],
    [() => f.fractionalMaxPool2d(image, 3, { outputSize: [2, 5] }), "ShapeError: fractionalMaxPool2d: expected a result of extents from 1 to [2, 4] for windows [3, 3] on [4, 6], got [2, 5]."],
    [() => f.fractionalMaxPool2d(image, 2, { outputSize: 2, samples: ones([1, 4, 2]) }), "ValueError: fractionalMaxPool2d: expected samples in [0, 1), got 1."],
    [() => f.globalMaxPool(image, { mask: ones([1, 4, 6]) }), "DTypeError: globalMaxPool: expected a bool mask, got float32. Where 1 counts, pass mask.ne(0)."],
    [() => f.globalAvgPool(image, { mask: ones([1, 6]).ne(0) }), "ShapeError: globalAvgPool: expected a mask of shape [1, 4, 6], got [1, 6]."],
    [() => new nn.ConvTranspose2d(4, 1, 3, { stride: 2 }).forward(image, 9), "ShapeError: convTranspose2d: expected outputSize from [9, 13], by less than a stride [2, 2] more, got [9, 9]."],
    [() => new nn.Unflatten(1, [-1, -1]), "ShapeError: Unflatten: expected extents of which at most one is −1, got [-1, -1]."],
    [() => new nn.Unflatten(1, [3, -1]).forward(image), "ShapeError: Unflatten: expected an extent that [3, -1] makes up at axis 1, got shape [1, 4, 4, 6]."],
    [() => f.bilinear(zeros([2, 3]), zeros([3, 3]), zeros([1, 3, 3])), "ShapeError: bilinear: expected inputs of shapes [..., 3] and [..., 3], got [2, 3] and [3, 3]."],
    [() => f.embeddingBag(index, table), "ValueError: embeddingBag: expected offsets for an index of one axis, got none."],
    [() => f.embeddingBag(index.reshape([1, 3]), table, { offsets: ints(0) }), "ValueError: embeddingBag: expected no offsets for an index of two axes, got some."],
    [() => f.embeddingBag(index, table, { offsets: ints(1) }), "ValueError: embeddingBag: expected offsets to begin with 0, got 1."],
    [() => f.embeddingBag(index, table, { offsets: ints(0, 4) }), "ValueError: embeddingBag: expected offsets in [0, 3], got 4."],
    [() => f.embeddingBag(index, table, { offsets: ints(0, 2, 1) }), "ValueError: embeddingBag: expected offsets in order, got one that is 1 less than the one before."],
    [() => f.embeddingBag(index, table, { offsets: ints(0, 2), includeLastOffset: true }), "ValueError: embeddingBag: expected offsets to end with the number of indices 3, got 2."],
    [() => f.embeddingBag(index, table, { offsets: ints(0), perSampleWeights: ones([3]) }), "ValueError: embeddingBag: expected perSampleWeights in mode sum alone, got mode mean."],
    [() => new nn.EmbeddingBag(3, 2, { mode: "max", scaleGradByFreq: true }), "ValueError: EmbeddingBag: expected scaleGradByFreq false in mode max, got true."],
    [() => f.embedding(index, ones([3, 2], { requiresGrad: true }).mul(2), { maxNorm: 1 }), "GradError: embedding: expected a leaf as weight, to be changed by maxNorm, got the result of mul."],
    [() => nn.Embedding.fromPretrained(ints(1)), "DTypeError: Embedding.fromPretrained: expected a float weight, got int32."],
    [() => nn.Embedding.fromPretrained(ones([3])), "ShapeError: Embedding.fromPretrained: expected a weight of shape [rows, features], got [3]."],
  ])("%#", (run, message) => {
    expect(errorOf(run)).toBe(message);
  }); // prettier-ignore
});
