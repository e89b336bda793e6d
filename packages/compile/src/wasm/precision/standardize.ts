import type { AttrsOf } from "@tapegrad/tensor/internal";
import type { GraphOps } from "../../graph/algebra.ts";
import { operationOf, type Value } from "../../graph/graph.ts";
import { isRounded } from "../elements.ts";

type Attrs = AttrsOf<"standardize">;

/** Groups of fewer elements are differentiated in float64 whatever their dtype: their terms cancel. */
const shortGroup = 64;
/** Sums of at most so many float32 terms are accumulated in float32, in several chains. */
const narrowTerms = 4096;

/** What is known of x̂ where it is (x − μ) r. */
interface Standardized {
  readonly axes: readonly number[];
  readonly centred: Value;
  readonly scale: Value;
  /** ⟨(x − μ)²⟩ in float64. */
  readonly variance: Value;
}

const known = new WeakMap<Value, Standardized>();

/** What is known of the mean of each group of what was standardized: near + shift, in float64. */
interface Centre {
  readonly axes: readonly number[];
  readonly near: Value;
  readonly shift: Value;
}

const centres = new WeakMap<Value, Centre>();

/** x̂ = (x − μ) r and r of every group, as operations. */
export function standardized(builder: GraphOps, x: Value, attrs: Attrs): readonly [xhat: Value, rstd: Value] {
  const graph = new StandardizeBuilder(builder, attrs.axes);
  const { centred, rstd, variance } = graph.statistics(x, attrs, x.dtype);
  const scale = graph.to(rstd, x.dtype);
  const scaled = graph.mul(centred, scale);
  if (attrs.eps > 0) {
    known.set(scaled, { axes: attrs.axes, centred, scale, variance });
    return [scaled, scale];
  }
  // Where nothing varies r is infinite and x̂ is 0.
  const zero = graph.scalar(0, x.dtype);
  return [builder.apply("where", [builder.apply("eq", [centred, zero], {}), zero, scaled], {}), scale];
}

/**
 * Sums over the groups of x̂ by what is known of those: Σ x = n μ, Σ x̂² = n ⟨(x − μ)²⟩ r², and Σ g x̂ = r Σ g (x − μ), of
 * which the gradient of x needs a multiple. Undefined of other sums.
 */
export function standardizedSum(
  builder: GraphOps,
  term: Value,
  axes: readonly number[],
  sum: (term: Value) => Value,
): Value | undefined {
  const centre = centres.get(term);
  if (centre !== undefined && sameAxes(centre.axes, axes))
    return new StandardizeBuilder(builder, axes).total(term, centre);
  const operation = operationOf(term);
  if (operation?.name !== "square" && operation?.name !== "mul") return undefined;
  const at = operation.inputs.findIndex((input) => sameAxes(known.get(input)?.axes, axes));
  if (at < 0) return undefined;
  const graph = new StandardizeBuilder(builder, axes);
  const { centred, scale, variance } = known.get(operation.inputs[at]!)!;
  const count = graph.countOf(term);
  if (operation.name === "square") {
    const square = builder.apply("square", [graph.to(scale, "float64")], {});
    return graph.to(graph.mul(graph.mul(variance, graph.scalar(count, "float64")), square), term.dtype);
  }
  if (!isRounded(term.dtype) || count < shortGroup) return undefined;
  return graph.mul(sum(graph.mul(operation.inputs[1 - at]!, centred)), scale);
}

function sameAxes(a: readonly number[] | undefined, b: readonly number[]): boolean {
  return a?.length === b.length && a.every((axis) => b.includes(axis));
}

/**
 * dx = r (g − ⟨g⟩ − d ⟨g d⟩ r²) with d = x − μ, without ⟨g⟩ where the mean is not subtracted.
 *
 * What is given is the gradient of a cotangent whose elements are off by some units in their last place: |δ| of a few
 * 2⁻²⁴ max|g|. Where g is nearly parallel to d nearly all of it cancels, and what is left has fewer right digits than
 * the reference, which goes on in float64. To do so here costs long groups a third to two thirds of their speed.
 */
export function standardizedGrad(builder: GraphOps, g: Value, x: Value, attrs: Attrs): Value {
  const graph = new StandardizeBuilder(builder, attrs.axes);
  const dtype = graph.countOf(x) < shortGroup ? "float64" : x.dtype;
  const { rough, shift, centred, rstd } = graph.statistics(x, attrs, dtype);
  const ct = graph.to(g, dtype);
  const share = graph.mean(graph.mul(ct, centred));
  const along = graph.mul(share, builder.apply("square", [rstd], {}));
  if (shift === undefined || !isRounded(dtype)) {
    const level = attrs.center ? graph.sub(ct, graph.mean(ct)) : ct;
    const rest = graph.sub(level, graph.mul(centred, graph.to(along, dtype)));
    return graph.to(graph.mul(rest, graph.to(rstd, dtype)), x.dtype);
  }
  // What a group has in common, ⟨g⟩ and what d is less than x − h, is subtracted at once.
  const narrow = graph.to(along, dtype);
  const common = graph.mul(graph.to(shift, "float64"), graph.to(narrow, "float64"));
  const level = graph.to(graph.sub(graph.mean(ct), common), dtype);
  const rest = graph.sub(graph.sub(ct, level), graph.mul(rough, narrow));
  return graph.to(graph.mul(rest, graph.to(rstd, dtype)), x.dtype);
}

/** Of every group. */
interface Statistics {
  readonly rough: Value;
  readonly shift: Value | undefined;
  /** x − μ, or x where the mean is not subtracted. */
  readonly centred: Value;
  readonly variance: Value;
  readonly rstd: Value;
}

class StandardizeBuilder {
  readonly #builder: GraphOps;
  readonly #axes: readonly number[];

  constructor(builder: GraphOps, axes: readonly number[]) {
    this.#builder = builder;
    this.#axes = axes;
  }

  /**
   * x − h and μ − h in `dtype` for a number h near the mean μ, or x alone where the mean is not subtracted, and in float64
   * ⟨(x − μ)²⟩ and r = (⟨(x − μ)²⟩ + ε)^(-½), in two passes with a correction of the mean's rounding.
   *
   * In float32 the first pass only finds h, exact as float32. What is left of x, d = x − h, has
   * the size of the spread; its mean and second moment are float64 sums. An offset thus costs no digits. Of short groups d
   * itself is float64, so that both dtypes have the same statistics.
   */
  statistics(x: Value, { eps, center }: Attrs, dtype: Value["dtype"]): Statistics {
    const wide = this.to(x, "float64");
    if (!center) {
      const variance = this.#variance(wide, undefined);
      const rough = this.to(x, dtype);
      return { rough, shift: undefined, centred: rough, variance, rstd: this.#rstd(variance, eps) };
    }
    if (!isRounded(x.dtype)) {
      const near = this.mean(x);
      const rough = this.sub(x, near);
      const shift = this.mean(rough);
      const centred = this.sub(x, this.#builder.apply("add", [near, shift], {}));
      const variance = this.#variance(rough, shift);
      return { rough, shift, centred, variance, rstd: this.#rstd(variance, eps) };
    }
    const near = this.#nearMean(x);
    const narrow = this.sub(x, near);
    const isShort = this.countOf(x) < shortGroup;
    const second = isShort ? this.sub(wide, this.to(near, "float64")) : this.to(narrow, "float64");
    const wideShift = this.mean(second);
    centres.set(x, { axes: this.#axes, near, shift: wideShift });
    const [rough, shift] = [isRounded(dtype) ? narrow : second, this.to(wideShift, dtype)];
    const variance = this.#variance(second, wideShift);
    return { rough, shift, centred: this.sub(rough, shift), variance, rstd: this.#rstd(variance, eps) };
  }

  /** The sum over the group by its mean. */
  total(x: Value, { near, shift }: Centre): Value {
    // Where an element is infinite so is h, and what lies beyond it is no number.
    const first = this.to(near, "float64");
    const sum = this.#builder.apply("add", [first, shift], {});
    const mean = this.#builder.apply("where", [this.#builder.apply("eq", [shift, shift], {}), sum, first], {});
    return this.to(this.mul(mean, this.scalar(this.countOf(x), "float64")), x.dtype);
  }

  /** ⟨d²⟩ − ⟨d⟩² with ⟨d⟩ = `shift`, or 0. */
  #variance(second: Value, shift: Value | undefined): Value {
    const variance = this.mean(this.#builder.apply("square", [second], {}));
    if (shift === undefined) return variance;
    const square = this.#builder.apply("square", [shift], {});
    return this.#builder.apply("maximum", [this.sub(variance, square), this.scalar(0, "float64")], {});
  }

  #rstd(variance: Value, eps: number): Value {
    return this.#builder.apply("rsqrt", [this.#builder.apply("add", [variance, this.scalar(eps, "float64")], {})], {});
  }

  /** The mean over the group in float64, summed in float32 if the terms are few and float32. */
  mean(x: Value): Value {
    const count = this.countOf(x);
    const isNarrow = isRounded(x.dtype) && count <= narrowTerms;
    const total = this.#builder.apply("sum", [isNarrow ? x : this.to(x, "float64")], { axes: this.#axes });
    return this.#builder.apply("div", [this.to(total, "float64"), this.scalar(count, "float64")], {});
  }

  /** A float32 number near the mean over the group, however far from it. */
  #nearMean(x: Value): Value {
    const total = this.#builder.apply("sum", [x], { axes: this.#axes });
    return this.#builder.apply("div", [total, this.scalar(this.countOf(x), x.dtype)], {});
  }

  to(x: Value, dtype: Value["dtype"]): Value {
    return this.#builder.apply("cast", [x], { dtype });
  }

  mul(a: Value, b: Value): Value {
    return this.#builder.apply("mul", [a, b], {});
  }

  sub(a: Value, b: Value): Value {
    return this.#builder.apply("sub", [a, b], {});
  }

  scalar(value: number, dtype: Value["dtype"]): Value {
    return this.#builder.scalar(value, dtype);
  }

  countOf(x: Value): number {
    return this.#axes.reduce((count, axis) => count * x.shape[axis]!, 1);
  }
}
