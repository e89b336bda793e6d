import { sizeOf } from "@tapegrad/tensor/internal";
import { type Graph, operationOf, outputsOf, type Value } from "../graph/graph.ts";
import { ValueMap } from "../graph/value-map.ts";
import { operations } from "../operations/operations.ts";
import { isAvailable } from "./available.ts";
import type { Categories } from "./categories.ts";
import type { LoopGroup, Operand, KernelDraft } from "./kernel-draft.ts";
import { repeatedOperands } from "./repeated-operands.ts";
import { SpareBuffers } from "./spare-buffers.ts";
import type { Views } from "./view.ts";

/** Operations that are repeated rather than read, at most, per value. */
const longestRepeat = 8;

/** The values that get a buffer: what leaves a kernel and is not cheaper to compute again where it is needed. */
export function chooseBuffers(
  drafts: readonly KernelDraft[],
  graph: Graph,
  views: Views,
  categories: Categories,
): Set<Value> {
  const buffered = new Set<Value>();
  const need = (value: Value): void => {
    if (operationOf(value) !== undefined) buffered.add(value);
  };
  for (const output of outputsOf(graph)) need(views.of(output).base);
  for (const draft of drafts) {
    if (draft.kind === "loops") continue;
    draft.bases.forEach(need);
    draft.operation.outputs.forEach(need);
  }
  const fixed = new Set(buffered);
  const loops = new ValueMap<number>();
  for (const draft of drafts) {
    if (draft.kind !== "loops") continue;
    for (const value of draft.members.keys()) loops.set(value, draft.turns);
  }
  const known = { loops, buffered, views, categories };
  for (const draft of drafts) {
    if (draft.kind !== "loops") continue;
    for (const { operands } of draft.members.values()) {
      for (let i = 0; i < operands.length; i++) {
        const operand = operands[i]!;
        if (draft.members.has(operand.base) || isAvailable(operand.base, buffered)) continue;
        const leaves = repeatLeaves(operand, draft, known);
        if (leaves === undefined) need(operand.base);
        else leaves.forEach(need);
      }
    }
  }
  new SpareBuffers(drafts, views, buffered).drop(graph, fixed);
  return buffered;
}

/** What is known where buffers are chosen. */
interface Known {
  /** How many turns the loops make in which a value is computed. */
  readonly loops: Pick<ValueMap<number>, "get">;
  readonly buffered: ReadonlySet<Value>;
  readonly views: Views;
  readonly categories: Categories;
}

/** So many times smaller than what is computed of it, a value costs next to nothing to write and to read. */
const fewestTimes = 8;

/**
 * The values that must have buffers if an operand is computed again: reductions, small results of loops over more
 * elements, and what is read where an index says; undefined if that is not worth it.
 */
function repeatLeaves(
  operand: Operand,
  { extents }: LoopGroup,
  { loops, buffered, views, categories }: Known,
): Value[] | undefined {
  const size = sizeOf(operand.base.shape);
  const leaves: Value[] = [];
  let budget = longestRepeat;
  const visit = (read: Operand): boolean => {
    const { base, step } = read;
    if (isAvailable(base, buffered)) return true;
    const operation = operationOf(base);
    if (operation === undefined) return true;
    const category = categories.of(operation);
    const most = Math.min(size, loops.get(base) ?? 0);
    if (step === undefined && fewestTimes * sizeOf(base.shape) <= most) {
      leaves.push(base);
      return true;
    }
    if (category === "reduction" || category === "scatter" || step !== undefined) {
      leaves.push(base);
      return true;
    }
    // Single elements that an index chooses are dearer to find again than to read.
    if (category === "gather" && views.of(operation.inputs[1]!).strides.at(-1) !== 0) return false;
    if (operations[operation.name].cost !== "cheap" || budget-- <= 0) return false;
    const operands = repeatedOperands(operation, read, extents, views);
    return operands !== undefined && operands.every(visit);
  };
  return visit(operand) ? leaves : undefined;
}
