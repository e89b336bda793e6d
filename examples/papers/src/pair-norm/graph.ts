import { arange, bernoulli, eye, Generator, nonzero, randn, randperm, type Tensor, triu, where, zeros } from "tapegrad";

/** Classes of the nodes. */
export const classes = 4;
/** Features of a node. */
export const features = 32;
const perClass = 125;
const nodes = perClass * classes;
/** Neighbours of a node in the mean, in its class and in the others. */
const neighbours = { same: 4, other: 1 } as const;
const counts = { train: 40, validation: 100 } as const;

/** Which nodes have features; those of the others are 0. */
export type Known = "all nodes" | "training nodes";

/** A graph with a class for each node. */
export interface Graph {
  /** `[nodes, features]` */
  readonly x: Tensor;
  /** The class of each node, int32 `[nodes]`. */
  readonly y: Tensor;
  /** Sources and targets, in both directions, int32 `[2, edges]`. */
  readonly edges: Tensor;
  /** `D⁻¹ · (A + I)`, which makes of a node the mean of it and its neighbours, `[nodes, nodes]`. */
  readonly walk: Tensor;
  /** Numbers of the nodes of each part, int32. */
  readonly parts: { readonly train: Tensor; readonly validation: Tensor; readonly test: Tensor };
}

/**
 * A graph of the stochastic block model, in which nodes of one class are likelier to be neighbours. The features are a point of the
 * class at distance 1 from the origin, and noise of variance 1 in each of them.
 */
export function graphOf(seed: number, known: Known): Graph {
  const generator = new Generator(seed);
  const y = arange(nodes).div(perClass).floor().to("int32");
  const likely = where(
    y.unsqueeze(0).eq(y.unsqueeze(1)),
    neighbours.same / perClass,
    neighbours.other / (nodes - perClass),
  );
  const half = bernoulli(triu(likely, 1), { generator });
  const adjacency = half.add(half.transpose());
  const looped = adjacency.add(eye(nodes));
  const centres = randn([classes, features], { generator });
  const points = centres.div(centres.norm({ axis: 1, keepDims: true })).indexSelect(0, y);
  const x = points.add(randn([nodes, features], { generator }));
  const order = randperm(nodes, { generator });
  const [end, start] = [counts.train, counts.train + counts.validation];
  const parts = {
    train: order.slice([0, end]),
    validation: order.slice([end, start]),
    test: order.slice([start, nodes]),
  };
  const isTrained = arange(nodes).to("int32").unsqueeze(1).eq(parts.train).any({ axis: 1, keepDims: true });
  return {
    ...{ x: known === "all nodes" ? x : where(isTrained, x, zeros([])), y, parts },
    edges: nonzero(adjacency).transpose(),
    walk: looped.div(looped.sum({ axis: 1, keepDims: true })),
  };
}
