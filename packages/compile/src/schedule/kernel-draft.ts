import type { Operation, Value } from "../graph/graph.ts";

/** An operand of an operation in a group: what it sees, with strides along the group's axes. */
export interface Operand {
  readonly base: Value;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** An operation in a group. */
export interface GroupedOperation {
  readonly operation: Operation;
  readonly operands: readonly Operand[];
  /** Where its result lies, contiguously, along the group's axes. */
  readonly strides: readonly number[];
  /** The group axes that it reduces. */
  readonly reduces: readonly number[];
}

/** Operations that run in one kernel, over common loops. */
export class LoopGroup {
  readonly kind = "loops";
  readonly id: number;
  /** Extents of the loops, all more than 1. */
  readonly extents: readonly number[];
  readonly members: Map<Value, GroupedOperation> = new Map<Value, GroupedOperation>();
  /** Axes of the inner loops, once a reduction whose result is used inside has fixed them. */
  reduced: readonly number[] | undefined = undefined;
  /** Reductions whose results are complete only when the kernel ends. */
  readonly accumulated: Set<Value> = new Set<Value>();
  readonly dependencies: Set<KernelDraft> = new Set<KernelDraft>();

  constructor(id: number, extents: readonly number[]) {
    this.id = id;
    this.extents = extents;
  }
}

/** An operation with a kernel of its own. */
export class OwnKernel {
  readonly kind = "own";
  readonly id: number;
  readonly operation: Operation;
  /** The values that it reads from memory. */
  readonly bases: readonly Value[];
  readonly dependencies: Set<KernelDraft> = new Set<KernelDraft>();

  constructor(id: number, operation: Operation, bases: readonly Value[]) {
    this.id = id;
    this.operation = operation;
    this.bases = bases;
  }
}

/** What becomes one kernel. */
export type KernelDraft = LoopGroup | OwnKernel;

/** Whether `draft` needs `other` to have run, directly or through others. */
export function dependsOn(draft: KernelDraft, other: KernelDraft): boolean {
  const seen = new Set<KernelDraft>([draft]);
  const pending = [draft];
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
