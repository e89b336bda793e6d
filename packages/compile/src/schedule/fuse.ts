import { sameShape, sizeOf } from "@tapegrad/tensor/internal";
import type { Graph, Operation, Value } from "../graph/graph.ts";
import { ValueMap } from "../graph/value-map.ts";
import { accumulates } from "./accumulates.ts";
import { alignment, type Candidate, candidateOf, groupedOperation } from "./align.ts";
import { operations } from "../operations/operations.ts";
import { type Categories, domainOf, isPositions } from "./categories.ts";
import { Draft } from "./draft.ts";
import { LoopGroup, OwnKernel, type KernelDraft } from "./kernel-draft.ts";
import { matrixOperand } from "./matrix-operand.ts";
import { Readers } from "./readers.ts";
import { readsAlike, readsInPlace } from "./reads-between.ts";
import { reachedSizes } from "./reached-sizes.ts";
import { commonLoops, splitCandidate } from "./split-loops.ts";
import { isView, type View, type Views } from "./view.ts";

/** What is known about the values of a graph. */
export interface Known {
  readonly views: Views;
  readonly categories: Categories;
  /** What holds the last row that is wanted of values of which not all are. */
  readonly lastRows: ReadonlyMap<Value, Value>;
}

/** Cuts a graph into kernels: greedily, each operation joins the kernel of an operand if it can run in its loops. */
export function fuse(graph: Graph, known: Known): readonly KernelDraft[] {
  const fusion = new Fusion(graph, known);
  for (const operation of graph.operations) fusion.add(operation);
  return fusion.finish();
}

/** More operations in one loop do not repay the time to compile them. */
const largestGroup = 256;

class Fusion {
  readonly #views: Views;
  readonly #categories: Categories;
  readonly #lastRows: ReadonlyMap<Value, Value>;
  readonly #drafts = new Set<KernelDraft>();
  #created = 0;
  readonly #draftOf = new ValueMap<KernelDraft>();
  readonly #readers = new Readers();
  readonly #reached: Pick<ValueMap<number>, "get">;
  #lastCheck: KernelDraft | undefined;

  constructor(graph: Graph, { views, categories, lastRows }: Known) {
    this.#views = views;
    this.#categories = categories;
    this.#lastRows = lastRows;
    this.#reached = reachedSizes(graph, views, categories);
  }

  add(operation: Operation): void {
    const result = operation.outputs[0];
    if (result !== undefined && isView(this.#views, result)) return;
    const category = this.#categories.of(operation);
    if (category === "positions") return;
    if (category !== "matmul" && category !== "routine") {
      this.#addToLoops(candidateOf(operation, this.#views));
      return;
    }
    const bases = operation.inputs.map((input) =>
      category === "matmul" ? matrixOperand(this.#views, input).base : this.#views.of(input).base,
    );
    const draft = new OwnKernel(this.#created++, operation, bases);
    this.#drafts.add(draft);
    for (const base of bases) this.#depend(draft, base);
    this.#followChecks(draft);
    for (const output of operation.outputs) this.#draftOf.set(output, draft);
  }

  #addToLoops(candidate: Candidate): void {
    if (this.#joinsAny(candidate)) return;
    const draft = new LoopGroup(this.#created++, candidate.extents, this.#limitOf(candidate));
    this.#drafts.add(draft);
    if (!this.#join(draft, candidate)) throw new Error(`fuse: ${candidate.operation.name} does not fit its own loops.`);
  }

  /** Checks run in the order in which they were recorded, and what relies on them after them. */
  #followChecks(draft: OwnKernel): void {
    const { kind, isTrusting } = operations[draft.operation.name];
    const isCheck = kind === "check";
    if ((isCheck || isTrusting) && this.#lastCheck !== undefined) draft.dependOn(this.#lastCheck);
    if (isCheck) this.#lastCheck = draft;
  }

  finish(): readonly KernelDraft[] {
    for (const draft of this.#drafts) {
      if (draft.kind !== "loops" || draft.reduced !== undefined) continue;
      const [first] = draft.accumulated;
      if (first === undefined) continue;
      // No result of a reduction is used in these loops: those over the axes of the first become inner loops.
      draft.reduced = (draft.members.get(first)?.reduces ?? []).toSorted((a, b) => a - b);
      for (const value of draft.accumulated) {
        if (sameAxes(draft.members.get(value)?.reduces ?? [], draft.reduced)) draft.accumulated.delete(value);
      }
    }
    return [...this.#drafts];
  }

  /** Lets an operation join a group if one can take it: the latest of its operands', or else that reads the same. */
  #joinsAny(candidate: Candidate): boolean {
    const own: LoopGroup[] = [];
    const { operands } = candidate;
    // What goes back into longer loops that give an operand stays in them.
    const reached = this.#reached.get(candidate.operation.outputs[0]!) ?? 0;
    const size = sizeOf(candidate.extents);
    for (let i = 0; i < operands.length; i++) {
      const draft = this.#draftOf.get(operands[i]!.base);
      if (draft?.kind !== "loops" || own.includes(draft)) continue;
      let at = own.push(draft) - 1;
      for (; at > 0 && comesFirst(draft, own[at - 1]!, size, reached); at--) own[at] = own[at - 1]!;
      own[at] = draft;
    }
    return this.#joinsOne(own, candidate) || this.#joinsOne(this.#readers.latest(candidate, own), candidate);
  }

  #joinsOne(groups: readonly LoopGroup[], candidate: Candidate): boolean {
    for (let i = 0; i < groups.length; i++) if (this.#join(groups[i]!, candidate)) return true;
    return false;
  }

  /** Lets an operation join a group, whose loops and its own are split where it takes that. */
  #join(group: LoopGroup, candidate: Candidate): boolean {
    if (candidate.loops === group.loops || group.lastRow !== undefined) return this.#joinLoops(group, candidate);
    const extents = commonLoops(group.extents, candidate.extents);
    const fine = extents && splitCandidate(candidate, extents);
    if (extents === undefined || fine === undefined) return this.#joinLoops(group, candidate);
    this.#readers.remove(group);
    const undo = group.split(extents);
    const joins = this.#joinLoops(group, fine);
    if (!joins) undo();
    if (group.members.size < largestGroup) this.#readers.restore(group);
    return joins;
  }

  #joinLoops(group: LoopGroup, candidate: Candidate): boolean {
    const { operation, operands } = candidate;
    if (group.members.size >= largestGroup || readsAccumulated(group, operands)) return false;
    if (group.lastRow !== this.#limitOf(candidate)) return false;
    const axes = alignment(group, candidate);
    if (axes === undefined || (group.lastRow !== undefined && axes[0] !== 0)) return false;
    if (Draft.needs(this.#draftsBut(group, group, candidate), group)) return false;
    const category = this.#categories.of(operation);
    const folds = category === "reduction" || category === "scatter";
    const reduces = folds ? candidate.reduces.map((axis) => axes[axis]!) : [];
    if (category === "scatter") {
      if (!this.#admitScatter(group, operation, axes, reduces)) return false;
    } else if (reduces.length > 0 && !this.#admit(group, operation, axes, reduces)) return false;
    for (let i = 0; i < operands.length; i++) {
      const other = this.#draftOf.get(operands[i]!.base);
      if (other?.kind === "loops" && other !== group) this.#merge(group, other, candidate);
    }
    const result = operation.outputs[0]!;
    group.members.set(result, groupedOperation(group, candidate, axes, reduces));
    this.#draftOf.set(result, group);
    for (let i = 0; i < operands.length; i++) this.#read(group, operands[i]!);
    for (const draft of this.#required(operation)) group.dependOn(draft);
    if (group.members.size >= largestGroup) this.#readers.remove(group);
    return true;
  }

  /** Makes two groups that an operation over their loops joins one, if nothing between them must run on its own. */
  #merge(group: LoopGroup, other: LoopGroup, candidate: Candidate): void {
    const { operands } = candidate;
    if (group.loops !== other.loops) return;
    if (group.members.size + other.members.size >= largestGroup || group.lastRow !== other.lastRow) return;
    if (readsAccumulated(other, operands)) return;
    // It may run over some of their loops, the same ones in both, which then read the same.
    if (candidate.loops !== group.loops && !readsAlike(group, other)) return;
    const [axes, others] = [alignment(group, candidate), alignment(other, candidate)];
    if (axes === undefined || others === undefined || !sameShape(axes, others)) return;
    const isFree = (one: LoopGroup): boolean => one.reduced === undefined && one.accumulated.size === 0;
    const isAlike =
      group.reduced !== undefined && other.reduced !== undefined && sameAxes(group.reduced, other.reduced);
    if (!isFree(group) && !isFree(other) && !isAlike) return;
    if (Draft.needs(this.#draftsBut(group, other, candidate), other)) return;
    if (group.leadsThroughThirdTo(other) || other.leadsThroughThirdTo(group)) return;
    if (!readsInPlace(group, other) || !readsInPlace(other, group)) return;
    for (const [value, member] of other.members) {
      group.members.set(value, member);
      this.#draftOf.set(value, group);
    }
    group.reduced ??= other.reduced;
    for (const value of other.accumulated) group.accumulated.add(value);
    group.absorb(other);
    this.#readers.move(other, group);
    this.#drafts.delete(other);
  }

  /** The last row of the loops that is wanted. The sums of a scatter have other rows than its loops. */
  #limitOf({ operation }: Candidate): Value | undefined {
    return this.#categories.of(operation) === "scatter" ? undefined : this.#lastRows.get(operation.outputs[0]!);
  }

  /** What must run before an operation, besides the kernels of its operands: the check that it relies on, and what finds its last row. */
  #required({ name, outputs }: Operation): KernelDraft[] {
    const drafts: KernelDraft[] = [];
    if (operations[name].isTrusting && this.#lastCheck !== undefined) drafts.push(this.#lastCheck);
    const last = this.#lastRows.get(outputs[0]!);
    const draft = last && this.#draftOf.get(last);
    if (draft !== undefined) drafts.push(draft);
    return drafts;
  }

  /** What an operation needs to have run, but for two. */
  #draftsBut(one: KernelDraft, other: KernelDraft, { operation, operands }: Candidate): KernelDraft[] {
    const drafts = this.#required(operation);
    for (let i = 0; i < operands.length; i++) {
      const draft = this.#draftOf.get(operands[i]!.base);
      if (draft !== undefined && draft !== one && draft !== other) drafts.push(draft);
    }
    return drafts;
  }

  /** Whether a reduction fits into the group's loops: as an inner loop, or accumulated over the outer ones. */
  #admit(group: LoopGroup, operation: Operation, axes: readonly number[], reduces: readonly number[]): boolean {
    const kept = axes.filter((axis) => axis >= 0 && !reduces.includes(axis));
    const result = operation.outputs[0]!;
    if (group.reduced !== undefined) {
      if (sameAxes(reduces, group.reduced)) return true;
      if (!accumulates(group, reduces, kept, group.reduced)) return false;
      group.accumulated.add(result);
      return true;
    }
    if (this.#feedsBack(operation)) return reduceInside(group, reduces);
    const [first] = group.accumulated;
    const inner = first === undefined ? reduces : (group.members.get(first)?.reduces ?? []);
    if (!sameAxes(reduces, inner) && !accumulates(group, reduces, kept, inner)) return false;
    group.accumulated.add(result);
    return true;
  }

  /** Whether a scatter fits into the group's loops: along an inner loop, with the outer ones for elements of their own. */
  #admitScatter(group: LoopGroup, operation: Operation, axes: readonly number[], reduces: readonly number[]): boolean {
    if (axes.filter((axis) => axis >= 0).length < group.extents.length) return false;
    const fits = group.reduced === undefined ? reduceInside(group, reduces) : sameAxes(reduces, group.reduced);
    if (fits) group.accumulated.add(operation.outputs[0]!);
    return fits;
  }

  /** Whether the result of a reduction is used, after operations on it, together with what was reduced. */
  #feedsBack(operation: Operation): boolean {
    return (this.#reached.get(operation.outputs[0]!) ?? 0) >= sizeOf(domainOf(operation));
  }

  #read(group: LoopGroup, view: View): void {
    this.#depend(group, view.base);
    if (this.#draftOf.get(view.base) !== group && !isPositions(view.base)) this.#readers.add(view, group);
  }

  #depend(draft: KernelDraft, base: Value): void {
    const from = this.#draftOf.get(base);
    if (from !== undefined) draft.dependOn(from);
  }
}

/** Whether an operation over so many elements looks for its loops in one group before another. */
function comesFirst(group: LoopGroup, other: LoopGroup, size: number, reached: number): boolean {
  const feeds = group.turns > size && group.turns <= reached;
  return feeds === (other.turns > size && other.turns <= reached) ? group.id > other.id : feeds;
}

/** Makes axes the inner loops, if reductions that are there already are either over them or accumulate over the outer ones. */
function reduceInside(group: LoopGroup, reduces: readonly number[]): boolean {
  const inner: Value[] = [];
  for (const value of group.accumulated) {
    const member = group.members.get(value);
    const rest = member?.strides.flatMap((stride, axis) => (stride === 0 ? [] : [axis])) ?? [];
    if (sameAxes(member?.reduces ?? [], reduces)) inner.push(value);
    else if (!accumulates(group, member?.reduces ?? [], rest, reduces)) return false;
  }
  for (const value of inner) group.accumulated.delete(value);
  group.reduced = reduces.toSorted((a, b) => a - b);
  return true;
}

function readsAccumulated({ accumulated }: LoopGroup, operands: readonly View[]): boolean {
  return accumulated.size > 0 && operands.some(({ base }) => accumulated.has(base));
}

function sameAxes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((axis) => b.includes(axis));
}
