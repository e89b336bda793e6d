import { type Graph, operationOf, outputsOf, type Value } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import { isAvailable } from "./available.ts";
import type { Classify } from "./classify.ts";
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
  classify: Classify,
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
  for (const draft of drafts) {
    if (draft.kind !== "loops") continue;
    for (const member of draft.members.values()) {
      for (const operand of member.operands) {
        if (draft.members.has(operand.base) || isAvailable(operand.base, buffered)) continue;
        const leaves = repeatLeaves(operand, draft, buffered, views, classify);
        if (leaves === undefined) need(operand.base);
        else leaves.forEach(need);
      }
    }
  }
  new SpareBuffers(drafts, views, buffered).drop(graph, fixed);
  return buffered;
}

/** The reductions, and what is read where an index says, that must have buffers if an operand is computed again; undefined if that is not worth it. */
function repeatLeaves(
  operand: Operand,
  { extents }: LoopGroup,
  buffered: ReadonlySet<Value>,
  views: Views,
  classify: Classify,
): Value[] | undefined {
  const leaves: Value[] = [];
  let budget = longestRepeat;
  const visit = (read: Operand): boolean => {
    const { base, step } = read;
    if (isAvailable(base, buffered)) return true;
    const operation = operationOf(base);
    if (operation === undefined) return true;
    const category = classify(operation);
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
