import type { DType } from "@tapegrad/tensor";
import { isFloat, keepDimsShape, sizeOf } from "@tapegrad/tensor/internal";
import type { GraphBuilder } from "../../graph/builder.ts";
import { constantScalar } from "../../graph/constants.ts";
import { attrsOf, type Graph, type Operation, operationOf, type Value } from "../../graph/graph.ts";
import { rebuild } from "../../graph/rebuild.ts";
import type { OperationName, Operations } from "../../operations/operation.ts";
import { operations } from "../../operations/operations.ts";
import { elements, isRounded } from "../elements.ts";
import { narrowSums } from "./narrow-sums.ts";
import { reciprocals } from "./reciprocals.ts";
import { sharedSums } from "./shared-sums.ts";
import { logSoftmaxed, softmaxed } from "./softmax.ts";
import { standardized, standardizedGrad, standardizedSum } from "./standardize.ts";
import { fewTerms, wideTotal } from "./wide-sum.ts";

/** What an operation becomes on operands that are lowered; `of` gives what others of the graph have become. */
type Decomposition<P extends OperationName> = (
  builder: GraphBuilder,
  inputs: readonly Value[],
  attrs: Operations[P],
  operation: Operation<P>,
  of: (value: Value) => Value,
) => readonly Value[] | undefined;

/** The graph in terms of what kernels are made of, with float64 where the accuracy of float32 results asks for it. */
export function lower(graph: Graph): Graph {
  return refined(rebuild(graph, lowered));
}

function lowered<P extends OperationName>(
  builder: GraphBuilder,
  operation: Operation<P>,
  inputs: readonly Value[],
  of: (value: Value) => Value,
): readonly Value[] {
  const { name, attrs, outputs } = operation;
  const decomposition: Decomposition<P> | undefined = decompositions[name];
  return decomposition?.(builder, inputs, attrs, operation, of) ?? builder.applyAll(name, inputs, attrs, outputs);
}

/** The graph with less work for the same digits. What is rewritten is found at once: each is an operation of another kind. */
function refined(graph: Graph): Graph {
  const rewrites = [sharedSums, reciprocals, narrowSums].flatMap((find) => find(graph) ?? []);
  if (rewrites.length === 0) return graph;
  return rebuild(graph, (builder, operation, inputs, of) => {
    for (const rewrite of rewrites) {
      const outputs = rewrite(builder, operation, inputs, of);
      if (outputs !== undefined) return outputs;
    }
    return undefined;
  });
}

/** Of more than `fewest` terms, float32 is accumulated in float64, as the eager kernels do. */
const wide =
  <P extends "sum" | "prod">(name: P, fewest: number) =>
  (builder: GraphBuilder, [x]: readonly Value[], attrs: Operations[P]): readonly Value[] | undefined => {
    const total = wideTotal(builder, name, x as Value, attrs.axes, fewest);
    return total && [total];
  };

const wideSum = wide("sum", fewTerms);

/** One-hot selection replaces indexing along axes of up to this extent. */
const oneHotLimit = 256;

const decompositions: { readonly [P in OperationName]?: Decomposition<P> } = {
  sum: (builder, inputs, { axes }) => {
    const sum = (term: Value): Value =>
      (wideSum(builder, [term], { axes }) ?? [builder.apply("sum", [term], { axes })])[0]!;
    const known = standardizedSum(builder, inputs[0]!, axes, sum);
    if (known !== undefined) return [known];
    const product = operationOf(inputs[0]!);
    const rank = inputs[0]?.shape.length ?? 0;
    const isStack = product?.name === "matmul" && axes.every((axis) => axis < rank - 2);
    if (!isStack || !isFloat(inputs[0]!.dtype)) return wideSum(builder, inputs, { axes });
    return [builder.apply("matmulSum", product.inputs, { ...attrsOf(product, "matmul"), axes })];
  },
  prod: wide("prod", 0),
  standardize: (builder, [x], attrs) => standardized(builder, x as Value, attrs),
  standardizeGrad: (builder, [g, x], attrs) => [standardizedGrad(builder, g as Value, x as Value, attrs)],
  softmax: (builder, [x], attrs) => [softmaxed(builder, x as Value, attrs)],
  // A power of its logarithm is softmax itself: a quotient in the place of a second exponential, and without the digits
  // that large logarithms lose.
  exp: (builder, _inputs, _attrs, { inputs: [power] }, of) => {
    const known = operationOf(power!);
    if (known?.name !== "logSoftmax") return undefined;
    return [softmaxed(builder, of(known.inputs[0]!), attrsOf(known, "logSoftmax"))];
  },
  logSoftmax: (builder, [x], attrs) => [logSoftmaxed(builder, x as Value, attrs)],
  iota: (builder, _, { shape, axis, dtype }) => {
    if (shape.length <= 1) return undefined;
    const extent = shape[axis]!;
    const line = builder.apply("iota", [], { shape: [extent], axis: 0, dtype });
    const aligned = builder.apply("reshape", [line], { shape: shape.map((_n, a) => (a === axis ? extent : 1)) });
    return [builder.apply("broadcastTo", [aligned], { shape })];
  },
  check: (builder, [x], expectation) => {
    builder.check(x as Value, expectation);
    return [];
  },
  gather: (builder, [x, index], { axis }) => {
    const mask = oneHot(builder, x as Value, index as Value, axis);
    if (mask === undefined) return undefined;
    const picked = builder.apply("where", [mask, x as Value, builder.scalar(1, (x as Value).dtype)], {});
    // One factor at most is not 1, so that nothing is lost; a sum would take the sign from a zero.
    return [builder.apply("prod", [picked], { axes: [axis] })];
  },
  scatterAdd: (builder, [x, index, source], { axis }) => {
    const mask = oneHot(builder, x as Value, index as Value, axis);
    if (mask === undefined) return wideScatter(builder, [x as Value, index as Value, source as Value], axis);
    const base = x as Value;
    const isZero = Object.is(constantScalar(base), 0);
    const kept = isZero ? builder.scalar(0, base.dtype) : base;
    return [builder.apply("where", [mask, builder.apply("add", [kept, source as Value], {}), kept], {})];
  },
};

/** So many terms to a sum, on the average, repay that sums are kept in float64 and rounded in a kernel of their own. */
const fewTermsEach = 2;

/**
 * Sums of float32 from 0 on as float64 sums that are rounded once, which loops can compute where they compute the terms.
 * Terms that lie in memory are added by a routine that rounds each sum itself.
 */
function wideScatter(
  builder: GraphBuilder,
  [x, index, source]: readonly [Value, Value, Value],
  axis: number,
): readonly Value[] | undefined {
  const { dtype } = x;
  if (!isRounded(dtype) || constantScalar(x) !== 0 || !isComputed(source)) return undefined;
  if (sizeOf(source.shape) < fewTermsEach * sizeOf(x.shape)) return undefined;
  const { total } = elements[dtype].sums!;
  const sums = builder.apply("scatterAdd", [to(builder, x, total), index, to(builder, source, total)], { axis });
  return [to(builder, sums, dtype)];
}

/** Whether loops compute a value element by element. */
function isComputed(value: Value): boolean {
  const operation = operationOf(value);
  if (operation === undefined) return false;
  const { kind } = operations[operation.name];
  return kind === "movement" ? isComputed(operation.inputs[0]!) : kind === "elementwise" || kind === "gather";
}

function to(builder: GraphBuilder, value: Value, dtype: DType): Value {
  return builder.apply("cast", [value], { dtype });
}

/** Where the index points to, if it has one entry per line of a short axis; such lines cannot collide. */
function oneHot(builder: GraphBuilder, x: Value, index: Value, axis: number): Value | undefined {
  const extent = x.shape[axis]!;
  const single = keepDimsShape(x.shape, [axis]).every((n, a) => n === index.shape[a]);
  if (!single || extent > oneHotLimit || extent === 0 || elements[x.dtype].sums === undefined) return undefined;
  const line = builder.apply("iota", [], { shape: [extent], axis: 0, dtype: "int32" });
  const shape = x.shape.map((_n, a) => (a === axis ? extent : 1));
  return builder.apply("eq", [builder.apply("reshape", [line], { shape }), index], {});
}
