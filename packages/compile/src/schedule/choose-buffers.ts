import { type Graph, operationOf, outputsOf, type Value } from "../graph/graph.ts";
import { operations } from "../operations/operations.ts";
import { categoryOf, isPositions } from "./classify.ts";
import { repeatedOperands } from "./lower-group.ts";
import type { Group, Operand, Unit } from "./kernel-draft.ts";
import type { Views } from "./view.ts";

/** Operations that are repeated rather than read, at most, per value. */
const longestRepeat = 8;

/** The values that get a buffer: what leaves a kernel and is not cheaper to compute again where it is needed. */
export function realizedValues(units: readonly Unit[], graph: Graph, views: Views): Set<Value> {
  const realized = new Set<Value>();
  const need = (value: Value): void => {
    if (operationOf(value) !== undefined) realized.add(value);
  };
  for (const output of outputsOf(graph)) need(views.of(output).base);
  for (const unit of units) {
    if (unit.kind === "group") continue;
    unit.bases.forEach(need);
    unit.operation.outputs.forEach(need);
  }
  for (const unit of units) {
    if (unit.kind !== "group") continue;
    for (const member of unit.members.values()) {
      for (const operand of member.operands) {
        if (unit.members.has(operand.base) || isAvailable(operand.base, realized)) continue;
        const leaves = repeatLeaves(operand, unit, realized, views);
        if (leaves === undefined) need(operand.base);
        else leaves.forEach(need);
      }
    }
  }
  return realized;
}

function isAvailable(value: Value, realized: ReadonlySet<Value>): boolean {
  const operation = operationOf(value);
  return operation === undefined || isPositions(value) || realized.has(value);
}

/** The reductions that must have buffers if an operand is computed again; undefined if that is not worth it. */
function repeatLeaves(
  operand: Operand,
  { extents }: Group,
  realized: ReadonlySet<Value>,
  views: Views,
): Value[] | undefined {
  const leaves: Value[] = [];
  let budget = longestRepeat;
  const visit = ({ base, offset, strides }: Operand): boolean => {
    if (isAvailable(base, realized)) return true;
    const operation = operationOf(base);
    if (operation === undefined) return true;
    if (categoryOf(operation) === "reduction") {
      leaves.push(base);
      return true;
    }
    if (operations[operation.name].cost !== "cheap" || offset !== 0 || budget-- <= 0) return false;
    const operands = repeatedOperands(operation, base, strides, extents, views);
    return operands !== undefined && operands.every(visit);
  };
  return visit(operand) ? leaves : undefined;
}
