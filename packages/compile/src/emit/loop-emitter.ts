import { constant, type Expr, type FunctionBuilder, i32, i32x4, type Local, type ModuleBuilder } from "@tapegrad/simd";
import type { Value } from "../graph/graph.ts";
import type { Accumulation, KernelNode, ReduceNode, Store } from "../schedule/loop-kernel.ts";
import { combine, foldLanes, maskedParts, neutral } from "./fold-lanes.ts";
import { bytesOf, loadLanes, loadUniform, positions, storeFirst, storeLanes } from "./lane-access.ts";
import { emitOperation } from "./lane-operations.ts";
import { allParts, castLanes, constantLanes, constantVector, type Lanes, type LaneScope, type Width } from "./lanes.ts";
import { LoopAddresses } from "./loop-addresses.ts";
import type { LoopPlan, Pass } from "./loop-plan.ts";

/** Where a call of a kernel finds what it needs. */
export interface KernelCall {
  readonly addressOf: (value: Value) => number;
  /** The part of the outermost loop that is run, not empty. */
  readonly from: Local<"i32">;
  readonly to: Local<"i32">;
  /** The address of scratch memory of this call alone. */
  readonly scratch: Local<"i32">;
  /** The address of each accumulation's result of this part. */
  readonly accumulators: ReadonlyMap<Value, Expr<"i32">>;
}

type Vector = Expr<"v128">;

/** Emits the loops of a kernel into a function. */
export function emitLoops(module: ModuleBuilder, f: FunctionBuilder<"void">, plan: LoopPlan, call: KernelCall): void {
  new LoopEmitter(module, f, plan, call).emit();
}

class LoopEmitter {
  readonly #module: ModuleBuilder;
  readonly #f: FunctionBuilder<"void">;
  readonly #plan: LoopPlan;
  readonly #call: KernelCall;
  readonly #addresses: LoopAddresses;
  /** What is known inside each open block, outermost first. */
  readonly #known: Map<KernelNode, Lanes>[] = [];
  #width: Width = 1;
  #pass = 0;

  constructor(module: ModuleBuilder, f: FunctionBuilder<"void">, plan: LoopPlan, call: KernelCall) {
    this.#module = module;
    this.#f = f;
    this.#plan = plan;
    this.#call = call;
    this.#addresses = new LoopAddresses(f);
  }

  emit(): void {
    for (const accumulation of this.#plan.kernel.accumulations) this.#clear(accumulation);
    this.#inBlock(() => {
      this.#hoist(this.#plan.nodes);
      this.#outerLoops(0);
    });
  }

  get #lanes(): LaneScope {
    return { module: this.#module, f: this.#f, width: this.#width };
  }

  /** Whether lanes lie along an inner loop, so that sums over it end with a sum over lanes. */
  get #isRow(): boolean {
    const { lanes, kernel } = this.#plan;
    return lanes !== undefined && kernel.reduced[lanes] === true;
  }

  /** An accumulation starts from the neutral element. */
  #clear({ node, name, to, strides }: Accumulation): void {
    const { extents } = this.#plan.kernel;
    const count = extents.reduce((n, extent, axis) => (strides[axis] === 0 ? n : n * extent), 1);
    const lanes: Lanes = { dtype: node.dtype, parts: [constantVector(node.dtype, neutral(name))], uniform: true };
    const base = this.#call.accumulators.get(to) as Expr<"i32">;
    this.#f.for({ to: count }, (i) => {
      storeFirst(this.#lanes, lanes, { address: i32.add(base, i32.mul(i, bytesOf(node.dtype))), offset: 0 });
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
      this.#warm(nodes, [...kernel.stores, ...kernel.accumulations]);
      this.#hoist(nodes);
      this.#outerLoops(level + 1);
    };
    const extent = kernel.extents[axis] as number;
    const { from, to } = this.#call;
    if (axis === lanes && level === 0) this.#inWidthsOfPart(axis, extent, inside);
    else if (axis === lanes) this.#inWidths(axis, 0, extent, inside);
    else if (level === 0) this.#f.for({ from, to }, (index) => this.#within(axis, index, inside));
    else this.#loop(axis, 0, extent, 1, inside);
  }

  /** What happens between the outer and the inner loops: the passes, with operations on their results between them. */
  #row(): void {
    const { passes, kernel } = this.#plan;
    passes.forEach((pass, p) => {
      this.#pass = p;
      this.#runPass(pass);
    });
    this.#pass = passes.length;
    const isDone = new Set(passes.flatMap(({ stores }) => stores));
    for (const result of [...kernel.stores, ...kernel.accumulations]) if (!isDone.has(result)) this.#write(result);
  }

  #runPass(pass: Pass): void {
    const { inner, lanes, kernel } = this.#plan;
    for (const node of pass.nodes) if (!this.#isFull(node)) this.#get(node);
    const sums = pass.reductions.map((node) => this.#accumulators(node));
    const nest = (level: number): void => {
      const axis = inner[level];
      if (axis === undefined) {
        pass.reductions.forEach((node, i) => this.#accumulate(node, sums[i] as Local<"v128">[]));
        for (const result of pass.stores) this.#write(result);
        return;
      }
      const inside = (): void => {
        this.#warm(pass.nodes, pass.stores);
        this.#hoist(pass.nodes);
        nest(level + 1);
      };
      const extent = kernel.extents[axis] as number;
      if (axis === lanes) this.#inWidths(axis, 0, extent, inside);
      else this.#loop(axis, 0, extent, 1, inside);
    };
    nest(0);
    pass.reductions.forEach((node, i) => {
      this.#known.at(-1)?.set(node, this.#total(node, sums[i] as Local<"v128">[]));
    });
  }

  /** Runs a loop along the lanes: as much as possible in wide steps, the rest in narrow ones. */
  #inWidths(
    axis: number,
    start: number,
    extent: number,
    inside: () => void,
    widths: readonly Width[] = [8, 4, 1],
  ): void {
    const before = this.#width;
    let from = start;
    for (const width of widths) {
      if (width > this.#plan.width) continue;
      const to = extent - ((extent - from) % width);
      if (to === from) continue;
      this.#width = width;
      this.#loop(axis, from, to, width, inside);
      from = to;
    }
    this.#width = before;
  }

  /** The same for a part of the outermost loop, which starts at a multiple of the width: only the last has a rest. */
  #inWidthsOfPart(axis: number, extent: number, inside: () => void): void {
    const { from, to } = this.#call;
    const { width } = this.#plan;
    const even = extent - (extent % width);
    this.#width = width;
    if (even > 0) {
      const end = this.#f.let(i32.and(to, -width));
      this.#f.for({ from, to: end, step: width }, (index) => this.#within(axis, index, inside));
    }
    if (even < extent) {
      const rest = width === 8 ? ([4, 1] as const) : ([1] as const);
      this.#f.if(i32.eq(to, extent), () => this.#inWidths(axis, even, extent, inside, rest));
    }
    this.#width = 1;
  }

  #loop(axis: number, from: number, to: number, step: number, inside: () => void): void {
    if (from + step >= to) this.#within(axis, constant("i32", from), inside);
    else this.#f.for({ from, to, step }, (index) => this.#within(axis, index, inside));
  }

  #within(axis: number, index: Expr<"i32">, inside: () => void): void {
    this.#addresses.within(axis, index, () => this.#inBlock(inside));
  }

  #inBlock(inside: () => void): void {
    this.#known.push(new Map());
    inside();
    this.#known.pop();
  }

  /** Computes here what the loops that are open add to addresses. */
  #warm(nodes: Iterable<KernelNode>, results: readonly Store[]): void {
    for (const node of nodes) {
      if (node.kind === "load") this.#addresses.place(node.strides, bytesOf(node.dtype), 0);
      else if (node.kind === "iota") this.#addresses.place(node.strides, 1, 0);
    }
    for (const { node, strides } of results) this.#addresses.place(strides, bytesOf(node.dtype), 0);
  }

  /** Computes here whatever changes with the loop just entered, but not with those inside. */
  #hoist(nodes: Iterable<KernelNode>): void {
    const { innermost, axes } = this.#addresses;
    for (const node of nodes) {
      const varies = this.#plan.varies.get(node) as ReadonlySet<number>;
      if (node.kind === "constant" || (this.#plan.stage.get(node) as number) > 0) continue;
      if (innermost !== undefined && !varies.has(innermost)) continue;
      if (this.#isFull(node) !== (innermost !== undefined && this.#plan.inner.includes(innermost))) continue;
      if ([...varies].every((axis) => axes.has(axis))) this.#get(node);
    }
  }

  #isFull(node: KernelNode): boolean {
    const varies = this.#plan.varies.get(node) as ReadonlySet<number>;
    return this.#plan.inner.some((axis) => varies.has(axis));
  }

  /** Whether a node has one value for all lanes. */
  #isUniform(node: KernelNode): boolean {
    const { lanes, varies } = this.#plan;
    return lanes === undefined || varies.get(node)?.has(lanes) !== true;
  }

  #get(node: KernelNode): Lanes {
    for (let i = this.#known.length - 1; i >= 0; i--) {
      const lanes = this.#known[i]?.get(node);
      if (lanes !== undefined) return lanes;
    }
    const lanes = this.#compute(node);
    this.#known.at(-1)?.set(node, lanes);
    return lanes;
  }

  #compute(node: KernelNode): Lanes {
    switch (node.kind) {
      case "constant":
        return constantLanes(node.dtype, node.value);
      case "load": {
        const bytes = bytesOf(node.dtype);
        const base = this.#call.addressOf(node.from) + node.offset * bytes;
        const place = this.#addresses.place(node.strides, bytes, base);
        const stride = this.#laneStride(node.strides);
        return stride === 0
          ? loadUniform(this.#lanes, node.dtype, place)
          : loadLanes(this.#lanes, node.dtype, place, stride);
      }
      case "iota":
        return this.#positions(node.strides, node.offset, node.dtype);
      case "apply":
        return this.#spilled(node) ?? this.#apply(node);
      case "reduce":
        throw new Error("emitLoops: a reduction is used before its pass.");
    }
  }

  #apply(node: KernelNode & { readonly kind: "apply" }): Lanes {
    const inputs = node.inputs.map((input) => this.#get(input));
    return emitOperation(this.#lanes, node.name, inputs, node.dtype);
  }

  /** A value that an earlier pass has kept, or that this one keeps for later. */
  #spilled(node: KernelNode & { readonly kind: "apply" }): Lanes | undefined {
    const spill = this.#plan.spills.get(node);
    if (spill === undefined) return undefined;
    const { dtype } = node;
    const place = this.#addresses.place(spill.strides, bytesOf(dtype), spill.offset, this.#call.scratch);
    const isUniform = this.#isUniform(node);
    if (this.#pass > this.#plan.passes.findIndex((pass) => pass.nodes.has(node))) {
      return isUniform ? loadUniform(this.#lanes, dtype, place) : loadLanes(this.#lanes, dtype, place, 1);
    }
    const lanes = this.#apply(node);
    if (isUniform) storeFirst(this.#lanes, lanes, place);
    else storeLanes(this.#lanes, lanes, place, 1);
    return lanes;
  }

  #positions(strides: readonly number[], offset: number, dtype: Lanes["dtype"]): Lanes {
    const place = this.#addresses.place(strides, 1, 0);
    const first = i32.add(place.address, offset);
    const step = this.#laneStride(strides);
    const lanes: Lanes =
      step === 0
        ? { dtype: "int32", parts: [this.#f.let(i32x4.splat(first))], uniform: true }
        : positions(this.#lanes, first, step);
    return castLanes(this.#lanes, lanes, dtype);
  }

  #laneStride(strides: readonly number[]): number {
    return this.#plan.lanes === undefined ? 0 : (strides[this.#plan.lanes] as number);
  }

  #write(result: Store | Accumulation): void {
    const lanes = this.#get(result.node);
    const bytes = bytesOf(lanes.dtype);
    const stride = this.#laneStride(result.strides);
    if ("name" in result) {
      this.#fold(result, lanes, stride);
      return;
    }
    const place = this.#addresses.place(result.strides, bytes, this.#call.addressOf(result.to));
    if (stride === 0) storeFirst(this.#lanes, lanes, place);
    else storeLanes(this.#lanes, lanes, place, stride);
  }

  /** Folds a value into what is accumulated in memory. */
  #fold({ name, strides, to }: Accumulation, lanes: Lanes, stride: number): void {
    const { dtype } = lanes;
    const place = this.#addresses.place(strides, bytesOf(dtype), 0, this.#call.accumulators.get(to));
    if (stride === 0) {
      // All lanes fold into one element.
      const folded = lanes.uniform ? lanes : foldLanes(this.#lanes, name, dtype, maskedParts(this.#lanes, name, lanes));
      const sum = loadUniform(this.#lanes, dtype, place);
      const total = this.#f.let(combine(name, dtype, sum.parts[0] as Vector, folded.parts[0] as Vector));
      storeFirst(this.#lanes, { dtype, parts: [total], uniform: true }, place);
      return;
    }
    const sum = loadLanes(this.#lanes, dtype, place, stride);
    const added = allParts(lanes, this.#width);
    const parts = sum.parts.map((before, i) => this.#f.let(combine(name, dtype, before, added[i] as Vector)));
    storeLanes(this.#lanes, { dtype, parts, uniform: false }, place, stride);
  }

  #accumulators(node: ReduceNode): Local<"v128">[] {
    const widest = this.#isRow ? this.#plan.width : this.#width;
    const isUniform = !this.#isRow && this.#isUniform(node.input);
    const count = isUniform ? 1 : allParts(constantLanes(node.dtype, 0), widest).length;
    return Array.from({ length: count }, () => this.#f.local("v128", constantVector(node.dtype, neutral(node.name))));
  }

  #accumulate(node: ReduceNode, sums: readonly Local<"v128">[]): void {
    const value = this.#get(node.input);
    const parts = this.#isRow
      ? maskedParts(this.#lanes, node.name, value)
      : sums.map((_, i) => (value.uniform ? value.parts[0] : value.parts[i]) as Vector);
    parts.forEach((next, i) => {
      const sum = sums[i] as Local<"v128">;
      this.#f.set(sum, combine(node.name, node.dtype, sum, next));
    });
  }

  #total(node: ReduceNode, sums: readonly Local<"v128">[]): Lanes {
    if (this.#isRow) return foldLanes(this.#lanes, node.name, node.dtype, sums);
    return { dtype: node.dtype, parts: sums, uniform: this.#isUniform(node.input) };
  }
}
