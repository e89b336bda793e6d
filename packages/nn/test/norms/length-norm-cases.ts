import { full, Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { Dense, functional, norms, ReLU, UnitNorm } from "../../src/index.ts";
import { unitVectorCalls } from "./masked-norm-cases.ts";
import { normalizeCalls, spectralNormCalls, weightNormCalls } from "./norm-calls.ts";
import type { NormTests } from "./norm-case.ts";

const { normalize, powerIteration, spectralNorm, weightNorm } = functional;
const x = zeros([4, 3]);
const c3 = zeros([3]);
const [left, right] = [6, 5].map((size) => randn([size], { dtype: "float64", generator: new Generator(104) })) as [Tensor, Tensor]; // prettier-ignore

/** All that is tested of the norms that divide vectors and weights by a length. */
export const lengthNormTests: Pick<NormTests, "normalize" | "weightNorm" | "spectralNorm"> = {
  normalize: {
    calls: [...normalizeCalls, ...unitVectorCalls],
    layers: [
      { layer: new UnitNorm(), printed: "UnitNorm()", shape: [4, 3], same: (x) => normalize(x) },
      { layer: new UnitNorm({ p: 1, axis: -1, eps: 0.5 }), printed: "UnitNorm(p=1, axis=-1, eps=0.5)", shape: [2, 3, 4], same: (x) => normalize(x, { p: 1, axis: -1, eps: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => normalize(x, { axis: 2 }), ShapeError, "normalize: expected an axis in [-2, 1], got 2."],
      [() => normalize(x, { p: NaN }), ValueError, "normalize: expected p to be a number, got NaN."],
      [() => new UnitNorm({ dim: 1 } as object), ValueError, 'UnitNorm: expected options p, axis, eps, got "dim".'],
      [() => new UnitNorm({ axis: 2 }).forward(x), ShapeError, "normalize: expected an axis in [-2, 1], got 2."],
      [() => normalize(x, { eps: -1 }), ValueError, "normalize: expected eps ≥ 0, got -1."],
    ], // prettier-ignore
  },
  weightNorm: {
    calls: weightNormCalls,
    dense: (x, w) => x.matmul(weightNorm(w, full([6, 1], 1.5, { dtype: "float64" })).transpose()),
    errors: [
      [() => weightNorm(x, zeros([4])), ShapeError, "weightNorm: expected g of shape [4, 1], got [4]."],
      [() => weightNorm(x, zeros([4, 1]), { axis: 2 }), ShapeError, "weightNorm: expected an axis in [-2, 1], got 2."],
      [() => norms.weightNorm(new ReLU() as never), ValueError, 'weightNorm: expected a module with a parameter "weight", got ReLU.'],
      [() => norms.weightNorm(norms.spectralNorm(new Dense(3, 2))), ValueError, 'weightNorm: expected a module with a parameter "weight", got Dense.'],
    ], // prettier-ignore
  },
  spectralNorm: {
    calls: spectralNormCalls,
    dense: (x, w) => x.matmul(spectralNorm(w, left, right).transpose()),
    errors: [
      [() => spectralNorm(x, c3, c3), ShapeError, "spectralNorm: expected u of shape [4], got [3]."],
      [() => spectralNorm(c3, c3, c3), ShapeError, "spectralNorm: expected a weight of at least 2 axes, got shape [3]."],
      [() => powerIteration(x, zeros([4]), c3, { iterations: 0 }), ValueError, "powerIteration: expected iterations to be a whole number ≥ 1, got 0."],
      [() => norms.spectralNorm(new Dense(3, 2), { iterations: 0.5 }), ValueError, "spectralNorm: expected iterations to be a whole number ≥ 1, got 0.5."],
      [() => norms.spectralNorm(new Dense(3, 2), { dim: 0 } as object), ValueError, 'spectralNorm: expected options axis, iterations, eps, generator, got "dim".'],
    ], // prettier-ignore
  },
};
