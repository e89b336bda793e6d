import { constant, type Expr, type FunctionBuilder, i32, type ModuleBuilder, type Operand } from "@tapegrad/simd";
import { type Accumulation, isIndexed, resultSize, type Store } from "../../schedule/loop-kernel.ts";
import { eachElement } from "./each-element.ts";
import { combine, foldLanes, maskedParts, neutral } from "./fold-lanes.ts";
import { addIndexed, clearIndexed } from "./indexed-access.ts";
import type { KernelCall } from "./kernel-call.ts";
import { loadLanes, loadUniform, storeFirst, storeLanes } from "./lane-access.ts";
import { allParts, constantLanes, type Lanes, type Width, widths } from "./lanes.ts";
import type { LoopPlan, Pass } from "./loop-plan.ts";
import { LoopSums } from "./loop-sums.ts";
import { LoopValues } from "./loop-values.ts";
import { type RowEnds, rowEnds, stepsWithin } from "./row-ends.ts";
import { StreamEmitter } from "./stream-emitter.ts";

type Vector = Expr<"v128">;

/** Emits the loops of a kernel into a function. */
export function emitLoops(module: ModuleBuilder, f: FunctionBuilder<"void">, plan: LoopPlan, call: KernelCall): void {
  new LoopEmitter(module, f, plan, call).emit();
}

class LoopEmitter {
  readonly #f: FunctionBuilder<"void">;
  readonly #plan: LoopPlan;
  readonly #call: KernelCall;
  readonly #values: LoopValues;
  readonly #sums: LoopSums;
  readonly #stream: StreamEmitter | undefined;

  constructor(module: ModuleBuilder, f: FunctionBuilder<"void">, plan: LoopPlan, call: KernelCall) {
    this.#f = f;
    this.#plan = plan;
    this.#call = call;
    this.#values = new LoopValues(module, f, plan, call);
    this.#sums = new LoopSums(f, plan, this.#values);
    this.#stream =
      plan.stream &&
      new StreamEmitter(f, plan, plan.stream, {
        values: this.#values,
        sums: this.#sums,
        write: (result) => this.#write(result),
        along: (inside) => this.#inWidths(plan.lanes!, 0, plan.kernel.extents[plan.lanes!]!, inside),
        scratch: call.scratch,
      });
  }

  emit(): void {
    for (const accumulation of this.#plan.kernel.accumulations) this.#clear(accumulation);
    this.#values.inBlock(() => {
      this.#values.hoist(this.#plan.nodes);
      this.#outerLoops(0);
    });
  }

  /** An accumulation starts from the neutral element. */
  #clear(result: Accumulation): void {
    const { node, name, to } = result;
    if (isIndexed(result)) {
      if (!this.#call.isPart) clearIndexed(this.#f, result, this.#call.accumulators.get(to)!, this.#call.addressOf);
      return;
    }
    const count = resultSize(this.#plan.kernel, result);
    const lanes = constantLanes(node.dtype, neutral(name, node.dtype));
    const base = this.#call.accumulators.get(to)!;
    eachElement(this.#values.lanes, node.dtype, count, (scope, distance) => {
      storeLanes(scope, lanes, { address: i32.add(base, distance), offset: 0 }, 1);
    });
  }

  #outerLoops(level: number): void {
    const { outer, lanes, kernel, nodes } = this.#plan;
    const axis = outer[level];
    if (axis === undefined) {
      this.#row();
      return;
    }
    const inside = (): void => {
      this.#values.warm(nodes, [...kernel.stores, ...kernel.accumulations]);
      this.#values.hoist(nodes);
      this.#outerLoops(level + 1);
    };
    const extent = kernel.extents[axis]!;
    const { from, to } = this.#call;
    if (axis === lanes && level === 0 && this.#call.isOpen) this.#inWidthsOfAny(axis, inside);
    else if (axis === lanes && level === 0) this.#inWidthsOfPart(axis, extent, inside);
    else if (axis === this.#plan.stream?.axis) {
      const even = axis === lanes ? extent - (extent % this.#plan.width) : extent;
      if (level === 0) this.#stream!.emit(from, to);
      else this.#stream!.emit(0, even);
      if (even < extent) this.#inWidths(axis, even, extent, inside);
    } else if (axis === lanes) this.#inWidths(axis, 0, extent, inside);
    else if (level === 0) this.#f.for({ from, to }, (index) => this.#within(axis, index, inside));
    else this.#loop(axis, 0, extent, 1, inside);
  }

  /** What happens between the outer and the inner loops: the passes, with operations on their results between them. */
  #row(): void {
    const { passes, kernel } = this.#plan;
    const { band } = kernel;
    const ends = band && rowEnds(this.#f, kernel, band, this.#values.addresses.index(band.rows));
    passes.forEach((pass, p) => {
      this.#values.pass = p;
      this.#runPass(pass, ends);
    });
    this.#values.pass = passes.length;
    const isDone = new Set(passes.flatMap(({ stores }) => stores));
    for (const result of [...kernel.stores, ...kernel.accumulations]) if (!isDone.has(result)) this.#write(result);
  }

  #runPass(pass: Pass, ends: RowEnds | undefined): void {
    const { inner, lanes, kernel } = this.#plan;
    for (const node of pass.nodes) {
      if (!this.#values.isFull(node) && !this.#values.isAbsorbed(node)) this.#values.get(node);
    }
    const sums = pass.reductions.map((node) => this.#sums.start(node));
    const outside = ends && pass.stores.length > 0 ? () => this.#writeOutside(pass) : undefined;
    const nest = (level: number): void => {
      const axis = inner[level];
      if (axis === undefined) {
        pass.reductions.forEach((node, i) => this.#sums.add(node, sums[i]!));
        for (const result of pass.stores) this.#write(result);
        return;
      }
      const inside = (): void => {
        this.#values.warm(pass.nodes, pass.stores);
        this.#values.hoist(pass.nodes);
        nest(level + 1);
      };
      const extent = kernel.extents[axis]!;
      if (axis === lanes) this.#inWidths(axis, 0, extent, inside, ends, outside);
      else this.#loop(axis, 0, extent, 1, inside);
    };
    nest(0);
    if (ends !== undefined) pass.reductions.forEach((node, i) => this.#sums.leaveOut(node, sums[i]!, ends));
    pass.reductions.forEach((node, i) => {
      this.#values.set(node, this.#sums.total(node, sums[i]!));
    });
  }

  /**
   * Runs a loop along the lanes: as much as possible in wide steps, the rest in narrow ones.
   *
   * @param ends where `inside` is run, and `outside` elsewhere; undefined of everywhere
   */
  #inWidths(
    axis: number,
    start: number,
    extent: number,
    inside: () => void,
    ends?: RowEnds,
    outside?: () => void,
  ): void {
    const before = this.#values.width;
    const { unroll } = this.#plan;
    let from = start;
    for (const width of widths) {
      if (width > this.#plan.width) continue;
      for (const steps of width === this.#plan.width && unroll > 1 ? [unroll, 1] : [1]) {
        const step = width * steps;
        const to = extent - ((extent - from) % step);
        if (to === from) continue;
        this.#values.width = width;
        const all = { first: from, last: to };
        const { first, last } = ends === undefined ? all : stepsWithin(this.#f, ends, from, to, step);
        this.#loop(axis, first, last, step, () => this.#unrolled(axis, width, steps, inside));
        if (outside !== undefined) {
          if (first !== from) this.#loop(axis, from, first, step, outside);
          if (last !== to) this.#loop(axis, last, to, step, outside);
        }
        from = to;
      }
    }
    this.#values.width = before;
  }

  /** The same for a part of the outermost loop, which starts at a multiple of its step: only the last has a rest. */
  #inWidthsOfPart(axis: number, extent: number, inside: () => void): void {
    const { from, to } = this.#call;
    const { width, unroll } = this.#plan;
    const step = width * unroll;
    const even = extent - (extent % step);
    this.#values.width = width;
    if (even > 0) {
      const end = this.#f.let(i32.and(to, -step));
      const body = (): void => this.#unrolled(axis, width, unroll, inside);
      if (this.#stream !== undefined) this.#stream.emit(from, end);
      else this.#f.for({ from, to: end, step }, (index) => this.#within(axis, index, body));
    }
    if (even < extent) this.#f.if(i32.eq(to, extent), () => this.#inWidths(axis, even, extent, inside));
    this.#values.width = 1;
  }

  /** The same for a loop of any extent: the rest in the fewest widths that serve. */
  #inWidthsOfAny(axis: number, inside: () => void): void {
    const { width, unroll } = this.#plan;
    let { from } = this.#call;
    for (const narrow of widths) {
      if (narrow > width || (narrow < width && narrow > 4)) continue;
      const steps = narrow === width ? unroll : 1;
      const step = narrow * steps;
      const to = step === 1 ? this.#call.to : this.#f.let(i32.and(this.#call.to, -step));
      this.#values.width = narrow;
      const body = (): void => this.#unrolled(axis, narrow, steps, inside);
      this.#f.for({ from, to, step }, (index) => this.#within(axis, index, body));
      from = to;
    }
    this.#values.width = 1;
  }

  /** Emits the body of a loop for several steps. */
  #unrolled(axis: number, width: Width, steps: number, inside: () => void): void {
    if (steps === 1) inside();
    else {
      for (let k = 0; k < steps; k++) {
        this.#values.addresses.shifted(axis, k * width, () => this.#values.inBlock(inside));
      }
    }
  }

  #loop(axis: number, from: Operand<"i32">, to: Operand<"i32">, step: number, inside: () => void): void {
    if (typeof from === "number" && typeof to === "number" && from + step >= to)
      this.#within(axis, constant("i32", from), inside);
    else this.#f.for({ from, to, step }, (index) => this.#within(axis, index, inside));
  }

  #within(axis: number, index: Expr<"i32">, inside: () => void): void {
    this.#values.addresses.within(axis, index, () => this.#values.inBlock(inside));
  }

  /** Writes the constants that results of a pass are beyond the band. */
  #writeOutside({ stores }: Pass): void {
    for (const store of stores) {
      const lanes = constantLanes(store.to.dtype, store.outside!);
      storeLanes(this.#values.lanes, lanes, this.#values.placeOfResult(store), this.#values.laneStride(store.strides));
    }
  }

  #write(result: Store | Accumulation): void {
    const lanes = this.#values.get(result.node);
    if (isIndexed(result)) {
      addIndexed(this.#values, result, this.#call.accumulators.get(result.to)!);
      return;
    }
    const stride = this.#values.laneStride(result.strides);
    if ("name" in result) {
      this.#fold(result, lanes, stride);
      return;
    }
    const place = this.#values.placeOfResult(result);
    if (stride === 0) storeFirst(this.#values.lanes, lanes, place);
    else storeLanes(this.#values.lanes, lanes, place, stride);
  }

  /** Folds a value into what is accumulated in memory. */
  #fold(result: Accumulation, lanes: Lanes, stride: number): void {
    const { dtype } = lanes;
    const { name } = result;
    const place = this.#values.placeOfResult(result);
    if (stride === 0) {
      // All lanes fold into one element: of wide steps, those of a uniform value too.
      const folded =
        lanes.uniform && this.#values.width === 1
          ? lanes
          : foldLanes(this.#values.lanes, name, dtype, maskedParts(this.#values.lanes, name, lanes));
      const sum = loadUniform(this.#values.lanes, dtype, place);
      const total = this.#f.let(combine(name, dtype, sum.parts[0] as Vector, folded.parts[0] as Vector));
      storeFirst(this.#values.lanes, { dtype, parts: [total], uniform: true }, place);
      return;
    }
    const sum = loadLanes(this.#values.lanes, dtype, place, stride);
    const added = allParts(lanes, this.#values.width);
    const parts = sum.parts.map((before, i) => this.#f.let(combine(name, dtype, before, added[i] as Vector)));
    storeLanes(this.#values.lanes, { dtype, parts, uniform: false }, place, stride);
  }
}
