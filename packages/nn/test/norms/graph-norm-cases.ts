import { Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { functional, PairNorm } from "../../src/index.ts";
import { type NormCall, type NormTests } from "./norm-case.ts";

const { pairNorm } = functional;
const generator = new Generator(107);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });

/** The definition of pairNorm in loops over graphs, features and nodes. */
function naivePairNorm(
  x: readonly number[],
  shape: readonly number[],
  { mode = "PN", scale = 1, eps = 1e-6 }: functional.PairNormOptions,
): number[] {
  const [nodes = 0, features = 0] = shape.slice(-2);
  const y = [...x];
  for (let start = 0; start < x.length; start += nodes * features) {
    const at = (node: number, feature: number): number => start + node * features + feature;
    const mean = Array.from({ length: features }, (_, f) => {
      let sum = 0;
      for (let n = 0; n < nodes; n++) sum += x[at(n, f)]!;
      return sum / nodes;
    });
    const centre = mode === "PN-SCS" ? mean.map(() => 0) : mean;
    const squares = Array.from({ length: nodes }, (_, n) =>
      centre.reduce((sum, m, f) => sum + (x[at(n, f)]! - m) ** 2, 0),
    );
    const together = squares.reduce((sum, square) => sum + square, 0) / nodes;
    for (let n = 0; n < nodes; n++) {
      const length = Math.sqrt((mode === "PN" ? together : squares[n]!) + eps);
      for (let f = 0; f < features; f++) {
        y[at(n, f)] = (scale * (x[at(n, f)]! - centre[f]!)) / length - (mode === "PN-SCS" ? mean[f]! : 0);
      }
    }
  }
  return y;
}

const pairNormCalls: readonly NormCall[] = (["PN", "PN-SI", "PN-SCS"] as const).flatMap((mode) =>
  [{ mode }, { mode, scale: 10, eps: 0.5 }].flatMap((options) =>
    [[5, 3], [2, 3, 4]].map((shape) => ({
      name: `of shape [${shape.join(", ")}] with ${JSON.stringify(options)}`,
      inputs: [draw(...shape).add(0.5)],
      run: (x: Tensor) => pairNorm(x, options),
      naive: (x: number[]) => naivePairNorm(x, shape, options),
      centred: mode !== "PN-SCS",
    })),
  ),
); // prettier-ignore

/** All that is tested of the norms of the nodes of graphs. */
export const graphNormTests: Pick<NormTests, "pairNorm"> = {
  pairNorm: {
    calls: pairNormCalls,
    layers: [
      { layer: new PairNorm(), printed: "PairNorm(eps=1e-6)", shape: [5, 3], same: (x) => pairNorm(x) },
      { layer: new PairNorm({ mode: "PN-SCS", scale: 10 }), printed: 'PairNorm(mode="PN-SCS", scale=10, eps=1e-6)', shape: [5, 3], same: (x) => pairNorm(x, { mode: "PN-SCS", scale: 10 }) },
    ], // prettier-ignore
    errors: [
      [() => pairNorm(zeros([4])), ShapeError, "pairNorm: expected input of shape [..., nodes, features], got [4]."],
      [() => pairNorm(zeros([4, 3]), { mode: "SI" as "PN" }), ValueError, "pairNorm: expected mode PN, PN-SI or PN-SCS, got SI."],
      [() => new PairNorm({ eps: -1 }), ValueError, "PairNorm: expected eps ≥ 0, got -1."],
    ], // prettier-ignore
  },
};
