import { DTypeError, full, Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { CenteredCosineDense, CosineDense, Dense, functional, ModulatedConv2d, norms, ReLU } from "../../src/index.ts";
import { groupsOver } from "./naive-norm.ts";
import { type NormCall, type NormTests, usual } from "./norm-case.ts";

const { centeredCosineNorm, centeredWeightNorm, cosineNorm, plainWeightStandardization, weightStandardization } =
  functional;
const { modulatedConv2d, scaledWeightStandardization } = functional;
const generator = new Generator(105);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const lengths = full([6, 1], 1.5, { dtype: "float64" });
const x = zeros([4, 3]);

/** What belongs to each entry of `axis`. */
function rowsAlong(shape: readonly number[], axis: number): number[][] {
  const kept = axis < 0 ? axis + shape.length : axis;
  return groupsOver(
    shape,
    shape.map((_, i) => i).filter((i) => i !== kept),
  );
}

/** The definition of centeredWeightNorm in loops. */
const centeredCalls: readonly NormCall[] = [
  { shape: [3, 5], axis: 0, eps: 1e-10 },
  { shape: [2, 3, 2, 2], axis: -3, eps: 0.3 },
  { shape: [4, 2, 3], axis: 2, eps: 0 },
].map(({ shape, axis, eps }) => ({
  name: `of shape [${shape.join(", ")}] along ${axis} with eps ${eps}`,
  inputs: [
    draw(...shape),
    draw(...shape.map((extent, i) => (i === (axis + shape.length) % shape.length ? extent : 1)))
      .square()
      .add(0.5),
  ],
  run: (v: Tensor, g: Tensor) => centeredWeightNorm(v, g, { axis, eps }),
  naive: (v: number[], g: number[]) => {
    const w = [...v];
    rowsAlong(shape, axis).forEach((group, row) => {
      const mean = group.reduce((sum, at) => sum + v[at]!, 0) / group.length;
      const length = Math.sqrt(group.reduce((sum, at) => sum + (v[at]! - mean) ** 2, eps));
      for (const at of group) w[at] = (g[row]! * (v[at]! - mean)) / length;
    });
    return w;
  },
}));

/** The cosine of every row of `x` with every row of `w`, less their means if `center`, in loops. */
function naiveCosines(x: number[], w: number[], inside: number, eps: number, center: boolean): number[] {
  const rowsOf = (values: number[]): number[][] =>
    Array.from({ length: values.length / inside }, (_, i) => {
      const row = values.slice(i * inside, (i + 1) * inside);
      const mean = center ? row.reduce((sum, value) => sum + value, 0) / inside : 0;
      const length = Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, eps));
      return row.map((value) => (value - mean) / length);
    });
  const rows = rowsOf(w);
  return rowsOf(x).flatMap((a) => rows.map((b) => a.reduce((sum, value, k) => sum + value * b[k]!, 0)));
}

const cosineCalls = (run: typeof cosineNorm, center: boolean): NormCall[] =>
  [
    { shape: [3, 5], out: 2, eps: 1e-10 },
    { shape: [2, 2, 4], out: 3, eps: 0.3 },
    { shape: [4], out: 3, eps: 0 },
  ].map(({ shape, out, eps }) => ({
    name: `of shape [${shape.join(", ")}] to ${out} with eps ${eps}`,
    inputs: [draw(...shape), draw(out, shape.at(-1)!)],
    run: (x: Tensor, w: Tensor) => run(x, w, { eps }),
    naive: (x: number[], w: number[]) => naiveCosines(x, w, shape.at(-1)!, eps, center),
    shape: [...shape.slice(0, -1), out],
  }));

/** The definition of scaledWeightStandardization in loops. */
const scaledCalls: readonly NormCall[] = [
  { shape: [3, 5], axis: 0, eps: 1e-10 },
  { shape: [2, 3, 2, 2], axis: -3, eps: 0.3 },
].map(({ shape, axis, eps }) => ({
  name: `of shape [${shape.join(", ")}] along ${axis} with eps ${eps}`,
  inputs: [draw(...shape), draw(...shape.map((extent, i) => (i === (axis + shape.length) % shape.length ? extent : 1)))],
  run: (weight: Tensor, gain: Tensor) => scaledWeightStandardization(weight, { axis, eps, gain }),
  naive: (weight: number[], gain: number[]) => {
    const w = [...weight];
    rowsAlong(shape, axis).forEach((group, row) => {
      const mean = group.reduce((sum, at) => sum + weight[at]!, 0) / group.length;
      const variance = group.reduce((sum, at) => sum + (weight[at]! - mean) ** 2, 0) / group.length;
      for (const at of group) w[at] = (gain[row]! * (weight[at]! - mean)) / Math.sqrt(group.length * variance + eps);
    });
    return w;
  },
})); // prettier-ignore

/** A convolution of every sample with a filter of its own, in loops: what modulatedConv2d says that it does. */
const modulatedCalls: readonly NormCall[] = [
  { x: [2, 3, 4, 3], w: [4, 3, 2, 2], stride: 1, pad: 0, groups: 1, demodulate: true, eps: 1e-8 },
  { x: [3, 4, 3, 3], w: [6, 2, 3, 2], stride: 2, pad: 1, groups: 2, demodulate: true, eps: 0.3 },
  { x: [2, 2, 3, 3], w: [1, 2, 2, 1], stride: 1, pad: 0, groups: 1, demodulate: false, eps: 0 },
].map(({ x: shape, w: filters, stride, pad, groups, demodulate, eps }) => {
  const [samples, channels, height, width] = shape as [number, number, number, number];
  const [out, inside, high, wide] = filters as [number, number, number, number];
  const [rows, columns] = [[height, high], [width, wide]].map(([n, k]) => Math.floor((n! + 2 * pad - k!) / stride) + 1) as [number, number];
  return {
    name: `of shape [${shape.join(", ")}] by filters of shape [${filters.join(", ")}]${demodulate ? "" : ", modulated alone"}`,
    inputs: [draw(...shape), draw(...filters), draw(samples, channels)],
    run: (x: Tensor, weight: Tensor, style: Tensor) =>
      modulatedConv2d(x, weight, style, { stride, padding: pad, groups, demodulate, eps }),
    shape: [samples, out, rows, columns],
    naive: (x: number[], weight: number[], style: number[]) => {
      const y: number[] = [];
      for (let n = 0; n < samples; n++) {
        for (let o = 0; o < out; o++) {
          const first = Math.floor(o / (out / groups)) * inside;
          const taps = high * wide;
          let filter = Array.from({ length: inside * taps }, (_, k) => weight[o * inside * taps + k]! * style[n * channels + first + Math.floor(k / taps)]!);
          const length = Math.sqrt(filter.reduce((sum, value) => sum + value ** 2, eps));
          if (demodulate) filter = filter.map((value) => value / length);
          for (let i = 0; i < rows; i++) {
            for (let j = 0; j < columns; j++) {
              let sum = 0;
              filter.forEach((value, k) => {
                const [c, a, b] = [Math.floor(k / taps), i * stride - pad + Math.floor((k % taps) / wide), j * stride - pad + (k % wide)];
                if (a >= 0 && a < height && b >= 0 && b < width) sum += value * x[((n * channels + first + c) * height + a) * width + b]!;
              });
              y.push(sum);
            }
          }
        }
      }
      return y;
    },
  };
}); // prettier-ignore

const styles = draw(8, 6);
const modulated = new ModulatedConv2d(3, 2, 2, 5, { eps: 0.5 });
const grouped = new ModulatedConv2d(4, 2, [3, 1], 5, {
  groups: 2,
  padding: [1, 0],
  demodulate: false,
  styleInit: "ones",
});

const [plain, scaled] = [new CosineDense(3, 2, { activation: "relu" }), new CosineDense(3, 2, { scale: 4, eps: 0.5 })];
const centred = new CenteredCosineDense(3, 2);

/** All that is tested of the norms that centre weights, and of those that divide inputs too. */
export const weightNormTests: Pick<
  NormTests,
  | "centeredWeightNorm"
  | "weightStandardization"
  | "scaledWeightStandardization"
  | "cosineNorm"
  | "centeredCosineNorm"
  | "modulatedConv2d"
> = {
  cosineNorm: {
    calls: cosineCalls(cosineNorm, false),
    dense: (x, w) => cosineNorm(x, w, { eps: 0 }),
    layers: [
      { layer: plain, printed: "CosineDense(3, 2, activation=relu)", shape: [4, 3], same: (x) => cosineNorm(x, plain.weight).relu() },
      { layer: scaled, printed: "CosineDense(3, 2, eps=0.5, scale=4)", shape: [2, 4, 3], same: (x) => cosineNorm(x, scaled.weight, { eps: 0.5 }).mul(4) },
    ], // prettier-ignore
    errors: [
      [() => cosineNorm(x, zeros([3])), ShapeError, "cosineNorm: expected a weight of shape [out, in], got [3]."],
      [() => cosineNorm(x, zeros([2, 4])), ShapeError, "cosineNorm: expected input of shape [..., 4], got [4, 3]."],
      [() => cosineNorm(x, zeros([2, 3], { dtype: "float64" })), DTypeError, "cosineNorm: expected"],
      [() => cosineNorm(x, zeros([2, 3]), { eps: -1 }), ValueError, "cosineNorm: expected eps ≥ 0, got -1."],
      [() => new CosineDense(0, 2), ShapeError, "CosineDense: expected inFeatures to be a whole number ≥ 1, got 0."],
      [() => new CosineDense(3, 2, { scale: NaN }), ValueError, "CosineDense: expected scale to be a finite number, got NaN."],
      [() => new CosineDense(3, 2, { bias: true } as object), ValueError, 'CosineDense: expected options eps, scale, init, generator, dtype, kernelRegularizer, kernelConstraint, activation, got "bias".'],
    ], // prettier-ignore
  },
  centeredCosineNorm: {
    calls: cosineCalls(centeredCosineNorm, true),
    dense: (x, w) => centeredCosineNorm(x, w, { eps: 0 }),
    layers: [
      { layer: centred, printed: "CenteredCosineDense(3, 2)", shape: [4, 3], same: (x) => centeredCosineNorm(x, centred.weight) },
    ], // prettier-ignore
    errors: [
      [() => centeredCosineNorm(x, zeros([2, 4])), ShapeError, "centeredCosineNorm: expected input of shape [..., 4], got [4, 3]."],
      [() => new CenteredCosineDense(3, -1), ShapeError, "CenteredCosineDense: expected outFeatures to be a whole number ≥ 1, got -1."],
    ], // prettier-ignore
  },
  centeredWeightNorm: {
    calls: centeredCalls,
    dense: (x, w) => x.matmul(centeredWeightNorm(w, lengths, { eps: 0 }).transpose()),
    errors: [
      [() => centeredWeightNorm(x, zeros([4])), ShapeError, "centeredWeightNorm: expected g of shape [4, 1], got [4]."],
      [() => centeredWeightNorm(x, zeros([4, 1]), { axis: 2 }), ShapeError, "centeredWeightNorm: expected an axis in [-2, 1], got 2."],
      [() => centeredWeightNorm(x, zeros([4, 1]), { eps: -1 }), ValueError, "centeredWeightNorm: expected eps ≥ 0, got -1."],
      [() => norms.centeredWeightNorm(new ReLU() as never), ValueError, 'centeredWeightNorm: expected a module with a parameter "weight", got ReLU.'],
      [() => norms.centeredWeightNorm(new Dense(3, 2), { axis: 2 }), ShapeError, "centeredWeightNorm: expected an axis in [-2, 1], got 2."],
      [() => norms.removeCenteredWeightNorm(norms.weightNorm(new Dense(3, 2))), ValueError, "removeCenteredWeightNorm: expected a module with centeredWeightNorm, got Dense."],
    ], // prettier-ignore
  },
  scaledWeightStandardization: {
    calls: scaledCalls,
    dense: (x, w) => x.matmul(scaledWeightStandardization(w, { eps: 0, gain: lengths }).transpose()),
    errors: [
      [() => scaledWeightStandardization(x, { axis: 2 }), ShapeError, "scaledWeightStandardization: expected an axis in [-2, 1], got 2."],
      [() => scaledWeightStandardization(x, { gain: zeros([4]) }), ShapeError, "scaledWeightStandardization: expected gain of shape [4, 1], got [4]."],
      [() => scaledWeightStandardization(x, { gain: NaN }), ValueError, "scaledWeightStandardization: expected gain to be a finite number, or to be a Tensor, got NaN."],
      [() => norms.scaledWeightStandardization(new ReLU() as never), ValueError, 'scaledWeightStandardization: expected a module with a parameter "weight", got ReLU.'],
      [() => norms.scaledWeightStandardization(new Dense(3, 2), { axis: -3 }), ShapeError, "scaledWeightStandardization: expected an axis in [-2, 1], got -3."],
      [() => norms.removeScaledWeightStandardization(norms.weightStandardization(new Dense(3, 2))), ValueError, "removeScaledWeightStandardization: expected a module with scaledWeightStandardization, got Dense."],
    ], // prettier-ignore
  },
  modulatedConv2d: {
    calls: modulatedCalls,
    dense: (x, w) => {
      const [images, filters] = [x, w].map((t) => t.unsqueeze(2).unsqueeze(3)) as [Tensor, Tensor];
      return modulatedConv2d(images, filters, styles.slice([], [0, x.shape[1]!]), { eps: 0 }).flatten(1);
    },
    layers: [
      { layer: modulated, printed: "ModulatedConv2d(3, 2, 2, 5, eps=0.5)", shape: [4, 3, 3, 3], others: [zeros([4, 5])], same: (x) => modulatedConv2d(x, modulated.weight, zeros([4, 3]).add(1), { eps: 0.5 }) },
      { layer: grouped, printed: "ModulatedConv2d(4, 2, [3, 1], 5, padding=[1, 0], groups=2, demodulate=false, styleInit=ones)", shape: [2, 4, 3, 3], others: [zeros([2, 5]).add(0.5)], same: (x) => modulatedConv2d(x, grouped.weight, zeros([2, 4]).add(3.5), { groups: 2, padding: [1, 0], demodulate: false }) },
    ], // prettier-ignore
    errors: [
      [() => modulatedConv2d(x, zeros([2, 3, 1, 1]), x), ShapeError, "modulatedConv2d: expected input of shape [N, C, H, W], got [4, 3]."],
      [() => modulatedConv2d(zeros([4, 3, 2, 2]), zeros([2, 3, 1, 1]), zeros([3])), ShapeError, "modulatedConv2d: expected style of shape [4, 3], got [3]."],
      [() => modulatedConv2d(zeros([4, 3, 2, 2]), zeros([2, 3, 1]), x), ShapeError, "modulatedConv2d: expected a weight of 4 axes, got shape [2, 3, 1]."],
      [() => modulatedConv2d(zeros([4, 3, 2, 2]), zeros([2, 3, 1, 1]), x, { eps: -1 }), ValueError, "modulatedConv2d: expected eps ≥ 0, got -1."],
      [() => modulated.forward(zeros([4, 2, 3, 3]), zeros([4, 5])), ShapeError, "modulatedConv2d: expected 3 channels on axis 1, got input of shape [4, 2, 3, 3]."],
      [() => modulated.forward(zeros([4, 3, 3, 3]), zeros([3, 5])), ShapeError, "modulatedConv2d: expected style of shape [4, 3], got [3, 3]."],
      [() => new ModulatedConv2d(3, 2, 2, 0), ShapeError, "ModulatedConv2d: expected conditions to be a whole number ≥ 1, got 0."],
      [() => new ModulatedConv2d(3, 2, 0, 5), ValueError, "ModulatedConv2d: expected size to be a whole number ≥ 1, or 2 of them, got 0."],
      [() => new ModulatedConv2d(3, 2, 2, 5, { groups: 2 }), ShapeError, "ModulatedConv2d: expected channels divisible by 2 groups, got 3."],
    ], // prettier-ignore
  },
  weightStandardization: {
    kinds: (shape) =>
      [0, 1].map((axis) => ({
        name: `weightStandardization along ${axis}`,
        fused: (weight, _w, _b, eps = usual) => weightStandardization(weight, { axis, eps }),
        plain: (weight, _w, _b, eps = usual) => plainWeightStandardization(weight, { axis, eps }),
        naive: { groups: rowsAlong(shape, axis), center: true, eps: usual },
        index: [],
        parameterShape: undefined,
      })),
    dense: (x, w) => x.matmul(weightStandardization(w, { eps: 0 }).transpose()),
    errors: [
      [() => weightStandardization(x, { axis: 2 }), ShapeError, "weightStandardization: expected an axis in [-2, 1], got 2."],
      [() => weightStandardization(x, { eps: NaN }), ValueError, "weightStandardization: expected eps ≥ 0, got NaN."],
      [() => norms.weightStandardization(norms.weightNorm(new Dense(3, 2))), ValueError, 'weightStandardization: expected a module with a parameter "weight", got Dense.'],
      [() => norms.weightStandardization(new Dense(3, 2), { axis: -3 }), ShapeError, "weightStandardization: expected an axis in [-2, 1], got -3."],
      [() => norms.removeWeightStandardization(new Dense(3, 2)), ValueError, "removeWeightStandardization: expected a module with weightStandardization, got Dense."],
    ], // prettier-ignore
  },
};
