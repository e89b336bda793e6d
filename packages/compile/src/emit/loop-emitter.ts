import {
  constant,
  type Expr,
  f32x4,
  f64x2,
  type FunctionBuilder,
  i32,
  i32x4,
  type Local,
  type ModuleBuilder,
  v128,
} from "@tapegrad/simd";
import type { Value } from "../graph/graph.ts";
import type { KernelNode, Reduction, ReduceNode, Store } from "../schedule/loop-kernel.ts";
import {
  bytesOf,
  firstLane,
  loadLanes,
  loadUniform,
  type Place,
  positions,
  storeFirst,
  storeLanes,
  swapped,
} from "./lane-access.ts";
import { emitOperation } from "./lane-operations.ts";
import { allParts, castLanes, constantLanes, constantVector, type Lanes, type LaneScope, type Width } from "./lanes.ts";
import type { LoopPlan, Pass } from "./loop-plan.ts";

/** Where a kernel finds its buffers. */
export interface KernelMemory {
  readonly addressOf: (value: Value) => number;
  readonly scratch: number;
}

type Vector = Expr<"v128">;

/** Values and addresses that are known inside a loop. */
interface Scope {
  readonly values: Map<KernelNode, Lanes>;
  readonly offsets: Map<string, Expr<"i32">>;
}

/** Emits the loops of a kernel into a function. */
export function emitLoops(
  module: ModuleBuilder,
  f: FunctionBuilder<"void">,
  plan: LoopPlan,
  memory: KernelMemory,
): void {
  new LoopEmitter(module, f, plan, memory).emit();
}

class LoopEmitter {
  readonly #module: ModuleBuilder;
  readonly #f: FunctionBuilder<"void">;
  readonly #plan: LoopPlan;
  readonly #memory: KernelMemory;
  readonly #scopes: Scope[] = [];
  /** Axes of the loops that are open, outermost first, with their indices. */
  readonly #open: { readonly axis: number; readonly index: Expr<"i32"> }[] = [];
  #width: Width = 1;
  #pass = 0;

  constructor(module: ModuleBuilder, f: FunctionBuilder<"void">, plan: LoopPlan, memory: KernelMemory) {
    this.#module = module;
    this.#f = f;
    this.#plan = plan;
    this.#memory = memory;
  }

  emit(): void {
    this.#initialize();
    this.#inScope(() => {
      this.#hoist(this.#plan.nodes);
      this.#outerLoops(0);
    });
  }

  get #lanes(): LaneScope {
    return { module: this.#module, f: this.#f, width: this.#width };
  }

  /** Accumulators start from the neutral element. */
  #initialize(): void {
    const { extents, reduced } = this.#plan.kernel;
    for (const { node, name, to, strides } of this.#plan.kernel.accumulations) {
      const count = extents.reduce(
        (n, extent, axis) => (strides[axis] === 0 || reduced[axis] !== true ? n : n * extent),
        1,
      );
      const bytes = bytesOf(node.dtype);
      const start = constantVector(node.dtype, neutral(name));
      this.#f.for({ to: count }, (i) => {
        const address = i32.mul(i, bytes);
        const lanes: Lanes = { dtype: node.dtype, parts: [start], uniform: true };
        storeFirst(this.#lanes, lanes, { address, offset: this.#memory.addressOf(to) });
      });
    }
  }

  #outerLoops(level: number): void {
    const { outer, lanes, kernel } = this.#plan;
    const axis = outer[level];
    if (axis === undefined) {
      this.#row();
      return;
    }
    const inside = (): void => {
      this.#warm(this.#plan.nodes, [...this.#plan.kernel.stores, ...this.#plan.kernel.accumulations]);
      this.#hoist(this.#plan.nodes);
      this.#outerLoops(level + 1);
    };
    const extent = kernel.extents[axis] as number;
    if (axis === lanes) this.#inWidths(axis, extent, inside);
    else this.#loop(axis, 0, extent, 1, inside);
  }

  /** What happens between the outer and the inner loops: the passes, with operations on their results between them. */
  #row(): void {
    const { passes, kernel, stage } = this.#plan;
    passes.forEach((pass, p) => {
      this.#pass = p;
      this.#runPass(pass);
    });
    this.#pass = passes.length;
    const isDone = new Set(passes.flatMap(({ stores }) => stores));
    for (const result of [...kernel.stores, ...kernel.accumulations]) {
      if (isDone.has(result)) continue;
      if ((stage.get(result.node) as number) > passes.length) throw new Error("emitLoops: a pass is missing.");
      this.#write(result);
    }
  }

  #runPass(pass: Pass): void {
    const { inner, lanes, kernel } = this.#plan;
    for (const node of pass.nodes) if (!this.#isFull(node)) this.#get(node);
    const sums = pass.reductions.map((node) => this.#accumulators(node));
    const body = (): void => {
      pass.reductions.forEach((node, i) => this.#accumulate(node, sums[i] as Local<"v128">[]));
      for (const result of pass.stores) this.#write(result);
    };
    const nest = (level: number): void => {
      const axis = inner[level];
      if (axis === undefined) {
        body();
        return;
      }
      const inside = (): void => {
        this.#warm(pass.nodes, pass.stores);
        this.#hoist(pass.nodes);
        nest(level + 1);
      };
      const extent = kernel.extents[axis] as number;
      if (axis === lanes) this.#inWidths(axis, extent, inside);
      else this.#loop(axis, 0, extent, 1, inside);
    };
    nest(0);
    pass.reductions.forEach((node, i) => {
      this.#top.values.set(node, this.#total(node, sums[i] as Local<"v128">[]));
    });
  }

  /** Runs a loop along the lanes: as much as possible in wide steps, the rest in narrow ones. */
  #inWidths(axis: number, extent: number, inside: () => void): void {
    const before = this.#width;
    let from = 0;
    for (const width of [8, 4, 1] as const) {
      if (width > this.#plan.width) continue;
      const to = extent - ((extent - from) % width);
      if (to === from) continue;
      this.#width = width;
      this.#loop(axis, from, to, width, inside);
      from = to;
    }
    this.#width = before;
  }

  #loop(axis: number, from: number, to: number, step: number, inside: () => void): void {
    const run = (index: Expr<"i32">): void => {
      this.#open.push({ axis, index });
      this.#inScope(inside);
      this.#open.pop();
    };
    if (from + step >= to) run(constant("i32", from));
    else this.#f.for({ from, to, step }, run);
  }

  #inScope(inside: () => void): void {
    this.#scopes.push({ values: new Map(), offsets: new Map() });
    inside();
    this.#scopes.pop();
  }

  get #top(): Scope {
    return this.#scopes.at(-1) as Scope;
  }

  /** Computes here what the loops that are open add to addresses. */
  #warm(nodes: Iterable<KernelNode>, results: readonly Store[]): void {
    for (const node of nodes) if (node.kind === "load") this.#place(node.strides, bytesOf(node.dtype), 0);
    for (const { node, strides } of results) this.#place(strides, bytesOf(node.dtype), 0);
  }

  /** Computes here whatever changes with the loop just entered, but not with those inside. */
  #hoist(nodes: Iterable<KernelNode>): void {
    const innermost = this.#open.at(-1)?.axis;
    const entered = new Set(this.#open.map(({ axis }) => axis));
    for (const node of nodes) {
      const varies = this.#plan.varies.get(node) as ReadonlySet<number>;
      if (node.kind === "constant" || (this.#plan.stage.get(node) as number) > 0) continue;
      if (innermost !== undefined && !varies.has(innermost)) continue;
      if (this.#isFull(node) !== (innermost !== undefined && this.#plan.inner.includes(innermost))) continue;
      if ([...varies].every((axis) => entered.has(axis))) this.#get(node);
    }
  }

  #isFull(node: KernelNode): boolean {
    const varies = this.#plan.varies.get(node) as ReadonlySet<number>;
    return this.#plan.inner.some((axis) => varies.has(axis));
  }

  #get(node: KernelNode): Lanes {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const known = this.#scopes[i]?.values.get(node);
      if (known !== undefined) return known;
    }
    const lanes = this.#compute(node);
    this.#top.values.set(node, lanes);
    return lanes;
  }

  #compute(node: KernelNode): Lanes {
    switch (node.kind) {
      case "constant":
        return constantLanes(node.dtype, node.value);
      case "load": {
        const place = this.#place(
          node.strides,
          bytesOf(node.dtype),
          this.#memory.addressOf(node.from) + node.offset * bytesOf(node.dtype),
        );
        const stride = this.#laneStride(node.strides);
        return stride === 0
          ? loadUniform(this.#lanes, node.dtype, place)
          : loadLanes(this.#lanes, node.dtype, place, stride);
      }
      case "iota":
        return this.#positions(node.strides, node.offset, node.dtype);
      case "apply": {
        const spill = this.#plan.spills.get(node);
        if (spill === undefined) return this.#apply(node);
        const firstPass = this.#plan.passes.findIndex((pass) => pass.nodes.has(node));
        const place = this.#place(spill.strides, bytesOf(node.dtype), this.#memory.scratch + spill.offset);
        const isUniform = this.#plan.lanes === undefined || this.#plan.varies.get(node)?.has(this.#plan.lanes) !== true;
        if (this.#pass > firstPass) {
          return isUniform ? loadUniform(this.#lanes, node.dtype, place) : loadLanes(this.#lanes, node.dtype, place, 1);
        }
        const lanes = this.#apply(node);
        if (isUniform) storeFirst(this.#lanes, lanes, place);
        else storeLanes(this.#lanes, lanes, place, 1);
        return lanes;
      }
      case "reduce":
        throw new Error("emitLoops: a reduction is used before its pass.");
    }
  }

  #apply(node: KernelNode & { readonly kind: "apply" }): Lanes {
    const inputs = node.inputs.map((input) => this.#get(input));
    return emitOperation(this.#lanes, node.name, inputs, node.dtype);
  }

  #positions(strides: readonly number[], offset: number, dtype: Lanes["dtype"]): Lanes {
    const place = this.#place(strides, 1, 0);
    const first = i32.add(place.address, offset + place.offset);
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

  /** The address of an element at the loops' indices. */
  #place(strides: readonly number[], bytes: number, base: number): Place {
    const goesBack = strides.some((stride) => stride < 0);
    let key = "";
    let address: Expr<"i32"> | undefined;
    this.#open.forEach(({ axis, index }, level) => {
      const step = (strides[axis] as number) * bytes;
      key += `${axis}:${step} `;
      if (step === 0) return;
      const scope = this.#scopes[level + 1] as Scope;
      let known = scope.offsets.get(key);
      if (known === undefined) {
        const distance = times(index, step);
        known = this.#f.let(address === undefined ? distance : i32.add(address, distance));
        scope.offsets.set(key, known);
      }
      address = known;
    });
    const start = address ?? constant("i32", 0);
    // An address below its buffer must not wrap before the constant is added.
    return goesBack ? { address: i32.add(start, base), offset: 0 } : { address: start, offset: base };
  }

  #write(result: Store & { readonly name?: Reduction }): void {
    const lanes = this.#get(result.node);
    const { dtype } = lanes;
    const place = this.#place(result.strides, bytesOf(dtype), this.#memory.addressOf(result.to));
    const stride = this.#laneStride(result.strides);
    const { name } = result;
    if (name === undefined) {
      if (stride === 0) storeFirst(this.#lanes, lanes, place);
      else storeLanes(this.#lanes, lanes, place, stride);
    } else if (stride === 0) {
      // All lanes fold into one element.
      const folded = lanes.uniform ? lanes : this.#horizontal(name, lanes.dtype, this.#masked(name, lanes));
      const sum = loadUniform(this.#lanes, dtype, place);
      const total = combine(name, dtype, sum.parts[0] as Vector, folded.parts[0] as Vector);
      storeFirst(this.#lanes, { dtype, parts: [this.#f.let(total)], uniform: true }, place);
    } else {
      const sum = loadLanes(this.#lanes, dtype, place, stride);
      const added = allParts(lanes, this.#width);
      const parts = sum.parts.map((before, i) => this.#f.let(combine(name, dtype, before, added[i] as Vector)));
      storeLanes(this.#lanes, { dtype, parts, uniform: false }, place, stride);
    }
  }

  #accumulators(node: ReduceNode): Local<"v128">[] {
    const { lanes, kernel, width } = this.#plan;
    const isRow = lanes !== undefined && kernel.reduced[lanes] === true;
    const widest = isRow ? width : this.#width;
    const isUniform = !isRow && (lanes === undefined || this.#plan.varies.get(node.input)?.has(lanes) !== true);
    const count = isUniform ? 1 : allParts(constantLanes(node.dtype, 0), widest).length;
    return Array.from({ length: count }, () => this.#f.local("v128", constantVector(node.dtype, neutral(node.name))));
  }

  #accumulate(node: ReduceNode, sums: readonly Local<"v128">[]): void {
    const value = this.#get(node.input);
    const { lanes, kernel } = this.#plan;
    const isRow = lanes !== undefined && kernel.reduced[lanes] === true;
    const parts = isRow
      ? this.#masked(node.name, value)
      : sums.map((_, i) => (value.uniform ? value.parts[0] : value.parts[i]) as Vector);
    parts.forEach((next, i) => {
      const sum = sums[i] as Local<"v128">;
      this.#f.set(sum, combine(node.name, node.dtype, sum, next));
    });
  }

  /** All vectors of a value, with neutral elements in lanes that are beyond the end. */
  #masked(name: Reduction, value: Lanes): Vector[] {
    const parts = allParts(value, this.#width);
    if (this.#width !== 1) return parts;
    return parts.map((vector) =>
      v128.bitselect(vector, constantVector(value.dtype, neutral(name)), firstLane(value.dtype)),
    );
  }

  #total(node: ReduceNode, sums: readonly Local<"v128">[]): Lanes {
    const { lanes, kernel } = this.#plan;
    const isRow = lanes !== undefined && kernel.reduced[lanes] === true;
    if (isRow) return this.#horizontal(node.name, node.dtype, sums);
    const isUniform = lanes === undefined || this.#plan.varies.get(node.input)?.has(lanes) !== true;
    return { dtype: node.dtype, parts: sums, uniform: isUniform };
  }

  /** Folds all lanes of all vectors into one number. */
  #horizontal(name: Reduction, dtype: Lanes["dtype"], parts: readonly Vector[]): Lanes {
    let folded = [...parts];
    while (folded.length > 1) {
      const half = Math.ceil(folded.length / 2);
      folded = Array.from({ length: half }, (_, i) => {
        const other = folded[i + half];
        return this.#f.let(
          other === undefined ? (folded[i] as Vector) : combine(name, dtype, folded[i] as Vector, other),
        );
      });
    }
    let vector = this.#f.let(folded[0] as Vector);
    if (dtype !== "float64") {
      vector = this.#f.let(combine(name, dtype, vector, i32x4.shuffle(vector, vector, [2, 3, 0, 1])));
      vector = this.#f.let(combine(name, dtype, vector, i32x4.shuffle(vector, vector, [1, 0, 3, 2])));
    } else vector = this.#f.let(combine(name, dtype, vector, swapped(vector)));
    return { dtype, parts: [vector], uniform: true };
  }
}

function times(index: Expr<"i32">, factor: number): Expr<"i32"> {
  const power = Math.log2(factor);
  if (factor === 1) return index;
  return Number.isInteger(power) ? i32.shl(index, power) : i32.mul(index, factor);
}

function neutral(name: Reduction): number {
  return name === "sum" ? 0 : name === "prod" ? 1 : name === "max" ? -Infinity : Infinity;
}

function combine(name: Reduction, dtype: Lanes["dtype"], a: Vector, b: Vector): Vector {
  const ops = dtype === "float64" ? f64x2 : f32x4;
  const combined = { sum: ops.add, prod: ops.mul, max: ops.max, min: ops.min };
  return combined[name](a, b);
}
