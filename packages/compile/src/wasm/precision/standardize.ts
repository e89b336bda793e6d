import type { AttrsOf } from "@tapegrad/tensor/internal";
import type { GraphOps } from "../../graph/algebra.ts";
import { operationOf, type Value } from "../../graph/graph.ts";
import { isRounded } from "../elements.ts";
import { isShared } from "./shared-operand.ts";

type Attrs = AttrsOf<"standardize">;

/** Groups of fewer elements are differentiated in float64 whatever their dtype: their terms cancel. */
const shortGroup = 64;
/** Sums of at most so many float32 terms are accumulated in float32, in several chains. */
const narrowTerms = 4096;

/** x̂ = (x − μ) r and r of every group, as operations. */
export function standardized(builder: GraphOps, x: Value, attrs: Attrs): readonly [xhat: Value, rstd: Value] {
  const graph = new StandardizeBuilder(builder, attrs.axes);
  const { centred, rstd } = graph.statistics(x, attrs, x.dtype);
  const scale = graph.to(rstd, x.dtype);
  const scaled = graph.mul(centred, scale);
  if (attrs.eps > 0) return [scaled, scale];
  // Where nothing varies r is infinite and x̂ is 0.
  const zero = graph.scalar(0, x.dtype);
  return [builder.apply("where", [builder.apply("eq", [centred, zero], {}), zero, scaled], {}), scale];
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
  const { centred, rstd } = graph.statistics(x, attrs, dtype);
  const ct = graph.to(g, dtype);
  if (isRounded(dtype) && isMultiple(g, attrs.axes)) return graph.scaledGrad(g, centred, rstd, attrs);
  const share = graph.mean(graph.mul(ct, centred));
  const along = graph.to(graph.mul(share, builder.apply("square", [rstd], {})), dtype);
  const level = attrs.center ? graph.sub(ct, graph.to(graph.mean(ct), dtype)) : ct;
  const rest = graph.sub(level, graph.mul(centred, along));
  return graph.to(graph.mul(rest, graph.to(rstd, dtype)), x.dtype);
}

/** Whether a cotangent is a product with something that a whole group shares, such as the weight of a channel. */
function isMultiple(g: Value, axes: readonly number[]): boolean {
  const product = operationOf(g);
  return product?.name === "mul" && product.inputs.some((factor) => isShared(factor, axes, g.shape.length));
}

class StandardizeBuilder {
  readonly #builder: GraphOps;
  readonly #axes: readonly number[];

  constructor(builder: GraphOps, axes: readonly number[]) {
    this.#builder = builder;
    this.#axes = axes;
  }

  /**
   * x − μ in `dtype`, and r = (⟨(x − μ)²⟩ + ε)^(-½) in float64, in two passes with a correction of the mean's rounding.
   *
   * In float32 the first pass only finds a number h near the mean, exact as float32. What is left of x, d = x − h, has
   * the size of the spread; its mean and second moment are float64 sums. An offset thus costs no digits. Of short groups d
   * itself is float64, so that both dtypes have the same statistics.
   */
  statistics(x: Value, { eps, center }: Attrs, dtype: Value["dtype"]): { centred: Value; rstd: Value } {
    const wide = this.to(x, "float64");
    if (!center) return { centred: this.to(x, dtype), rstd: this.#rstd(wide, undefined, eps) };
    if (!isRounded(x.dtype)) {
      const near = this.mean(x);
      const second = this.sub(x, near);
      const shift = this.mean(second);
      const centred = this.sub(x, this.#builder.apply("add", [near, shift], {}));
      return { centred, rstd: this.#rstd(second, shift, eps) };
    }
    const near = this.#nearMean(x);
    const rough = this.sub(x, near);
    const isShort = this.countOf(x) < shortGroup;
    const second = isShort ? this.sub(wide, this.to(near, "float64")) : this.to(rough, "float64");
    const shift = this.mean(second);
    const centred = isRounded(dtype) ? this.sub(rough, this.to(shift, dtype)) : this.sub(second, shift);
    return { centred, rstd: this.#rstd(second, shift, eps) };
  }

  /** (⟨d²⟩ − ⟨d⟩² + ε)^(-½) with ⟨d⟩ = `shift`, or 0. */
  #rstd(second: Value, shift: Value | undefined, eps: number): Value {
    let variance = this.mean(this.#builder.apply("square", [second], {}));
    if (shift !== undefined) {
      const square = this.#builder.apply("square", [shift], {});
      variance = this.#builder.apply("maximum", [this.sub(variance, square), this.scalar(0, "float64")], {});
    }
    const moment = this.#builder.apply("add", [variance, this.scalar(eps, "float64")], {});
    return this.#builder.apply("rsqrt", [moment], {});
  }

  /**
   * dx = r (g − ⟨g⟩ − x̂ ⟨g x̂⟩) with x̂ in float32. The gradient of a factor of x̂ is a sum of terms g x̂ as well, and those
   * of what is added are terms g: if g is a multiple of that in a group, their sums are those of this one.
   */
  scaledGrad(g: Value, centred: Value, rstd: Value, { center }: Attrs): Value {
    const { dtype } = g;
    const scale = this.to(rstd, dtype);
    const xhat = this.mul(centred, scale);
    // x̂ has the rounding of r twice in what is subtracted.
    const rounding = this.#builder.apply(
      "square",
      [this.#builder.apply("div", [rstd, this.to(scale, "float64")], {})],
      {},
    );
    const along = this.to(this.mul(this.mean(this.mul(g, xhat)), rounding), dtype);
    const level = center ? this.sub(g, this.to(this.mean(g), dtype)) : g;
    return this.mul(this.sub(level, this.mul(xhat, along)), scale);
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
