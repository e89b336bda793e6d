import { type Expr, type FunctionBuilder, i32, type Local } from "@tapegrad/simd";
import type { ApplyNode, ReduceNode } from "../../schedule/loop-kernel.ts";
import { elements } from "../elements.ts";
import { factorsOf } from "./absorbed-products.ts";
import { type BitExtremes, bitExtremesOf } from "./bit-extremes.ts";
import { combine, foldLanes, foldVectors, maskedParts, neutral } from "./fold-lanes.ts";
import { allParts, constantLanes, type Lanes, part, partCount } from "./lanes.ts";
import type { LoopPlan } from "./loop-plan.ts";
import type { LoopValues } from "./loop-values.ts";
import type { RowEnds } from "./row-ends.ts";

type Vector = Expr<"v128">;

/** Vectors in which a reduction adds up what it meets. */
export type Sums = readonly Local<"v128">[];

/** Emits how reductions over the inner loops add up. */
export class LoopSums {
  readonly #f: FunctionBuilder<"void">;
  readonly #plan: LoopPlan;
  readonly #values: LoopValues;

  constructor(f: FunctionBuilder<"void">, plan: LoopPlan, values: LoopValues) {
    this.#f = f;
    this.#plan = plan;
    this.#values = values;
  }

  /** Whether lanes lie along an inner loop, so that sums over it end with a sum over lanes. */
  get #isRow(): boolean {
    const { lanes, kernel } = this.#plan;
    return lanes !== undefined && kernel.reduced[lanes] === true;
  }

  /** How a reduction is found by the bits of its terms; streams keep one vector of each in memory. */
  #bitExtremes(node: ReduceNode): BitExtremes | undefined {
    return this.#plan.stream === undefined ? bitExtremesOf(node) : undefined;
  }

  /** New sums, of nothing. */
  start(node: ReduceNode): Sums {
    const widest = this.#isRow ? this.#plan.width : this.#values.width;
    const isUniform = !this.#isRow && this.#values.isUniform(node.input);
    const count = isUniform ? 1 : partCount(node.dtype, widest);
    const zero: Vector = elements[node.dtype].constant(neutral(node.name, node.dtype));
    const each = this.#bitExtremes(node)?.merges.length ?? 1;
    return Array.from({ length: each * count }, () => this.#f.local("v128", zero));
  }

  /** Adds what is reduced at the position of the loops. */
  add(node: ReduceNode, sums: Sums): void {
    const product = this.#plan.absorbed.get(node);
    // Beyond the end of a row a product must be masked before it is added.
    if (product !== undefined && !(this.#isRow && this.#values.width === 1)) {
      this.#addProduct(node, product, sums);
      return;
    }
    const value = this.#values.get(node.input);
    const extremes = this.#bitExtremes(node);
    const count = sums.length / (extremes?.merges.length ?? 1);
    const parts = this.#isRow
      ? maskedParts(this.#values.lanes, node.name, value)
      : Array.from({ length: count }, (_, i) => part(value, i));
    if (extremes === undefined) {
      parts.forEach((next, i) => this.#f.set(sums[i]!, combine(node.name, node.dtype, sums[i]!, next)));
      return;
    }
    const terms = parts.map((next) => extremes.terms(this.#f.let(next)));
    extremes.merges.forEach((merge, k) => {
      terms.forEach((term, i) => this.#f.set(sums[k * count + i]!, merge(sums[k * count + i]!, term[k]!)));
    });
  }

  /**
   * Adds what a row leaves out beyond the end of its band: its neutral element once, which takes the sign from a zero as all of them
   * do. Only what products of multiply-adds have rounded to has one.
   */
  leaveOut(node: ReduceNode, sums: Sums, { last }: RowEnds): void {
    if (typeof last === "number" || !this.#plan.absorbed.has(node)) return;
    const { kernel, lanes } = this.#plan;
    const [sum] = sums as readonly [Local<"v128">];
    this.#f.if(i32.ltS(last, kernel.extents[lanes!]!), () =>
      this.#f.set(sum, combine(node.name, node.dtype, sum, elements[node.dtype].constant(0))),
    );
  }

  #addProduct({ dtype }: ReduceNode, product: ApplyNode, sums: Sums): void {
    const [a, b] = factorsOf(product).map((factor) => this.#values.get(factor)) as [Lanes, Lanes];
    const { relaxedMadd } = elements[dtype].floats!.vectors;
    const count = this.#isRow ? partCount(dtype, this.#values.width) : sums.length;
    for (let i = 0; i < count; i++) this.#f.set(sums[i]!, relaxedMadd(part(a, i), part(b, i), sums[i]!));
  }

  /** What is reduced, when the inner loops are done. */
  total(node: ReduceNode, sums: Sums): Lanes {
    const { dtype } = node;
    const extremes = this.#bitExtremes(node);
    if (extremes !== undefined) return this.#extreme(node, sums, extremes);
    if (this.#isRow) return foldLanes(this.#values.lanes, node.name, dtype, sums);
    return { dtype, parts: sums, uniform: this.#values.isUniform(node.input) };
  }

  #extreme({ dtype, input }: ReduceNode, sums: Sums, { merges, whole }: BitExtremes): Lanes {
    const count = sums.length / merges.length;
    const merged = merges.map((_, k) => sums.slice(k * count, (k + 1) * count));
    if (this.#isRow) {
      const { lanes } = this.#values;
      const folded = merges.map((merge, k) => foldVectors(lanes, elements[dtype].lanes, merged[k]!, merge));
      return { dtype, parts: [this.#f.let(whole(folded))], uniform: true };
    }
    const parts = Array.from({ length: count }, (_, i) => this.#f.let(whole(merged.map((vectors) => vectors[i]!))));
    return { dtype, parts, uniform: this.#values.isUniform(input) };
  }
}

/** The neutral element of a reduction in all lanes, as many as are computed at once. */
export function neutralLanes({ name, dtype }: ReduceNode, width: LoopValues["width"]): Lanes {
  return { dtype, parts: allParts(constantLanes(dtype, neutral(name, dtype)), width), uniform: false };
}
