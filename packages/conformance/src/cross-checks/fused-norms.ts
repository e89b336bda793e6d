import { grad } from "@tapegrad/autograd";
import { functional as f } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { constantFrom, record } from "fast-check";
import { seeds, shapes, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { asExpected } from "./naive.ts";

interface Arguments {
  readonly weight: Tensor;
  readonly bias: Tensor;
  readonly eps: number;
}
type Norm = (x: Tensor, options: Arguments) => Tensor;

/** A norm, its form in elementary operations, and the shape of γ and β for an input of shape [N, 4, ...]. */
interface Pair {
  readonly name: string;
  readonly fused: Norm;
  readonly plain: Norm;
  readonly affine: (shape: readonly number[]) => readonly number[];
}

const channels = (shape: readonly number[]): number[] => shape.slice(1, 2);
const trailing = (shape: readonly number[]): number[] => shape.slice(-2);

const pairs: readonly Pair[] = [
  { name: "batchNorm", fused: f.batchNorm, plain: f.plainBatchNorm, affine: channels },
  { name: "instanceNorm", fused: f.instanceNorm, plain: f.plainInstanceNorm, affine: channels },
  {
    name: "groupNorm",
    fused: (x, options) => f.groupNorm(x, 2, options),
    plain: (x, options) => f.plainGroupNorm(x, 2, options),
    affine: channels,
  },
  {
    name: "layerNorm",
    fused: (x, options) => f.layerNorm(x, trailing(x.shape), options),
    plain: (x, options) => f.plainLayerNorm(x, trailing(x.shape), options),
    affine: trailing,
  },
  {
    name: "rmsNorm",
    fused: (x, options) => f.rmsNorm(x, trailing(x.shape), options),
    plain: (x, options) => f.plainRMSNorm(x, trailing(x.shape), options),
    affine: trailing,
  },
];

const inputs = record({
  shape: shapes({ minRank: 1, maxRank: 2 }),
  scale: constantFrom(1e-2, 1, 30),
  eps: constantFrom(1e-5, 1e-2),
  seed: seeds,
});

/** Fused norms against their composite forms: values, gradients, and products with second derivatives. */
export const fusedNorms: readonly CrossCheck[] = pairs.map(({ name, fused, plain, affine }) =>
  crossCheck(
    `fused ${name} against the composite`,
    inputs,
    ({ shape: spatial, scale, eps, seed }, check) => {
      const draw = source(seed);
      // At least two values under every statistic, or the output is β and its gradient nothing but rounding.
      const shape = [2, 4, ...spatial, 3];
      const leaves = [draw(...shape).mul(scale), draw(...affine(shape)), draw(...affine(shape))].map((t) =>
        t.requiresGrad_(),
      ) as [Tensor, Tensor, Tensor];
      const [cotangent, direction] = [draw(...shape), draw(...shape)];
      const [got = [], want = []] = [fused, plain].map((norm) => {
        const [x, weight, bias] = leaves;
        const y = norm(x, { weight, bias, eps });
        const first = grad(y, leaves, { cotangent, createGraph: true });
        const along = first[0].mul(direction).sum();
        return [y, ...first, ...grad(along, [x, weight])];
      });
      const labels = ["y", "dx", "dγ", "dβ", "d²x", "d²xγ"];
      got.forEach((t, i) => check.tensor(`${name}: ${labels[i]}`, t, asExpected(want[i]!)));
    },
    { tol: { rtol: 1e-9, atol: 1e-9 }, runs: 25 },
  ),
);
