import { type DType } from "@tapegrad/tensor";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { constantScalar } from "../graph/constants.ts";
import { type Operation, operationOf, type Value } from "../graph/graph.ts";
import type { ReductionName } from "../operations/operations.ts";
import { along } from "./align.ts";
import { domainOf, isPositions } from "./classify.ts";
import type { LoopGroup, GroupedOperation, Operand } from "./kernel-draft.ts";
import type { Accumulation, KernelNode, LoopKernel, Store } from "./loop-kernel.ts";
import type { Views } from "./view.ts";

/** What a group needs to know of the rest of the schedule. */
export interface Surroundings {
  readonly views: Views;
  /** Values that have a buffer. */
  readonly buffered: ReadonlySet<Value>;
}

/** The kernel of a group: nodes for whatever its stored results need, the reading of buffers at the ends. */
export function lowerGroup(group: LoopGroup, surroundings: Surroundings): LoopKernel | undefined {
  const lowering = new Lowering(group, surroundings);
  const stores: Store[] = [];
  const accumulations: Accumulation[] = [];
  const operations: Operation[] = [];
  for (const [value, member] of group.members) {
    operations.push(member.operation);
    if (!surroundings.buffered.has(value)) continue;
    const strides = [...member.strides];
    if (group.accumulated.has(value)) {
      const node = lowering.operand(member.operands[0]!);
      // What is accumulated is first reduced over the inner loops that it is summed over as well.
      const inner = member.reduces.some((axis) => group.reduced?.includes(axis) === true);
      const name = member.operation.name as ReductionName;
      accumulations.push({ node: inner ? lowering.reduce(name, node) : node, to: value, strides, name });
    } else stores.push({ node: lowering.member(value, member), to: value, strides });
  }
  if (stores.length + accumulations.length === 0) return undefined;
  const reduced = group.extents.map((_, axis) => group.reduced?.includes(axis) === true);
  return { kind: "loop", extents: group.extents, reduced, stores, accumulations, operations };
}

class Lowering {
  readonly #group: LoopGroup;
  readonly #surroundings: Surroundings;
  readonly #nodes = new Map<string, KernelNode>();

  constructor(group: LoopGroup, surroundings: Surroundings) {
    this.#group = group;
    this.#surroundings = surroundings;
  }

  member(value: Value, { operation, operands, reduces }: GroupedOperation): KernelNode {
    return this.#once(`member ${value.id}`, () => {
      const inputs = operands.map((operand) => this.operand(operand));
      return reduces.length > 0
        ? this.reduce(operation.name as ReductionName, inputs[0]!)
        : applied(operation, value.dtype, inputs);
    });
  }

  reduce(name: ReductionName, input: KernelNode): KernelNode {
    return { kind: "reduce", name, input, dtype: input.dtype };
  }

  operand({ base, offset, strides }: Operand): KernelNode {
    const inside = this.#group.members.get(base);
    if (inside !== undefined) return this.member(base, inside);
    const { dtype } = base;
    const key = `${base.id} ${offset} ${strides.join()}`;
    return this.#once(key, (): KernelNode => {
      const constant = sizeOf(base.shape) === 1 ? constantScalar(base) : undefined;
      if (constant !== undefined) return { kind: "constant", value: constant, dtype };
      const operation = operationOf(base);
      if (isPositions(base)) return { kind: "iota", offset, strides: [...strides], dtype };
      if (operation !== undefined && !this.#surroundings.buffered.has(base))
        return this.#again(operation, base, strides);
      return { kind: "load", from: base, offset, strides: [...strides], dtype };
    });
  }

  /** A cheap operation of another group, computed again here. */
  #again(operation: Operation, base: Value, strides: readonly number[]): KernelNode {
    const operands = repeatedOperands(operation, base, strides, this.#group.extents, this.#surroundings.views);
    if (operands === undefined) throw new Error(`lowerGroup: ${operation.name} has no buffer.`);
    return applied(
      operation,
      base.dtype,
      operands.map((operand) => this.operand(operand)),
    );
  }

  #once(key: string, make: () => KernelNode): KernelNode {
    let node = this.#nodes.get(key);
    if (node === undefined) this.#nodes.set(key, (node = make()));
    return node;
  }
}

function applied(operation: Operation, dtype: DType, inputs: readonly KernelNode[]): KernelNode {
  return { kind: "apply", name: operation.name, inputs, dtype };
}

/**
 * What an operation's operands are at the places of a view of its result: `strides` are those of the view along loop
 * axes. Undefined if an axis of the result is not an axis of the loops.
 */
export function repeatedOperands(
  operation: Operation,
  base: Value,
  strides: readonly number[],
  extents: readonly number[],
  views: Views,
): Operand[] | undefined {
  const shape = domainOf(operation);
  const own = stridesOf(shape);
  const axes = shape.map((extent, axis) =>
    extent === 1 ? -1 : strides.findIndex((stride, loop) => stride === own[axis] && extents[loop] === extent),
  );
  if (axes.some((loop, axis) => loop < 0 && shape[axis] !== 1)) return undefined;
  const used = axes.filter((loop) => loop >= 0);
  if (new Set(used).size < used.length || used.length < strides.filter((stride) => stride !== 0).length)
    return undefined;
  if (operation.outputs[0] !== base) return undefined;
  return operation.inputs.map((input) => {
    const view = views.of(input);
    return { base: view.base, offset: view.offset, strides: along(view, shape, axes, extents.length) as number[] };
  });
}
