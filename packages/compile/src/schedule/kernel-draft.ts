import type { Operation, Value } from "../graph/graph.ts";

/** An operand of an operation in a group: what it sees, with strides along the group's axes. */
export interface Operand {
  readonly base: Value;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** An operation in a group. */
export interface Member {
  readonly operation: Operation;
  readonly operands: readonly Operand[];
  /** Where its result lies, contiguously, along the group's axes. */
  readonly strides: readonly number[];
  /** The group axes that it reduces. */
  readonly reduces: readonly number[];
}

/** Operations that run in one kernel, over common loops. */
export class Group {
  readonly kind = "group";
  readonly id: number;
  /** Extents of the loops, all more than 1. */
  readonly extents: readonly number[];
  readonly members: Map<Value, Member> = new Map<Value, Member>();
  /** Axes of the inner loops, once a reduction whose result is used inside has fixed them. */
  reduced: readonly number[] | undefined = undefined;
  /** Reductions whose results are complete only when the kernel ends. */
  readonly accumulated: Set<Value> = new Set<Value>();
  readonly dependencies: Set<Unit> = new Set<Unit>();

  constructor(id: number, extents: readonly number[]) {
    this.id = id;
    this.extents = extents;
  }
}

/** An operation with a kernel of its own. */
export class Single {
  readonly kind = "single";
  readonly id: number;
  readonly operation: Operation;
  /** The values that it reads from memory. */
  readonly bases: readonly Value[];
  readonly dependencies: Set<Unit> = new Set<Unit>();

  constructor(id: number, operation: Operation, bases: readonly Value[]) {
    this.id = id;
    this.operation = operation;
    this.bases = bases;
  }
}

/** What becomes one kernel. */
export type Unit = Group | Single;

/** Whether `unit` needs `other` to have run, directly or through others. */
export function dependsOn(unit: Unit, other: Unit): boolean {
  const seen = new Set<Unit>([unit]);
  const pending = [unit];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next === other) return true;
    for (const dependency of next.dependencies) {
      if (seen.has(dependency)) continue;
      seen.add(dependency);
      pending.push(dependency);
    }
  }
  return false;
}
