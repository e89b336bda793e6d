import { type Expr, type FunctionBuilder, i32, type Local, select } from "@tapegrad/simd";
import type { Accumulation, KernelNode, ReduceNode, Store } from "../../schedule/loop-kernel.ts";
import { bytesOf } from "../elements.ts";
import { loadLanes, type Place, storeLanes } from "./lane-access.ts";
import type { Lanes } from "./lanes.ts";
import type { LoopPlan, Pass } from "./loop-plan.ts";
import { type LoopSums, neutralLanes, type Sums } from "./loop-sums.ts";
import type { LoopValues } from "./loop-values.ts";
import type { Stream } from "./plan-stream.ts";

/** What streams share with other loops. */
export interface StreamParts {
  readonly values: LoopValues;
  readonly sums: LoopSums;
  readonly write: (result: Store | Accumulation) => void;
  /** The address of scratch memory. */
  readonly scratch: Expr<"i32">;
}

/** Emits the loops of a kernel that streams the rows of blocks of columns. */
export class StreamEmitter {
  readonly #f: FunctionBuilder<"void">;
  readonly #plan: LoopPlan;
  readonly #stream: Stream;
  readonly #lanes: number;
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
    this.#lanes = plan.lanes!;
    this.#parts = parts;
  }

  /** Runs columns `from` to `to`, both multiples of the width. */
  emit(from: number | Local<"i32">, to: number | Local<"i32">): void {
    const { values, scratch } = this.#parts;
    const before = values.width;
    values.width = this.#plan.width;
    this.#f.for({ from, to, step: this.#stream.columns }, (start) => {
      const end = i32.add(start, this.#stream.columns);
      const starts = new Map<number, Local<"i32">>();
      for (const { dtype } of this.#stream.kept.keys()) {
        const bytes = bytesOf(dtype);
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

  #passes(): void {
    const { passes, kernel } = this.#plan;
    const done = new Set(passes.flatMap(({ stores }) => stores));
    for (let p = 0; p <= passes.length; p++) {
      const pass = passes[p];
      this.#pass = p;
      this.#isInPass = false;
      const isLast = pass === undefined;
      const results = isLast ? [...kernel.stores, ...kernel.accumulations].filter((result) => !done.has(result)) : [];
      this.#between(results, pass?.reductions ?? []);
      if (pass === undefined) return;
      this.#isInPass = true;
      this.#rows(pass);
    }
  }

  /** Computes what the columns have before a pass, and starts its sums. */
  #between(results: readonly (Store | Accumulation)[], reductions: readonly ReduceNode[]): void {
    const { values, write } = this.#parts;
    const made = [...this.#stream.kept.keys()].filter(
      (node) => node.kind === "apply" && this.#plan.stage.get(node) === this.#pass,
    );
    if (made.length + results.length + reductions.length === 0) return;
    this.#strips(() => {
      for (const node of made) values.get(node);
      // All is read before anything is written: a result may take the place of an operand.
      for (const { node } of results) values.get(node);
      for (const result of results) write(result);
      for (const node of reductions) storeLanes(values.lanes, neutralLanes(node, values.width), this.#place(node), 1);
    });
  }

  /** A pass over all rows, several at a time. */
  #rows(pass: Pass): void {
    const { inner, kernel } = this.#plan;
    const { values } = this.#parts;
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
    const { values, sums, write } = this.#parts;
    const each = (inside: (row: number) => void): void => {
      for (let row = 0; row < rows; row++) values.addresses.shifted(axis, row, () => inside(row));
    };
    values.warm(pass.nodes, pass.stores);
    // What a row has in all its columns.
    const known = Array.from({ length: rows }, () => new Map<KernelNode, Lanes>());
    each((row) => values.inBlock(() => values.hoist(pass.nodes), known[row]));
    this.#strips(() => {
      for (const node of pass.nodes) if (!values.isFull(node) && !values.isAbsorbed(node)) values.get(node);
      const totals = pass.reductions.map((node) => this.#load(node));
      each((row) =>
        values.inBlock(() => {
          values.inBlock(() => {
            for (const node of pass.nodes) if (!values.isAbsorbed(node)) values.get(node);
            pass.reductions.forEach((node, i) => sums.add(node, totals[i]!));
            for (const result of pass.stores) write(result);
          });
        }, known[row]),
      );
      pass.reductions.forEach((node, i) => {
        storeLanes(values.lanes, { dtype: node.dtype, parts: totals[i]!, uniform: false }, this.#place(node), 1);
      });
    });
  }

  #load(node: ReduceNode): Sums {
    const { parts } = loadLanes(this.#parts.values.lanes, node.dtype, this.#place(node), 1);
    return parts.map((vector) => this.#f.local("v128", vector));
  }

  /** The columns of the block, as many as are computed at once. */
  #strips(inside: () => void): void {
    const { from, to } = this.#block!;
    this.#f.for({ from, to, step: this.#plan.width }, (index) => this.#within(this.#lanes, index, inside));
  }

  #loop(axis: number, from: number, to: number, step: number, inside: () => void): void {
    this.#f.for({ from, to, step }, (index) => this.#within(axis, index, inside));
  }

  #within(axis: number, index: Local<"i32">, inside: () => void): void {
    const { values } = this.#parts;
    values.addresses.within(axis, index, () => values.inBlock(inside));
  }

  #place(node: KernelNode): Place {
    const bytes = bytesOf(node.dtype);
    const strides = this.#plan.kernel.extents.map((_, axis) => (axis === this.#lanes ? 1 : 0));
    return this.#parts.values.addresses.place(
      strides,
      bytes,
      this.#stream.kept.get(node)!,
      this.#block!.starts.get(bytes),
    );
  }

  /** The value of a column that is kept, or is to be; undefined of anything else. */
  #kept(node: KernelNode, compute: () => Lanes): Lanes | undefined {
    if (!this.#stream.kept.has(node)) return undefined;
    const { values } = this.#parts;
    const isMade = node.kind === "reduce" || this.#isInPass || this.#plan.stage.get(node)! < this.#pass;
    if (isMade) return loadLanes(values.lanes, node.dtype, this.#place(node), 1);
    const lanes = compute();
    storeLanes(values.lanes, lanes, this.#place(node), 1);
    return lanes;
  }
}
