import type { DType } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import type { Operation, Value } from "../graph/graph.ts";
import type { OperationName } from "../operations/operation.ts";
import type { ReductionName } from "../operations/operations.ts";
import type { RowBand } from "./row-band.ts";

interface NodeBase {
  readonly dtype: DType;
}

/** A position along an axis of a buffer that is not a loop: what an int32 node says, times a stride in elements. */
export interface Indexed {
  readonly index: KernelNode;
  readonly stride: number;
}

/** Reads a buffer at `offset + Σ iₐ·stridesₐ` elements, and where an index says. */
export interface LoadNode extends NodeBase {
  readonly kind: "load";
  readonly from: Value;
  readonly offset: number;
  readonly strides: readonly number[];
  readonly at?: Indexed;
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
  /** What the value is outside of the band of a kernel that has one, if it lies along the columns. */
  readonly outside?: number | undefined;
}

/** Folds a node's values over the outer loops into a buffer, or where an index says over the inner loops, in their order. */
export interface Accumulation extends Store {
  readonly name: ReductionName;
  readonly at?: Indexed;
  /** What holds the last row of the result that is wanted; all are unless given. */
  readonly lastRow?: Value | undefined;
}

/** Whether a result goes where an index says. */
export function isIndexed(result: Store | Accumulation): result is Accumulation & { readonly at: Indexed } {
  return "at" in result && result.at !== undefined;
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
  /** What holds the last turn of the first loop that is wanted; all are unless given. */
  readonly lastRow?: Value | undefined;
  /** Outside of which reductions meet nothing but their neutral element, and results are constants; every row has an element in it. */
  readonly band?: RowBand | undefined;
  /** How many checks must have run before: after them its indices are known to be within range. */
  readonly checks: number;
}

/** How many elements a result has: the loops along which it moves, or all of the buffer where an index says. */
export function resultSize({ extents }: Pick<LoopKernel, "extents">, { strides, to, at }: Accumulation): number {
  if (at !== undefined) return sizeOf(to.shape);
  return extents.reduce((count, extent, axis) => (strides[axis] === 0 ? count : count * extent), 1);
}

/** Every node that results need, inputs first. */
export function nodesOf(results: readonly Pick<Accumulation, "node" | "at">[]): KernelNode[] {
  const seen = new Set<KernelNode>();
  for (const result of results) for (const node of neededBy(result)) visit(node, seen);
  return [...seen];
}

/** What a result needs: its value, and the index of where it goes. */
export function neededBy({ node, at }: Pick<Accumulation, "node" | "at">): KernelNode[] {
  return at === undefined ? [node] : [node, at.index];
}

function visit(node: KernelNode, seen: Set<KernelNode>): void {
  if (seen.has(node)) return;
  for (const input of inputsOf(node)) visit(input, seen);
  seen.add(node);
}

/** The nodes that a node is computed from. */
export function inputsOf(node: KernelNode): readonly KernelNode[] {
  switch (node.kind) {
    case "apply":
      return node.inputs;
    case "reduce":
      return [node.input];
    case "load":
      return node.at === undefined ? [] : [node.at.index];
    default:
      return [];
  }
}
