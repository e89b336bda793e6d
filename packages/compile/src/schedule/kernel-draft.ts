import { sizeOf } from "@tapegrad/tensor/internal";
import type { Operation, Value } from "../graph/graph.ts";
import { Draft } from "./draft.ts";
import { splitMembers } from "./split-loops.ts";

/** An operand of an operation in a group: what it sees, with strides along the group's axes. */
export interface Operand {
  readonly base: Value;
  readonly offset: number;
  readonly strides: readonly number[];
  /** Elements per step of an index that says where it is read; undefined of what is read where the loops are. */
  readonly step?: number | undefined;
}

/** An operation in a group. */
export interface GroupedOperation {
  readonly operation: Operation;
  /** Of a gather what it reads and the index; of a scatter what it adds and the index. */
  readonly operands: readonly Operand[];
  /** Where its result lies, contiguously, along the group's axes. */
  readonly strides: readonly number[];
  /** The group axes that it reduces. */
  readonly reduces: readonly number[];
}

/** Operations that run in one kernel, over common loops. */
export class LoopGroup extends Draft {
  readonly kind = "loops";
  /** Extents of the loops, all more than 1. */
  extents: readonly number[];
  /** How many turns the loops make together. */
  readonly turns: number;
  /** The extents as text. */
  loops: string;
  members: Map<Value, GroupedOperation> = new Map<Value, GroupedOperation>();
  /** What its members read that no member gives: of each value, which parts. */
  readonly reads: Map<Value, Set<number>> = new Map<Value, Set<number>>();
  /** Axes of the inner loops, once a reduction whose result is used inside has fixed them. */
  reduced: readonly number[] | undefined = undefined;
  /** What holds the last row of the first axis that is wanted; undefined if all are. */
  readonly lastRow: Value | undefined;
  /** Reductions whose results are complete only when the kernel ends. */
  readonly accumulated: Set<Value> = new Set<Value>();

  constructor(id: number, extents: readonly number[], lastRow: Value | undefined) {
    super(id);
    this.lastRow = lastRow;
    this.extents = extents;
    this.turns = sizeOf(extents);
    this.loops = extents.join();
  }

  /** Splits its loops into others, and gives what makes them what they were. */
  split(extents: readonly number[]): () => void {
    const before = { extents: this.extents, loops: this.loops, members: this.members, reduced: this.reduced };
    const { members, reduced } = splitMembers(this.extents, this, extents);
    Object.assign(this, { extents, loops: extents.join(), members: new Map(members), reduced });
    return () => void Object.assign(this, before);
  }
}

/** An operation with a kernel of its own. */
export class OwnKernel extends Draft {
  readonly kind = "own";
  readonly operation: Operation;
  /** The values that it reads from memory. */
  readonly bases: readonly Value[];

  constructor(id: number, operation: Operation, bases: readonly Value[]) {
    super(id);
    this.operation = operation;
    this.bases = bases;
  }
}

/** What becomes one kernel. */
export type KernelDraft = LoopGroup | OwnKernel;
