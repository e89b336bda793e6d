import {
  cat,
  DTypeError,
  Generator,
  ones,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "@tapegrad/tensor";
import { functional, GraphNorm, PairNorm } from "../../src/index.ts";
import { type NormCall, type NormTests } from "./norm-case.ts";

const { graphNorm, lipschitzNorm, pairNorm } = functional;
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

const pairNormCallsOf = (mode: Required<functional.PairNormOptions>["mode"]): readonly NormCall[] =>
  [{ mode }, { mode, scale: 10, eps: 0.5 }].flatMap((options) =>
    [[5, 3], [2, 3, 4]].map((shape) => ({
      name: `of shape [${shape.join(", ")}] with ${JSON.stringify(options)}`,
      inputs: [draw(...shape).add(0.5)],
      run: (x: Tensor) => pairNorm(x, options),
      naive: (x: number[]) => naivePairNorm(x, shape, options),
    })),
  ); // prettier-ignore

const [pairNormCalls, individualCalls, simultaneousCalls] = (["PN", "PN-SI", "PN-SCS"] as const).map(pairNormCallsOf) as [readonly NormCall[], readonly NormCall[], readonly NormCall[]]; // prettier-ignore

/** The definition of graphNorm in loops over nodes and features. */
function naiveGraphNorm(
  x: readonly number[],
  graph: readonly number[],
  [alpha, gamma, beta]: readonly (readonly number[])[],
): number[] {
  const features = x.length / graph.length;
  return x.map((value, at) => {
    const feature = at % features;
    const together = x.filter((_, i) => i % features === feature && graph[Math.floor(i / features)] === graph[Math.floor(at / features)]); // prettier-ignore
    const mean = together.reduce((sum, other) => sum + other, 0) / together.length;
    const taken = (alpha?.[feature] ?? 1) * mean;
    const moment = together.reduce((sum, other) => sum + (other - taken) ** 2, 0) / together.length;
    return ((gamma?.[feature] ?? 1) * (value - taken)) / Math.sqrt(moment + 1e-6) + (beta?.[feature] ?? 0);
  });
}

const int32 = (values: readonly number[]): Tensor => tensor([...values], { dtype: "int32" });
const graphs: readonly (readonly [name: string, graph: readonly number[]])[] = [
  ["one graph", [0, 0, 0, 0, 0, 0]],
  ["three graphs, mixed", [2, 0, 2, 0, 4, 4]],
  ["graphs of one, two and three nodes", [0, 1, 1, 5, 5, 5]],
];

const graphNormCalls: readonly NormCall[] = graphs.flatMap(([name, graph]) => [
  {
    name,
    inputs: [draw(6, 3).add(0.5)],
    run: (x: Tensor) => graphNorm(x, name === "one graph" ? {} : { graph: int32(graph) }),
    naive: (x: number[]) => naiveGraphNorm(x, graph, []),
  },
  {
    name: `${name} with α, γ and β`,
    inputs: [draw(6, 3).add(0.5), draw(3).mul(0.3).add(0.6), draw(3), draw(3)],
    run: (x: Tensor, meanScale: Tensor, weight: Tensor, bias: Tensor) =>
      graphNorm(x, { graph: int32(graph), meanScale, weight, bias }),
    naive: (x: number[], ...parameters: number[][]) => naiveGraphNorm(x, graph, parameters),
    centred: false,
  },
]);

/** Edges to nodes 0, 2 and 3, with a loop and a pair of equal ones. */
const ends = [[1, 2, 0, 2, 3, 3], [0, 0, 2, 2, 2, 3]] as const; // prettier-ignore
const edges = tensor([[...ends[0]], [...ends[1]]], { dtype: "int32" });

/** That of a head of six features. */
const attention = draw(1, 12);

/** The definition of lipschitzNorm in loops over edges and heads. */
const lipschitzNormCalls: readonly NormCall[] = [1e-12, 0.5].map((eps) => {
  const [heads, features] = [2, 3];
  return {
    name: `of two heads with ε ${eps}`,
    inputs: [draw(6, heads), draw(4, heads, features), draw(heads, 2 * features)],
    run: (scores: Tensor, x: Tensor, attention: Tensor) => lipschitzNorm(scores, x, attention, edges, { eps }),
    naive: (scores: number[], x: number[], attention: number[]) =>
      scores.map((score, at) => {
        const head = at % heads;
        const square = (of: number[], start: number, n: number): number =>
          of.slice(start, start + n).reduce((sum, value) => sum + value ** 2, 0);
        const node = (i: number): number => square(x, (i * heads + head) * features, features);
        const target = ends[1][Math.floor(at / heads)]!;
        const reaching = ends[0].filter((_, e) => ends[1][e] === target);
        const bound = Math.max(...reaching.map(node)) + node(target);
        return score / Math.sqrt(16 * square(attention, head * 2 * features, 2 * features) * bound + eps);
      }),
  };
});

/** All that is tested of the norms of the nodes of graphs. */
export const graphNormTests: Pick<
  NormTests,
  "pairNorm" | "pairNormSI" | "pairNormSCS" | "graphNorm" | "lipschitzNorm"
> = {
  lipschitzNorm: {
    calls: lipschitzNormCalls,
    // Scores of one head, as GATConv computes them of its nodes.
    dense: (x, w) => {
      const h = x.matmul(w.transpose());
      const [source, target] = [0, 1].map((i) => h.indexSelect(0, edges.slice(i))) as [Tensor, Tensor];
      const scores = cat([source, target], 1).matmul(attention.transpose());
      return lipschitzNorm(scores, h.unsqueeze(1), attention, edges, { eps: 0 });
    },
    errors: [
      [() => lipschitzNorm(zeros([6, 2]), zeros([4, 3]), zeros([2, 6]), edges), ShapeError, "lipschitzNorm: expected x of shape [nodes, heads, features], got [4, 3]."],
      [() => lipschitzNorm(zeros([6, 2]), zeros([4, 2, 3]), zeros([2, 3]), edges), ShapeError, "lipschitzNorm: expected attention of shape [2, 6], got [2, 3]."],
      [() => lipschitzNorm(zeros([5, 2]), zeros([4, 2, 3]), zeros([2, 6]), edges), ShapeError, "lipschitzNorm: expected scores of shape [6, 2], got [5, 2]."],
      [() => lipschitzNorm(zeros([6, 2]), zeros([3, 2, 3]), zeros([2, 6]), edges), ValueError, "lipschitzNorm: expected edges between nodes in [0, 3), got 3."],
    ], // prettier-ignore
  },
  graphNorm: {
    calls: graphNormCalls,
    dense: (x, w) => graphNorm(x.matmul(w.transpose()), { eps: 0 }),
    layers: [
      { layer: new GraphNorm(3), printed: "GraphNorm(3, eps=1e-6)", shape: [5, 3], same: (x) => graphNorm(x) },
      { layer: new GraphNorm(3, { eps: 0.5, affine: false }), printed: "GraphNorm(3, eps=0.5, affine=false)", shape: [5, 3], same: (x) => graphNorm(x, { eps: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => graphNorm(zeros([4])), ShapeError, "graphNorm: expected input of shape [nodes, features], got [4]."],
      [() => graphNorm(zeros([4, 3]), { meanScale: ones([4]) }), ShapeError, "graphNorm: expected meanScale of shape [3], got [4]."],
      [() => graphNorm(zeros([4, 3]), { graph: int32([0, 1, 2]) }), ShapeError, "graphNorm: expected graph of shape [4], got [3]."],
      [() => graphNorm(zeros([2, 3]), { graph: tensor([0, 1]) }), DTypeError, 'graphNorm: expected an int32 graph, got float32. Convert it with to("int32").'],
      [() => graphNorm(zeros([2, 3]), { graph: int32([0, 2]) }), ValueError, "graphNorm: expected graph in [0, 2), got 2."],
      [() => new GraphNorm(0), ShapeError, "GraphNorm: expected features to be a whole number ≥ 1, got 0."],
      [() => new GraphNorm(3).forward(zeros([4, 2])), ShapeError, "graphNorm: expected input of shape [nodes, 3], got [4, 2]."],
    ], // prettier-ignore
  },
  pairNorm: {
    calls: pairNormCalls,
    dense: (x, w) => pairNorm(x.matmul(w.transpose()), { eps: 0 }),
    layers: [{ layer: new PairNorm(), printed: "PairNorm(eps=1e-6)", shape: [5, 3], same: (x) => pairNorm(x) }],
    errors: [
      [() => pairNorm(zeros([4])), ShapeError, "pairNorm: expected input of shape [..., nodes, features], got [4]."],
      [() => new PairNorm({ eps: -1 }), ValueError, "PairNorm: expected eps ≥ 0, got -1."],
    ], // prettier-ignore
  },
  pairNormSI: {
    calls: individualCalls,
    dense: (x, w) => pairNorm(x.matmul(w.transpose()), { mode: "PN-SI", eps: 0 }),
    layers: [
      { layer: new PairNorm({ mode: "PN-SI", eps: 0.5 }), printed: 'PairNorm(mode="PN-SI", eps=0.5)', shape: [5, 3], same: (x) => pairNorm(x, { mode: "PN-SI", eps: 0.5 }) },
    ], // prettier-ignore
    errors: [
      [() => pairNorm(zeros([4, 3]), { mode: "SI" as "PN" }), ValueError, "pairNorm: expected mode PN, PN-SI or PN-SCS, got SI."],
    ], // prettier-ignore
  },
  pairNormSCS: {
    calls: simultaneousCalls,
    dense: (x, w) => pairNorm(x.matmul(w.transpose()), { mode: "PN-SCS", eps: 0 }),
    layers: [
      { layer: new PairNorm({ mode: "PN-SCS", scale: 10 }), printed: 'PairNorm(mode="PN-SCS", scale=10, eps=1e-6)', shape: [5, 3], same: (x) => pairNorm(x, { mode: "PN-SCS", scale: 10 }) },
    ], // prettier-ignore
    errors: [
      [() => new PairNorm({ mode: "SCS" as "PN" }), ValueError, "PairNorm: expected mode PN, PN-SI or PN-SCS, got SCS."],
    ], // prettier-ignore
  },
};
