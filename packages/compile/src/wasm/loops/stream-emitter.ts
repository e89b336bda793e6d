import { type Expr, type FunctionBuilder, i32, type Local, type Operand, select, v128 } from "@tapegrad/simd";
import type { Accumulation, KernelNode, ReduceNode, Store } from "../../schedule/loop-kernel.ts";
import { bytesOf } from "../elements.ts";
import { loadLanes, loadUniform, type Place, storeFirst, storeLanes } from "./lane-access.ts";
import { type Lanes, partCount } from "./lanes.ts";
import type { LoopPlan, Pass } from "./loop-plan.ts";
import { type LoopSums, neutralLanes, type Sums } from "./loop-sums.ts";
import type { LoopValues } from "./loop-values.ts";
import type { Stream } from "./plan-stream.ts";

/** What streams share with other loops. */
export interface StreamParts {
  readonly values: LoopValues;
  readonly sums: LoopSums;
  readonly write: (result: Store | Accumulation) => void;
  /** Emits the loop along the lanes. */
  readonly along: (inside: () => void) => void;
  /** The address of scratch memory. */
  readonly scratch: Expr<"i32">;
}

/** Emits the loops of a kernel that streams the rows of blocks of columns. */
export class StreamEmitter {
  readonly #f: FunctionBuilder<"void">;
  readonly #plan: LoopPlan;
  readonly #stream: Stream;
  readonly #parts: StreamParts;
  /** The columns of the block, and where column 0 would be in scratch memory, by the bytes of an element. */
  #block:
    | { readonly from: Expr<"i32">; readonly to: Expr<"i32">; readonly starts: Map<number, Local<"i32">> }
    | undefined;
  /** The pass before which code is emitted, or in which. */
  #pass = 0;
  #isInPass = false;

  constructor(f: FunctionBuilder<"void">, plan: LoopPlan, stream: Stream, parts: StreamParts) {
    this.#f = f;
    this.#plan = plan;
    this.#stream = stream;
    this.#parts = parts;
  }

  /** Runs columns `from` to `to`, both multiples of the width. */
  emit(from: number | Local<"i32">, to: number | Local<"i32">): void {
    const { values, scratch } = this.#parts;
    const before = values.width;
    if (this.#hasLanes) values.width = this.#plan.width;
    this.#f.for({ from, to, step: this.#stream.columns }, (start) => {
      const end = i32.add(start, this.#stream.columns);
      const starts = new Map<number, Local<"i32">>();
      const sizes = [...this.#stream.kept.keys()].map(({ dtype }) => bytesOf(dtype));
      for (const bytes of [...sizes, ...[...this.#stream.sums.values()].map((sum) => sum.bytes)]) {
        if (!starts.has(bytes)) starts.set(bytes, this.#f.let(i32.sub(scratch, i32.mul(start, bytes))));
      }
      this.#block = { from: start, to: this.#f.let(select(i32.ltS(end, to), end, i32.add(to, 0))), starts };
      values.inBlock(() =>
        values.readingKept(
          (node, compute) => this.#kept(node, compute),
          () => this.#passes(),
        ),
      );
      this.#block = undefined;
    });
    values.width = before;
  }

  /** Whether lanes lie along the columns. */
  get #hasLanes(): boolean {
    return this.#stream.axis === this.#plan.lanes;
  }

  #passes(): void {
    const { passes, kernel } = this.#plan;
    const done = new Set(passes.flatMap(({ stores }) => stores));
    for (let p = 0; p <= passes.length; p++) {
      const pass = passes[p];
      this.#pass = p;
      this.#isInPass = false;
      const isLast = pass === undefined;
      const results = isLast ? [...kernel.stores, ...kernel.accumulations].filter((result) => !done.has(result)) : [];
      this.#between(results, passes[p - 1]?.reductions ?? [], pass?.reductions ?? []);
      if (pass === undefined) return;
      this.#isInPass = true;
      this.#rows(pass);
    }
  }

  /** Finishes the sums of a pass, computes what follows from them, and starts the next ones. */
  #between(results: readonly (Store | Accumulation)[], done: readonly ReduceNode[], next: readonly ReduceNode[]): void {
    const { values, sums, write } = this.#parts;
    const isMade = (node: KernelNode): boolean => node.kind === "apply" && this.#plan.stage.get(node) === this.#pass;
    const made = [...this.#stream.kept.keys()].filter(isMade);
    const folded = this.#hasLanes ? [] : done;
    if (made.length + results.length + folded.length + next.length === 0) return;
    this.#strips(() => {
      for (const node of folded) {
        const total = sums.total(node, this.#load(node));
        storeFirst(values.lanes, total, this.#place(node));
        values.set(node, total);
      }
      for (const node of made) values.get(node);
      // All is read before anything is written: a result may take the place of an operand.
      for (const { node } of results) values.get(node);
      for (const result of results) write(result);
      for (const node of next) this.#store(node, neutralLanes(node, this.#plan.width).parts);
    });
  }

  /** A pass over all rows, several at a time. */
  #rows(pass: Pass): void {
    const { kernel } = this.#plan;
    const { values } = this.#parts;
    const inner = this.#hasLanes ? this.#plan.inner : this.#plan.inner.slice(0, -1);
    const level = (depth: number): void => {
      const axis = inner[depth]!;
      const extent = kernel.extents[axis]!;
      if (depth < inner.length - 1) {
        this.#loop(axis, 0, extent, 1, () => {
          values.warm(pass.nodes, pass.stores);
          values.hoist(pass.nodes);
          level(depth + 1);
        });
        return;
      }
      const { rows } = this.#stream;
      const even = extent - (extent % rows);
      if (even > 0) this.#loop(axis, 0, even, rows, () => this.#together(pass, axis, rows));
      if (even < extent) this.#loop(axis, even, extent, 1, () => this.#together(pass, axis, 1));
    };
    level(0);
  }

  /** Some rows, strip by strip. */
  #together(pass: Pass, axis: number, rows: number): void {
    const { values, sums, write, along } = this.#parts;
    const each = (inside: (row: number) => void): void => {
      for (let row = 0; row < rows; row++) values.addresses.shifted(axis, row, () => inside(row));
    };
    values.warm(pass.nodes, pass.stores);
    // What a row has in all its columns.
    const known = Array.from({ length: rows }, () => new Map<KernelNode, Lanes>());
    each((row) => values.inBlock(() => values.hoist(pass.nodes), known[row]));
    this.#strips(() => {
      if (!this.#hasLanes) values.warm(pass.nodes, pass.stores);
      // What a column, or a line of it, has in all rows and lanes.
      const isEarly = (node: KernelNode): boolean => (this.#hasLanes ? !values.isFull(node) : values.isUniform(node));
      for (const node of pass.nodes) if (isEarly(node) && !values.isAbsorbed(node)) values.get(node);
      const totals = pass.reductions.map((node) => this.#load(node));
      const inside = (): void => {
        // All is read before anything is written: a result may take the place of an operand.
        for (const node of pass.nodes) if (!values.isAbsorbed(node)) values.get(node);
        pass.reductions.forEach((node, i) => sums.add(node, totals[i]!));
        for (const result of pass.stores) write(result);
      };
      each((row) => values.inBlock(() => (this.#hasLanes ? values.inBlock(inside) : along(inside)), known[row]));
      pass.reductions.forEach((node, i) => this.#store(node, totals[i]!));
    });
  }

  /** The sums of a column, or of as many as there are lanes. */
  #load(node: ReduceNode): Sums {
    const { address, offset } = this.#sumPlace(node);
    return Array.from({ length: partCount(node.dtype, this.#plan.width) }, (_, i) =>
      this.#f.local("v128", v128.load(address, { offset: offset + 16 * i })),
    );
  }

  #store(node: ReduceNode, parts: readonly Expr<"v128">[]): void {
    const { address, offset } = this.#sumPlace(node);
    parts.forEach((vector, i) => this.#f.store("v128", address, vector, { offset: offset + 16 * i }));
  }

  #sumPlace(node: ReduceNode): Place {
    const sum = this.#stream.sums.get(node);
    return sum === undefined ? this.#place(node) : this.#at(sum.offset, sum.bytes);
  }

  /** The columns of the block, as many as are computed at once. */
  #strips(inside: () => void): void {
    const { from, to } = this.#block!;
    const { axis, step } = this.#stream;
    this.#loop(axis, from, to, step, inside);
  }

  #loop(axis: number, from: Operand<"i32">, to: Operand<"i32">, step: number, inside: () => void): void {
    const { values } = this.#parts;
    this.#f.for({ from, to, step }, (index) => values.addresses.within(axis, index, () => values.inBlock(inside)));
  }

  #place(node: KernelNode): Place {
    return this.#at(this.#stream.kept.get(node)!, bytesOf(node.dtype));
  }

  /** The place of a column in scratch memory, so many bytes each from an offset on. */
  #at(offset: number, bytes: number): Place {
    const strides = this.#plan.kernel.extents.map((_, axis) => (axis === this.#stream.axis ? 1 : 0));
    return this.#parts.values.addresses.place(strides, bytes, offset, this.#block!.starts.get(bytes));
  }

  /** The value of a column that is kept, or is to be; undefined of anything else. */
  #kept(node: KernelNode, compute: () => Lanes): Lanes | undefined {
    if (!this.#stream.kept.has(node)) return undefined;
    const { values } = this.#parts;
    const isMade = node.kind === "reduce" || this.#isInPass || this.#plan.stage.get(node)! < this.#pass;
    const place = this.#place(node);
    if (isMade)
      return this.#hasLanes
        ? loadLanes(values.lanes, node.dtype, place, 1)
        : loadUniform(values.lanes, node.dtype, place);
    const lanes = compute();
    if (this.#hasLanes) storeLanes(values.lanes, lanes, place, 1);
    else storeFirst(values.lanes, lanes, place);
    return lanes;
  }
}
