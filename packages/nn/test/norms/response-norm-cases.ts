import { eye, Generator, ones, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { DivisiveNorm, DynamicErf, DynamicTanh, FilterResponseNorm, functional } from "../../src/index.ts";
import { channelIndex, rowGroups } from "./naive-norm.ts";
import { type NormCall, type NormTests, sizeOf, usual } from "./norm-case.ts";

const { divisiveNorm, dynamicErf, dynamicTanh, filterResponseNorm, plainFilterResponseNorm } = functional;
const generator = new Generator(103);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const c3 = zeros([3]);

/** The definition of filterResponseNorm with a trained ε in loops. */
const learnedEpsCalls: readonly NormCall[] = [0.3, -0.3].map((eps) => {
  const shape = [2, 3, 4];
  return {
    name: `with a trained ε of ${eps}`,
    inputs: [draw(...shape), draw(3), draw().mul(0).add(eps)],
    run: (x: Tensor, weight: Tensor, eps: Tensor) => filterResponseNorm(x, { weight, eps }),
    naive: (x: number[], weight: number[], [eps]: number[]) => {
      const y = [...x];
      const channel = channelIndex(shape);
      for (const group of rowGroups(shape, 1)) {
        const moment = group.reduce((sum, at) => sum + x[at]! ** 2, 0) / group.length;
        for (const at of group) y[at] = (weight[channel[at]!]! * x[at]!) / Math.sqrt(moment + Math.abs(eps!));
      }
      return y;
    },
  };
});

/** erf by its power series, for arguments that are not large. */
function erf(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** The definition of divisiveNorm in loops. */
const divisiveShapes = [
  { shape: [3, 4], options: {} },
  { shape: [2, 3, 2, 2], options: {} },
  { shape: [2, 3, 4], options: { alpha: 1, epsilon: 1 } },
  { shape: [2, 2, 3], options: { alpha: 1.5, epsilon: 0.75 } },
];
const divisiveCalls = (inverse: boolean): readonly NormCall[] =>
  divisiveShapes.map(({ shape, options: given }) => {
    const options = { ...given, inverse };
    const [, channels = 0, ...positions] = shape;
    const { alpha = 2, epsilon = 0.5 }: functional.DivisiveNormArguments = options;
    const inner = sizeOf(positions);
    return {
      name: `of shape [${shape.join(", ")}] with ${JSON.stringify(options)}`,
      inputs: [draw(...shape), draw(channels).square().add(0.5), draw(channels, channels).square()],
      run: (x: Tensor, beta: Tensor, gamma: Tensor) => divisiveNorm(x, beta, gamma, options),
      naive: (x: number[], beta: number[], gamma: number[]) =>
        x.map((value, at) => {
          const channel = Math.floor(at / inner) % channels;
          let amount = beta[channel]!;
          for (let j = 0; j < channels; j++) {
            amount += gamma[channel * channels + j]! * Math.abs(x[at + (j - channel) * inner]!) ** alpha;
          }
          return inverse ? value * amount ** epsilon : value / amount ** epsilon;
        }),
    };
  });

/** γ of six channels. */
const interaction = draw(6, 6).square();

/** What a layer makes of a parameter of which it keeps the root. */
const kept = (t: Tensor): Tensor => t.add(2 ** -36).sqrt().square().sub(2 ** -36); // prettier-ignore

/** All that is tested of the norms that look at responses rather than at statistics of a batch. */
export const responseNormTests: Pick<
  NormTests,
  "divisiveNorm" | "inverseDivisiveNorm" | "dynamicErf" | "dynamicTanh" | "filterResponseNorm"
> = {
  filterResponseNorm: {
    positions: true,
    kinds: (shape) => {
      if (shape.length < 3) return [];
      return [
        {
          name: "FilterResponseNorm",
          fused: (x, weight, bias, eps = usual) => filterResponseNorm(x, { weight, bias, eps }),
          plain: (x, weight, bias, eps = usual) => plainFilterResponseNorm(x, { weight, bias, eps }),
          naive: { groups: rowGroups(shape, shape.length - 2), center: false, eps: usual },
          index: channelIndex(shape),
          parameterShape: [shape[1] ?? 0],
        },
      ];
    },
    also: learnedEpsCalls,
    layers: [
      { layer: new FilterResponseNorm(3), printed: "FilterResponseNorm(3, eps=1e-6)", shape: [2, 3, 4], same: (x) => filterResponseNorm(x) },
      { layer: new FilterResponseNorm(3, { learnEps: true, eps: 1e-4, affine: false }), printed: "FilterResponseNorm(3, eps=1e-4, learnEps=true, affine=false)", shape: [2, 3, 1], same: (x) => filterResponseNorm(x, { eps: zeros([]).add(1e-4) }) },
    ], // prettier-ignore
    errors: [
      [() => filterResponseNorm(zeros([4, 3])), ShapeError, "filterResponseNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => filterResponseNorm(zeros([4, 3, 2]), { weight: zeros([2]) }), ShapeError, "filterResponseNorm: expected 2 channels on axis 1, got input of shape [4, 3, 2]."],
      [() => filterResponseNorm(zeros([4, 3, 2]), { eps: c3 }), ShapeError, "filterResponseNorm: expected eps of shape [], got [3]."],
      [() => filterResponseNorm(zeros([4, 3, 2]), { eps: -1 }), ValueError, "filterResponseNorm: expected eps ≥ 0, or to be a Tensor, got -1."],
      [() => new FilterResponseNorm(0), ShapeError, "FilterResponseNorm: expected features to be a whole number ≥ 1, got 0."],
      [() => new FilterResponseNorm(3).forward(zeros([4, 2, 2])), ShapeError, "filterResponseNorm: expected 3 channels on axis 1, got input of shape [4, 2, 2]."],
    ], // prettier-ignore
  },
  dynamicTanh: {
    dense: (x, w) => dynamicTanh(x.matmul(w.transpose()), 6),
    calls: [
      {
        name: "of shape [2, 3, 4] with α, γ and β",
        inputs: [draw(2, 3, 4), draw(), draw(3, 4), draw(3, 4)],
        run: (x, alpha, weight, bias) => dynamicTanh(x!, [3, 4], { alpha: alpha!, weight, bias }),
        naive: (x, [alpha], weight, bias) =>
          x!.map((value, at) => weight![at % 12]! * Math.tanh(alpha! * value) + bias![at % 12]!),
      },
    ],
    layers: [
      { layer: new DynamicTanh(3), printed: "DynamicTanh(3)", shape: [4, 3], same: (x) => dynamicTanh(x, 3) },
      { layer: new DynamicTanh([3, 2], { alpha: 1, affine: false }), printed: "DynamicTanh([3, 2], alpha=1, affine=false)", shape: [4, 3, 2], same: (x) => dynamicTanh(x, [3, 2], { alpha: 1 }) },
    ], // prettier-ignore
    errors: [
      [() => dynamicTanh(zeros([4, 3]), 4), ShapeError, "dynamicTanh: expected trailing axes [4], got input of shape [4, 3]."],
      [() => dynamicTanh(zeros([4, 3]), 3, { alpha: c3 }), ShapeError, "dynamicTanh: expected alpha of shape [], got [3]."],
      [() => dynamicTanh(zeros([4, 3]), 3, { weight: zeros([4]) }), ShapeError, "dynamicTanh: expected weight of shape [3], got [4]."],
      [() => new DynamicTanh(3, { alpha: NaN }), ValueError, "DynamicTanh: expected alpha to be a finite number, got NaN."],
    ], // prettier-ignore
  },
  dynamicErf: {
    dense: (x, w) => dynamicErf(x.matmul(w.transpose()), 6),
    calls: [
      {
        name: "of shape [2, 3, 4] with α, s, γ and β",
        inputs: [draw(2, 3, 4), draw(), draw(), draw(3, 4), draw(3, 4)],
        run: (x, alpha, shift, weight, bias) => dynamicErf(x!, [3, 4], { alpha: alpha!, shift: shift!, weight, bias }),
        naive: (x, [alpha], [shift], weight, bias) =>
          x!.map((value, at) => weight![at % 12]! * erf(alpha! * value + shift!) + bias![at % 12]!),
      },
    ],
    layers: [
      { layer: new DynamicErf(3), printed: "DynamicErf(3)", shape: [4, 3], same: (x) => dynamicErf(x, 3) },
      { layer: new DynamicErf([3, 2], { alpha: 1, shift: -0.5, affine: false }), printed: "DynamicErf([3, 2], alpha=1, affine=false, shift=-0.5)", shape: [4, 3, 2], same: (x) => dynamicErf(x, [3, 2], { alpha: 1, shift: -0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => dynamicErf(zeros([4, 3]), 4), ShapeError, "dynamicErf: expected trailing axes [4], got input of shape [4, 3]."],
      [() => dynamicErf(zeros([4, 3]), 3, { alpha: c3 }), ShapeError, "dynamicErf: expected alpha of shape [], got [3]."],
      [() => dynamicErf(zeros([4, 3]), 3, { shift: c3 }), ShapeError, "dynamicErf: expected shift of shape [], got [3]."],
      [() => dynamicErf(zeros([4, 3]), 3, { bias: zeros([4]) }), ShapeError, "dynamicErf: expected bias of shape [3], got [4]."],
      [() => new DynamicErf(3, { shift: NaN }), ValueError, "DynamicErf: expected shift to be a finite number, got NaN."],
    ], // prettier-ignore
  },
  divisiveNorm: {
    calls: divisiveCalls(false),
    dense: (x, w) => divisiveNorm(x.matmul(w.transpose()), ones([6]), interaction),
    layers: [
      { layer: new DivisiveNorm(3), printed: "DivisiveNorm(3)", shape: [2, 3, 4], same: (x) => divisiveNorm(x, kept(ones([3])), kept(eye(3).mul(0.1))) },
    ], // prettier-ignore
    errors: [
      [() => divisiveNorm(zeros([4]), c3, zeros([3, 3])), ShapeError, "divisiveNorm: expected input of shape [N, C, ...], got [4]."],
      [() => divisiveNorm(zeros([4, 3]), zeros([2]), zeros([3, 3])), ShapeError, "divisiveNorm: expected beta of shape [3], got [2]."],
      [() => divisiveNorm(zeros([4, 3]), c3, c3), ShapeError, "divisiveNorm: expected gamma of shape [3, 3], got [3]."],
      [() => divisiveNorm(zeros([4, 3]), c3, zeros([3, 3]), { alpha: 0 }), ValueError, "divisiveNorm: expected alpha > 0, got 0."],
      [() => new DivisiveNorm(3).forward(zeros([4, 2])), ShapeError, "divisiveNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
      [() => new DivisiveNorm(-1), ShapeError, "DivisiveNorm: expected channels to be a whole number ≥ 1, got -1."],
    ], // prettier-ignore
  },
  inverseDivisiveNorm: {
    calls: divisiveCalls(true),
    dense: (x, w) => divisiveNorm(x.matmul(w.transpose()), ones([6]), interaction, { inverse: true }),
    layers: [
      { layer: new DivisiveNorm(3, { inverse: true, alpha: 1, epsilon: 1 }), printed: "DivisiveNorm(3, inverse=true, alpha=1, epsilon=1)", shape: [2, 3], same: (x) => divisiveNorm(x, kept(ones([3])), kept(eye(3).mul(0.1)), { inverse: true, alpha: 1, epsilon: 1 }) },
    ], // prettier-ignore
    errors: [
      [() => new DivisiveNorm(3, { inverse: 1 as never }), ValueError, "DivisiveNorm: expected inverse to be true or false, got 1."],
    ], // prettier-ignore
  },
};
