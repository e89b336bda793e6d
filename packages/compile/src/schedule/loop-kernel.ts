import type { DType } from "@tapegrad/tensor";
import type { Operation, Value } from "../graph/graph.ts";
import type { OperationName } from "../operations/operation.ts";
import type { ReductionName } from "../operations/operations.ts";

interface NodeBase {
  readonly dtype: DType;
}

/** Reads a buffer at `offset + Σ iₐ·stridesₐ` elements. */
export interface LoadNode extends NodeBase {
  readonly kind: "load";
  readonly from: Value;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** The same number everywhere. */
export interface ConstantNode extends NodeBase {
  readonly kind: "constant";
  readonly value: number;
}

/** The position `offset + Σ iₐ·stridesₐ` itself. */
export interface IotaNode extends NodeBase {
  readonly kind: "iota";
  readonly offset: number;
  readonly strides: readonly number[];
}

/** An elementwise operation. */
export interface ApplyNode extends NodeBase {
  readonly kind: "apply";
  readonly name: OperationName;
  readonly inputs: readonly KernelNode[];
}

/** A reduction over the inner loops. */
export interface ReduceNode extends NodeBase {
  readonly kind: "reduce";
  readonly name: ReductionName;
  readonly input: KernelNode;
}

/** What a loop kernel computes at a position of its loops. */
export type KernelNode = LoadNode | ConstantNode | IotaNode | ApplyNode | ReduceNode;

/** Writes a node's value to a buffer. */
export interface Store {
  readonly node: KernelNode;
  readonly to: Value;
  readonly strides: readonly number[];
}

/** Folds a node's values over the outer loops into a buffer. */
export interface Accumulation extends Store {
  readonly name: ReductionName;
}

/** Loops over `extents`, the reduced ones inside, and what they compute. */
export interface LoopKernel {
  readonly kind: "loop";
  readonly extents: readonly number[];
  readonly reduced: readonly boolean[];
  readonly stores: readonly Store[];
  readonly accumulations: readonly Accumulation[];
  /** Every node that the results are computed from, inputs first. */
  readonly nodes: readonly KernelNode[];
  /** The operations that were fused, for people. */
  readonly operations: readonly Operation[];
}

/** How many elements a result has: the loops along which it moves. */
export function resultSize({ extents }: Pick<LoopKernel, "extents">, { strides }: Pick<Store, "strides">): number {
  return extents.reduce((count, extent, axis) => (strides[axis] === 0 ? count : count * extent), 1);
}

/** Every node that results need, inputs first. */
export function nodesOf(results: readonly Pick<Store, "node">[]): KernelNode[] {
  const seen = new Set<KernelNode>();
  for (const { node } of results) visit(node, seen);
  return [...seen];
}

function visit(node: KernelNode, seen: Set<KernelNode>): void {
  if (seen.has(node)) return;
  if (node.kind === "apply") for (const input of node.inputs) visit(input, seen);
  else if (node.kind === "reduce") visit(node.input, seen);
  seen.add(node);
}

/** The nodes that a node is computed from. */
export function inputsOf(node: KernelNode): readonly KernelNode[] {
  return node.kind === "apply" ? node.inputs : node.kind === "reduce" ? [node.input] : [];
}
