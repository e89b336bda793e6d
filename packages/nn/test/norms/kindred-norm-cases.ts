import { eye, Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { constraints, functional, functionalCall, MultiHeadAttention, ScaledDense, SELU } from "../../src/index.ts";
import { rowGroups } from "./naive-norm.ts";
import type { NormCall, NormTests } from "./norm-case.ts";

const { multiHeadAttention, selu } = functional;
const generator = new Generator(131);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Attention without projections. */
const attend = (q: Tensor, k: Tensor, v: Tensor, heads: number, qkScale: Tensor): Tensor => {
  const identity = eye(4, 4, { dtype: q.dtype as "float64" });
  return multiHeadAttention(q, k, v, heads, { inProjWeight: [identity, identity, identity], outProjWeight: identity, qkScale }); // prettier-ignore
};

const attentionCalls: readonly NormCall[] = [1, 2].map((heads) => ({
  name: `of ${heads} heads`,
  inputs: [draw(3, 4), draw(5, 4), draw(5, 4), draw().square().add(0.5)],
  run: (q: Tensor, k: Tensor, v: Tensor, g: Tensor) => attend(q, k, v, heads, g),
  naive: (q: number[], k: number[], v: number[], [g]: number[]) => {
    const size = 4 / heads;
    const part = (of: number[], row: number, head: number): number[] => of.slice(4 * row + size * head, 4 * row + size * (head + 1)); // prettier-ignore
    const unit = (x: number[]): number[] => x.map((value) => value / Math.sqrt(dot(x, x)));
    return q.map((_, at) => {
      const [row, head] = [Math.floor(at / 4), Math.floor((at % 4) / size)];
      const weights = [0, 1, 2, 3, 4].map((j) => Math.exp(g! * dot(unit(part(q, row, head)), unit(part(k, j, head)))));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.reduce((sum, weight, j) => sum + (weight / total) * v[4 * j + (at % 4)]!, 0);
    });
  },
}));

const [keys, values, scale] = [draw(7, 6), draw(7, 6), draw().square().add(1)];
const projections = eye(6, 6, { dtype: "float64" });
const attention = new MultiHeadAttention(4, 2, { qkScale: 2 });

const seluCalls: readonly NormCall[] = [[4, 3], [2, 3, 2]].map((shape) => ({
  name: `of shape [${shape.join(", ")}]`,
  inputs: [draw(...shape)],
  run: (x: Tensor) => selu(x),
  naive: (x: number[]) => x.map((value) => 1.0507009873554805 * (value > 0 ? value : 1.6732632423543772 * (Math.exp(value) - 1))),
})); // prettier-ignore

const scaledCalls: readonly NormCall[] = [0.5, 0.75, 1].map((gamma) => {
  const layer = new ScaledDense(5, 3, { gamma, dtype: "float64" });
  return {
    name: `with γ ${gamma}`,
    inputs: [draw(4, 5), draw(3, 5)],
    shape: [4, 3],
    run: (x: Tensor, weight: Tensor) => functionalCall(layer, { weight }, x),
    naive: (x: number[], w: number[]) =>
      Array.from({ length: 12 }, (_, at) => {
        const [row, unit] = [Math.floor(at / 3), at % 3];
        return dot(x.slice(5 * row, 5 * row + 5), w.slice(5 * unit, 5 * unit + 5)) / 5 ** gamma;
      }),
  };
});

/** A constraint on the rows of weights, by what becomes of a length. */
const constraintCalls = (
  constraint: (weight: Tensor) => Tensor,
  lengthOf: (length: number) => number,
): readonly NormCall[] =>
  [[5, 4], [3, 2, 2]].map((shape) => ({
    name: `of shape [${shape.join(", ")}]`,
    inputs: [draw(...shape)],
    run: constraint,
    naive: (w: number[]) => {
      const y = [...w];
      for (const group of rowGroups(shape, shape.length - 1)) {
        const row = group.map((at) => w[at]!);
        const length = Math.sqrt(dot(row, row));
        for (const at of group) y[at] = (w[at]! * lengthOf(length)) / (length + 1e-7);
      }
      return y;
    },
  })); // prettier-ignore

/**
 * A dense layer after an update and a constraint, with the gradient of the weight that there is then. Lengths are so large that
 * what is added to them is nothing.
 */
const constrained =
  (constraint: (weight: Tensor) => Tensor) =>
  (x: Tensor, w: Tensor): Tensor => {
    const made = constraint(w.detach().mul(2 ** 40));
    return x.matmul(made.add(w.sub(w.detach())).transpose());
  };

const unitNorm = constraints.unitNorm();
const maxNorm = constraints.maxNorm(1.5);
const minMaxNorm = constraints.minMaxNorm({ min: 1, max: 2, rate: 0.5 });

/** All that is tested of norms that are a part, or a use, of something else. */
export const kindredNormTests: Pick<NormTests, "qkNorm" | "selu" | "scaledDense" | "unitNorm" | "maxNorm" | "minMaxNorm"> = {
  qkNorm: {
    calls: attentionCalls,
    dense: (x, w) => multiHeadAttention(x, keys, values, 1, { inProjWeight: [w, projections, projections], outProjWeight: projections, qkScale: scale }),
    layers: [
      { layer: attention, printed: "MultiHeadAttention(4, heads=2, qkScale=2)", shape: [3, 4], same: (x) => multiHeadAttention(x, x, x, 2, { inProjWeight: attention.inProjWeight!, outProjWeight: attention.outProj.weight, qkScale: zeros([]).add(2) }) },
    ],
    errors: [
      [() => attend(zeros([3, 4]), zeros([3, 4]), zeros([3, 4]), 2, zeros([1])), ShapeError, "multiHeadAttention: expected qkScale of shape [], got [1]."],
      [() => new MultiHeadAttention(4, 2, { qkScale: Infinity }), ValueError, "MultiHeadAttention: expected qkScale to be a finite number, got Infinity."],
    ],
  },
  selu: {
    calls: seluCalls,
    layers: [{ layer: new SELU(), printed: "SELU()", shape: [4, 3], same: selu }],
    errors: [[() => selu(1 as never), ValueError, "selu: expected x to be a tensor, got 1."]],
  },
  scaledDense: {
    calls: scaledCalls,
    dense: (x, weight) => functionalCall(new ScaledDense(5, 6, { dtype: "float64" }), { weight }, x),
    layers: [
      { layer: new ScaledDense(4, 2, { init: "ones" }), printed: "ScaledDense(4, 2, init=ones)", shape: [3, 4], same: (x) => x.matmul(zeros([4, 2]).add(1)).mul(0.25) },
    ],
    errors: [
      [() => new ScaledDense(3, 2, { gamma: NaN }), ValueError, "ScaledDense: expected gamma to be a finite number, got NaN."],
    ],
  },
  unitNorm: {
    calls: constraintCalls(unitNorm, () => 1),
    dense: constrained(unitNorm),
    errors: [
      [() => constraints.unitNorm({ axis: 2 })(zeros([2, 2])), ShapeError, "norm: expected an axis in [-2, 1], got 2."],
    ],
  },
  maxNorm: {
    calls: constraintCalls(maxNorm, (length) => Math.min(length, 1.5)),
    dense: constrained(constraints.maxNorm(2 ** 42)),
    errors: [
      [() => constraints.maxNorm(-1), ValueError, "maxNorm: expected max ≥ 0, got -1."],
    ],
  },
  minMaxNorm: {
    calls: constraintCalls(minMaxNorm, (length) => 0.5 * Math.min(Math.max(length, 1), 2) + 0.5 * length),
    dense: constrained(constraints.minMaxNorm({ max: 2 ** 41, rate: 0.5 })),
    errors: [
      [() => constraints.minMaxNorm({ min: 2, max: 1 }), ValueError, "minMaxNorm: expected min ≤ max, got min 2 and max 1."],
    ],
  },
}; // prettier-ignore
