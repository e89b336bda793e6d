import { Generator, ones, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { functional, GlobalResponseNorm, PixelNorm, PositionalNorm } from "../../src/index.ts";
import { channelIndex, groupsOver, rowGroups } from "./naive-norm.ts";
import { disturbed, type NormCall, type NormTests, usual } from "./norm-case.ts";

const { globalResponseNorm, pixelNorm, plainPixelNorm, plainPositionalNorm, positionalNorm } = functional;
const generator = new Generator(127);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const c3 = zeros([3]);
const response = disturbed(new GlobalResponseNorm(3, { eps: 0.5, betaConstraint: "nonNeg" }));

/** The definition of globalResponseNorm in loops. */
const responseCalls: readonly NormCall[] = [
  { shape: [2, 3, 4], eps: 1e-6 },
  { shape: [1, 4, 2, 3], eps: 0.5 },
  { shape: [3, 2, 1], eps: 0 },
].map(({ shape, eps }) => {
  const [samples = 0, channels = 0] = shape;
  return {
    name: `of shape [${shape.join(", ")}] with eps ${eps}`,
    inputs: [draw(...shape), draw(channels), draw(channels)],
    run: (x: Tensor, weight: Tensor, bias: Tensor) => globalResponseNorm(x, weight, bias, { eps }),
    naive: (x: number[], weight: number[], bias: number[]) => {
      const maps = rowGroups(shape, shape.length - 2);
      const lengths = maps.map((group) => Math.sqrt(group.reduce((sum, at) => sum + x[at]! ** 2, 0)));
      const means = Array.from({ length: samples }, (_, n) =>
        lengths.slice(n * channels, (n + 1) * channels).reduce((sum, length) => sum + length / channels, 0),
      );
      const y = [...x];
      maps.forEach((group, i) => {
        const [sample, channel] = [Math.floor(i / channels), i % channels];
        const share = lengths[i]! / (means[sample]! + eps);
        for (const at of group) y[at] = weight[channel]! * (x[at]! * share) + bias[channel]! + x[at]!;
      });
      return y;
    },
  };
});

/** γ and β of a dense layer of six neurons. */
const gains = draw(6);

/** All that is tested of the norms that look at the channels of a position, or of all positions. */
export const positionNormTests: Pick<NormTests, "globalResponseNorm" | "pixelNorm" | "positionalNorm"> = {
  pixelNorm: {
    kinds: (shape) => [
      {
        name: "PixelNorm",
        fused: (x, _w, _b, eps = usual) => pixelNorm(x, { eps }),
        plain: (x, _w, _b, eps = usual) => plainPixelNorm(x, { eps }),
        naive: { groups: groupsOver(shape, [1]), center: false, eps: usual },
        index: [],
        parameterShape: undefined,
      },
    ],
    layers: [
      { layer: new PixelNorm(), printed: "PixelNorm()", shape: [2, 3, 4], same: (x) => pixelNorm(x) },
      { layer: new PixelNorm({ eps: 0.5 }), printed: "PixelNorm(eps=0.5)", shape: [4, 3], same: (x) => pixelNorm(x, { eps: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => pixelNorm(c3), ShapeError, "pixelNorm: expected input of shape [N, C, ...], got [3]."],
      [() => new PixelNorm({ eps: -1 }), ValueError, "PixelNorm: expected eps ≥ 0, got -1."],
    ], // prettier-ignore
  },
  positionalNorm: {
    kinds: (shape) => [
      {
        name: "PositionalNorm",
        fused: (x, weight, bias, eps = usual) => positionalNorm(x, { weight, bias, eps }),
        plain: (x, weight, bias, eps = usual) => plainPositionalNorm(x, { weight, bias, eps }),
        naive: { groups: groupsOver(shape, [1]), center: true, eps: usual },
        index: channelIndex(shape),
        parameterShape: [shape[1] ?? 0],
      },
    ],
    layers: [
      { layer: new PositionalNorm(3), printed: "PositionalNorm(3, eps=1e-5)", shape: [2, 3, 4], same: (x) => positionalNorm(x) },
      { layer: new PositionalNorm(3, { affine: false, eps: 0.1 }), printed: "PositionalNorm(3, eps=0.1, affine=false)", shape: [4, 3], same: (x) => positionalNorm(x, { eps: 0.1 }) },
    ], // prettier-ignore
    errors: [
      [() => positionalNorm(c3), ShapeError, "positionalNorm: expected input of shape [N, C, ...], got [3]."],
      [() => positionalNorm(zeros([4, 3]), { weight: zeros([2]) }), ShapeError, "positionalNorm: expected 2 channels on axis 1, got input of shape [4, 3]."],
      [() => positionalNorm(zeros([4, 3]), { weight: c3, bias: zeros([2]) }), ShapeError, "positionalNorm: expected bias of shape [3], got [2]."],
      [() => functional.positionalNormWithMoments(c3), ShapeError, "positionalNormWithMoments: expected input of shape [N, C, ...], got [3]."],
      [() => functional.positionalNormWithMoments(zeros([4, 3]), { weight: c3 } as object), ValueError, 'positionalNormWithMoments: expected options eps, got "weight".'],
      [() => new PositionalNorm(3).forward(zeros([4, 2])), ShapeError, "positionalNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
      [() => new PositionalNorm(0), ShapeError, "PositionalNorm: expected features to be a whole number ≥ 1, got 0."],
    ], // prettier-ignore
  },
  globalResponseNorm: {
    positions: true,
    dense: (x, w) => globalResponseNorm(w.matmul(x), gains, gains, { eps: 0 }),
    calls: responseCalls,
    layers: [
      { layer: new GlobalResponseNorm(3), printed: "GlobalResponseNorm(3)", shape: [2, 3, 4], same: (x) => x },
      { layer: response, printed: "GlobalResponseNorm(3, eps=0.5, betaConstraint=nonNeg)", shape: [2, 3, 4], same: (x) => globalResponseNorm(x, response.weight, response.bias, { eps: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => globalResponseNorm(zeros([4, 3]), c3, c3), ShapeError, "globalResponseNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => globalResponseNorm(zeros([4, 3, 2]), zeros([2]), c3), ShapeError, "globalResponseNorm: expected weight of shape [3], got [2]."],
      [() => globalResponseNorm(zeros([4, 3, 2]), c3, ones([3, 1])), ShapeError, "globalResponseNorm: expected bias of shape [3], got [3, 1]."],
      [() => globalResponseNorm(zeros([4, 3, 2]), c3, c3, { eps: -1 }), ValueError, "globalResponseNorm: expected eps ≥ 0, got -1."],
      [() => new GlobalResponseNorm(3).forward(zeros([4, 2, 2])), ShapeError, "globalResponseNorm: expected 3 channels on axis 1, got input of shape [4, 2, 2]."],
      [() => new GlobalResponseNorm(3).forward(zeros([4, 3])), ShapeError, "globalResponseNorm: expected input of shape [N, C, ...positions], got [4, 3]."],
      [() => new GlobalResponseNorm(0.5), ShapeError, "GlobalResponseNorm: expected features to be a whole number ≥ 1, got 0.5."],
    ], // prettier-ignore
  },
};
