import { cat, DTypeError, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectElements, expectTensor, formatShape, iota } from "@tapegrad/tensor/internal";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";

/** Where edges come from and where they go, `[edges]` each; with loops there is one more from each node to itself. */
export interface Edges {
  readonly source: Tensor;
  readonly target: Tensor;
}

/** Edges between so many nodes, `[2, edges]`: a row of sources and a row of targets. */
export function checkEdges(fn: string, edges: Tensor, nodes: number, loops: boolean): Edges {
  expectTensor(fn, "edges", edges);
  if (edges.dtype !== "int32") {
    throw new DTypeError(`${fn}: expected int32 edges, got ${edges.dtype}. Convert them with to("int32").`);
  }
  if (edges.ndim !== 2 || edges.shape[0] !== 2) {
    throw new ShapeError(`${fn}: expected edges of shape [2, edges], got ${formatShape(edges.shape)}.`);
  }
  expectElements(edges, {
    within: [[0, nodes - 1]],
    error: (k) => new ValueError(`${fn}: expected edges between nodes in [0, ${nodes}), got ${k}.`),
  });
  const all = loops ? cat([edges, iota([2, nodes], 1)], 1) : edges;
  return { source: all.slice(0), target: all.slice(1) };
}

/** Number of nodes; throws unless `x` is `[nodes, features]`. */
export function checkNodes(fn: string, x: Tensor, features: number | undefined): number {
  expectTensor(fn, "x", x);
  if (x.ndim !== 2 || x.shape[1] !== (features ?? x.shape[1])) {
    throw new ShapeError(
      `${fn}: expected input of shape [nodes, ${features ?? "features"}], got ${formatShape(x.shape)}.`,
    );
  }
  return x.shape[0]!;
}

/** Throws unless `weight` maps the features of `x`. */
export function checkWeight(fn: string, x: Tensor, weight: Tensor): void {
  expectTensor(fn, "weight", weight);
  checkVector(fn, "weight", weight, [weight.shape[0] ?? 0, x.shape[1]!]);
  checkDTypes(fn, { input: x, weight });
}
