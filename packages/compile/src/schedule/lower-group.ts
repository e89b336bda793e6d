import { type DType } from "@tapegrad/tensor";
import { sameShape, sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { constantScalar } from "../graph/constants.ts";
import { attrsOf, type Operation, operationOf, type Value } from "../graph/graph.ts";
import type { ReductionName } from "../operations/operations.ts";
import type { Bands } from "./bands.ts";
import { isPositions } from "./categories.ts";
import type { LoopGroup, GroupedOperation, Operand } from "./kernel-draft.ts";
import { type Accumulation, type KernelNode, type LoopKernel, nodesOf, type Store } from "./loop-kernel.ts";
import { repeatedOperands } from "./repeated-operands.ts";
import { bandedRows } from "./row-band.ts";
import type { Views } from "./view.ts";
import { mapped } from "../mapped.ts";

/** What a group needs to know of the rest of the schedule. */
export interface Surroundings {
  readonly views: Views;
  /** Where elements of matrices matter. */
  readonly bands: Bands;
  /** Values that have a buffer. */
  readonly buffered: ReadonlySet<Value>;
  /** What holds the last row that is wanted of values of which not all are. */
  readonly lastRows: ReadonlyMap<Value, Value>;
  /** How many checks come before each operation that relies on them. */
  readonly checks: ReadonlyMap<Operation, number>;
}

/** The kernel of a group: nodes for whatever its stored results need, the reading of buffers at the ends. */
export function lowerGroup(group: LoopGroup, surroundings: Surroundings): LoopKernel | undefined {
  const lowering = new Lowering(group, surroundings);
  const stores: Store[] = [];
  const accumulations: Accumulation[] = [];
  const operations: Operation[] = [];
  const banded = bandedRows(group, surroundings.buffered, surroundings.bands);
  for (const [value, member] of group.members) {
    operations.push(member.operation);
    if (!surroundings.buffered.has(value)) continue;
    if (group.accumulated.has(value)) {
      if (member.operation.name === "scatterAdd") {
        accumulations.push(lowering.scatter(value, member));
        continue;
      }
      const node = lowering.operand(member.operands[0]!);
      // What is accumulated is first reduced over the inner loops that it is summed over as well.
      const inner = member.reduces.some((axis) => group.reduced?.includes(axis) === true);
      const name = member.operation.name as ReductionName;
      const { strides } = member;
      accumulations.push({ node: inner ? lowering.reduce(name, node) : node, to: value, strides, name });
    } else {
      const outside = banded?.outside.get(value);
      stores.push({ node: lowering.member(value, member), to: value, strides: member.strides, outside });
    }
  }
  if (stores.length + accumulations.length === 0) return undefined;
  const reduced = group.extents.map((_, axis) => group.reduced?.includes(axis) === true);
  const nodes = nodesOf([...stores, ...accumulations]);
  const { checks } = lowering;
  const { extents, lastRow } = group;
  const { band } = banded ?? {};
  return { kind: "loop", extents, reduced, stores, accumulations, nodes, operations, checks, lastRow, band };
}

class Lowering {
  /** How many checks must have run before what was lowered. */
  checks = 0;
  readonly #group: LoopGroup;
  readonly #surroundings: Surroundings;
  readonly #members = new Map<Value, KernelNode>();
  /** What was read of other groups. */
  readonly #read = new Map<Value, { readonly operand: Operand; readonly node: KernelNode }[]>();

  constructor(group: LoopGroup, surroundings: Surroundings) {
    this.#group = group;
    this.#surroundings = surroundings;
  }

  member(value: Value, { operation, operands, reduces }: GroupedOperation): KernelNode {
    const known = this.#members.get(value);
    if (known !== undefined) return known;
    const node =
      reduces.length > 0
        ? this.reduce(operation.name as ReductionName, this.operand(operands[0]!))
        : this.#applied(operation, value.dtype, operands);
    this.#members.set(value, node);
    return node;
  }

  /** What is added where an index says. */
  scatter(to: Value, { operation, operands, strides }: GroupedOperation): Accumulation {
    this.#follow(operation);
    const [node, index] = operands.map((operand) => this.operand(operand)) as [KernelNode, KernelNode];
    const stride = stridesOf(to.shape)[attrsOf(operation, "scatterAdd").axis]!;
    const lastRow = this.#surroundings.lastRows.get(to);
    return { node, to, strides, name: "sum", at: { index, stride }, lastRow };
  }

  reduce(name: ReductionName, input: KernelNode): KernelNode {
    return { kind: "reduce", name, input, dtype: input.dtype };
  }

  operand(operand: Operand): KernelNode {
    const { base, offset, strides } = operand;
    const inside = this.#group.members.get(base);
    if (inside !== undefined) return this.member(base, inside);
    const read = this.#read.get(base);
    if (read !== undefined) {
      for (const { operand: one, node } of read) {
        if (one.offset === offset && sameShape(one.strides, strides)) return node;
      }
    }
    const node = this.#outside(operand);
    const entry = { operand, node };
    if (read === undefined) this.#read.set(base, [entry]);
    else read.push(entry);
    return node;
  }

  #outside({ base, offset, strides }: Operand): KernelNode {
    const { dtype } = base;
    const constant = sizeOf(base.shape) === 1 ? constantScalar(base) : undefined;
    if (constant !== undefined) return { kind: "constant", value: constant, dtype };
    const operation = operationOf(base);
    if (isPositions(base)) return { kind: "iota", offset, strides, dtype };
    if (operation !== undefined && !this.#surroundings.buffered.has(base)) {
      return this.#again(operation, { base, offset, strides });
    }
    return { kind: "load", from: base, offset, strides, dtype };
  }

  /** A cheap operation of another group, computed again here. */
  #again(operation: Operation, read: Operand): KernelNode {
    const operands = repeatedOperands(operation, read, this.#group.extents, this.#surroundings.views);
    if (operands === undefined) throw new Error(`lowerGroup: ${operation.name} has no buffer.`);
    return this.#applied(operation, read.base.dtype, operands);
  }

  #applied(operation: Operation, dtype: DType, operands: readonly Operand[]): KernelNode {
    const [first, index] = operands as readonly [Operand, Operand];
    if (first.step === undefined) {
      return {
        kind: "apply",
        name: operation.name,
        inputs: mapped(operands, (operand) => this.operand(operand)),
        dtype,
      };
    }
    const { base, offset, strides, step } = first;
    const constant = constantScalar(base);
    if (constant !== undefined) return { kind: "constant", value: constant, dtype };
    this.#follow(operation);
    return { kind: "load", from: base, offset, strides, dtype, at: { index: this.operand(index), stride: step } };
  }

  /** Waits for the checks that an operation relies on. */
  #follow(operation: Operation): void {
    this.checks = Math.max(this.checks, this.#surroundings.checks.get(operation) ?? 0);
  }
}
