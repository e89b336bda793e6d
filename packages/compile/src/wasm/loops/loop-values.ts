import { type FunctionBuilder, i32, i32x4, type ModuleBuilder } from "@tapegrad/simd";
import type { Accumulation, ApplyNode, KernelNode, LoadNode, Store } from "../../schedule/loop-kernel.ts";
import { bytesOf, elements } from "../elements.ts";
import { addendOf, factorsOf } from "./absorbed-products.ts";
import { loadIndexed } from "./indexed-access.ts";
import type { KernelCall } from "./kernel-call.ts";
import { loadLanes, loadUniform, type Place, positions, storeFirst, storeLanes } from "./lane-access.ts";
import { emitOperation } from "./lane-operations.ts";
import { castLanes, constantLanes, type Lanes, type LaneScope, mapParts, type Width } from "./lanes.ts";
import { LoopAddresses } from "./loop-addresses.ts";
import type { LoopPlan } from "./loop-plan.ts";

/** Gives what is kept of a node, or keeps what is computed; undefined of a node that is not kept. */
export type ReadKept = (node: KernelNode, compute: () => Lanes) => Lanes | undefined;

/** The values of a kernel's nodes where code is emitted: each computed once, in the outermost block that it can be. */
export class LoopValues {
  readonly addresses: LoopAddresses;
  /** How many elements are computed at once here. */
  width: Width = 1;
  /** The pass whose code is emitted. */
  pass = 0;
  readonly #module: ModuleBuilder;
  readonly #f: FunctionBuilder<"void">;
  readonly #plan: LoopPlan;
  readonly #call: KernelCall;
  readonly #absorbed: ReadonlySet<KernelNode>;
  /** What is known inside each open block, outermost first. */
  readonly #known: Map<KernelNode, Lanes>[] = [];
  #kept: ReadKept | undefined;

  constructor(module: ModuleBuilder, f: FunctionBuilder<"void">, plan: LoopPlan, call: KernelCall) {
    this.addresses = new LoopAddresses(f);
    this.#module = module;
    this.#f = f;
    this.#plan = plan;
    this.#absorbed = new Set(plan.absorbed.values());
    this.#call = call;
  }

  /** Where code for lanes is put now. */
  get lanes(): LaneScope {
    return { module: this.#module, f: this.#f, width: this.width, inlines: this.#plan.isHot && this.width > 1 };
  }

  /** Opens a block while `inside` emits it; what becomes known there is forgotten after it, unless it is opened again. */
  inBlock(inside: () => void, known: Map<KernelNode, Lanes> = new Map()): void {
    this.#known.push(known);
    inside();
    this.#known.pop();
  }

  /** Emits code in which some values are kept in memory, and none is spilled. */
  readingKept(kept: ReadKept, inside: () => void): void {
    this.#kept = kept;
    inside();
    this.#kept = undefined;
  }

  /** Makes a value known in the innermost block. */
  set(node: KernelNode, lanes: Lanes): void {
    this.#known.at(-1)?.set(node, lanes);
  }

  /** Computes here what the loops that are open add to addresses. */
  warm(nodes: Iterable<KernelNode>, results: readonly (Store | Accumulation)[]): void {
    for (const node of nodes) {
      if (node.kind === "load") this.placeOf(node);
      else if (node.kind === "iota") this.addresses.place(node.strides, 1, 0);
    }
    for (const result of results) this.placeOfResult(result);
  }

  /** Computes here whatever changes with the loop just entered, but not with those inside. */
  hoist(nodes: Iterable<KernelNode>): void {
    const { innermost, axes } = this.addresses;
    for (const node of nodes) {
      const varies = this.#plan.varies.get(node)!;
      if (node.kind === "constant" || this.isAbsorbed(node) || this.#plan.stage.get(node)! > 0) continue;
      if (innermost !== undefined && !varies.has(innermost)) continue;
      if (this.isFull(node) !== (innermost !== undefined && this.#plan.inner.includes(innermost))) continue;
      if ([...varies].every((axis) => axes.has(axis))) this.get(node);
    }
  }

  /** Whether a node changes with the inner loops. */
  isFull(node: KernelNode): boolean {
    const varies = this.#plan.varies.get(node)!;
    return this.#plan.inner.some((axis) => varies.has(axis));
  }

  /** Whether a node is a product that the sum which uses it computes. */
  isAbsorbed(node: KernelNode): boolean {
    return this.#absorbed.has(node);
  }

  /** Whether a node has one value for all lanes. */
  isUniform(node: KernelNode): boolean {
    const { lanes, varies } = this.#plan;
    return lanes === undefined || varies.get(node)?.has(lanes) !== true;
  }

  /** The value of a node, computed here unless it is known. */
  get(node: KernelNode): Lanes {
    for (let i = this.#known.length - 1; i >= 0; i--) {
      const lanes = this.#known[i]?.get(node);
      if (lanes !== undefined) return lanes;
    }
    const lanes = this.#compute(node);
    this.set(node, lanes);
    return lanes;
  }

  #compute(node: KernelNode): Lanes {
    return this.#kept?.(node, () => this.#evaluate(node)) ?? this.#evaluate(node);
  }

  #evaluate(node: KernelNode): Lanes {
    switch (node.kind) {
      case "constant":
        return constantLanes(node.dtype, node.value);
      case "load":
        return this.#spilled(node, () => this.#load(node));
      case "iota":
        return this.#positions(node.strides, node.offset, node.dtype);
      case "apply":
        return this.#spilled(node, () => this.#apply(node));
      case "reduce":
        throw new Error("emitLoops: a reduction is used before its pass.");
    }
  }

  /** Where a load reads, but for what an index adds. */
  placeOf({ strides, dtype, from, offset }: LoadNode): Place {
    const bytes = bytesOf(dtype);
    const { base, start } = this.#call.addressOf(from);
    return this.addresses.place(strides, bytes, base + offset * bytes, start);
  }

  /** Where a result goes, but for what an index adds. */
  placeOfResult(result: Store | Accumulation): Place {
    const { strides, to } = result;
    const bytes = bytesOf(to.dtype);
    const accumulator = "name" in result ? this.#call.accumulators.get(to) : undefined;
    if (accumulator !== undefined) return this.addresses.place(strides, bytes, 0, accumulator);
    const { base, start } = this.#call.addressOf(to);
    return this.addresses.place(strides, bytes, base, start);
  }

  #load(node: LoadNode): Lanes {
    const { strides, dtype, at } = node;
    const place = this.placeOf(node);
    if (at !== undefined) return loadIndexed(this, { strides, dtype, at }, place);
    const stride = this.laneStride(strides);
    return stride === 0 ? loadUniform(this.lanes, dtype, place) : loadLanes(this.lanes, dtype, place, stride);
  }

  #apply(node: ApplyNode): Lanes {
    const product = this.#plan.absorbed.get(node);
    if (product !== undefined) {
      const factors = factorsOf(product).map((factor) => this.get(factor));
      const addend = this.get(addendOf(node, product));
      const { relaxedMadd, relaxedNmadd } = elements[node.dtype].floats!.vectors;
      const multiplyAdd = node.name === "sub" ? relaxedNmadd : relaxedMadd;
      return mapParts(this.lanes, node.dtype, [...factors, addend], multiplyAdd);
    }
    const inputs = node.inputs.map((input) => this.get(input));
    return emitOperation(this.lanes, node.name, inputs, node.dtype);
  }

  /** A value that an earlier pass has kept, or that this one keeps for later. */
  #spilled(node: LoadNode | ApplyNode, compute: () => Lanes): Lanes {
    const spill = this.#plan.spills.get(node);
    if (spill === undefined || this.#kept !== undefined) return compute();
    const { dtype } = node;
    const place = this.addresses.place(spill.strides, bytesOf(dtype), spill.offset, this.#call.scratch);
    const isUniform = this.isUniform(node);
    if (this.pass > this.#plan.passes.findIndex((pass) => pass.nodes.has(node))) {
      return isUniform ? loadUniform(this.lanes, dtype, place) : loadLanes(this.lanes, dtype, place, 1);
    }
    const lanes = compute();
    if (isUniform) storeFirst(this.lanes, lanes, place);
    else storeLanes(this.lanes, lanes, place, 1);
    return lanes;
  }

  #positions(strides: readonly number[], offset: number, dtype: Lanes["dtype"]): Lanes {
    const place = this.addresses.place(strides, 1, 0);
    const first = i32.add(place.address, offset + place.offset);
    const step = this.laneStride(strides);
    const lanes: Lanes =
      step === 0
        ? { dtype: "int32", parts: [this.#f.let(i32x4.splat(first))], uniform: true }
        : positions(this.lanes, first, step);
    return castLanes(this.lanes, lanes, dtype);
  }

  /** How far neighbouring lanes lie apart, in elements. */
  laneStride(strides: readonly number[]): number {
    return this.#plan.lanes === undefined ? 0 : strides[this.#plan.lanes]!;
  }
}
