import { type Shape, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  formatValue,
  optional,
  type OptionTable,
  sameShape,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { Parameter } from "../module/parameter.ts";
import { affineParameters, type AffineChoice } from "./affine.ts";
import { ascendingAxes, type Axes, axesRange } from "./channel-axes.ts";

/** The option of norms that find the axes of their shape elsewhere than at the end. */
export interface NormalizedAxes {
  /** The axis of `shape`, or its axes in ascending order, from the end if negative; the trailing ones unless given. */
  readonly axis?: number | readonly number[] | undefined;
}

/** The row of {@link NormalizedAxes}. */
export const normalizedAxesRow: OptionTable<NormalizedAxes> = { axis: optional(axesRange) };

/** A normalized shape as an array; a number is one axis. */
function toShape(fn: string, shape: number | Shape): Shape {
  const list: Shape = Array.isArray(shape) ? [...(shape as Shape)] : [shape as number];
  if (list.length === 0 || !list.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new ShapeError(`${fn}: expected a shape of at least one whole extent, got ${formatValue(list)}.`);
  }
  return list;
}

/** The axes of `x` that `shape` covers, from the end unless `axis` says which, and their extents; a number is one axis. */
export function trailingAxes(
  fn: string,
  x: Tensor,
  shape: number | Shape,
  axis?: Axes,
): { axes: readonly number[]; extents: Shape } {
  expectTensor(fn, "x", x);
  const extents = toShape(fn, shape);
  if (axis !== undefined) {
    const axes = ascendingAxes(fn, axis, x.ndim);
    const got = axes.map((each) => x.shape[each]!);
    if (sameShape(extents, got)) return { axes, extents };
    throw new ShapeError(
      `${fn}: expected extents ${formatShape(extents)} of the axes ${formatShape(axes)}, got input of shape ${formatShape(x.shape)}.`,
    );
  }
  const first = x.ndim - extents.length;
  if (first < 0 || extents.some((extent, i) => x.shape[first + i] !== extent)) {
    throw new ShapeError(
      `${fn}: expected trailing axes ${formatShape(extents)}, got input of shape ${formatShape(x.shape)}.`,
    );
  }
  return { axes: extents.map((_, i) => first + i), extents };
}

/** A layer that knows the trailing axes of its samples. */
export abstract class TrailingLayer<
  Options extends object,
  In extends readonly unknown[] = Tensor[],
> extends ConfiguredModule<Options, In> {
  /** The extents of the axes that are normalized. */
  readonly shape: Shape;

  /** @param shape the trailing axes to normalize over; a number is one axis */
  constructor(shape: number | Shape, options: Options, table: OptionTable<Options>) {
    super(options, table, [Array.isArray(shape) && shape.length === 1 ? formatValue(shape[0]) : formatValue(shape)]);
    this.shape = toShape(new.target.name, shape);
  }
}

/** A norm of every sample over its trailing axes. */
export abstract class TrailingNorm<
  Options extends { readonly eps?: unknown },
  In extends readonly unknown[] = Tensor[],
> extends TrailingLayer<Options, In> {
  /** Added inside the root, in units of x²; it may be set. */
  get eps(): Required<Options>["eps"] {
    return this.options.eps;
  }

  set eps(eps: Required<Options>["eps"]) {
    this.setOption("eps", eps);
  }
}

/** A {@link TrailingNorm} with γ and β. */
export abstract class AffineTrailingNorm<
  Options extends AffineChoice & { readonly eps?: unknown },
  In extends readonly unknown[] = Tensor[],
> extends TrailingNorm<Options, In> {
  /** γ of shape `shape` */
  weight: Parameter | undefined;
  /** β of shape `shape` */
  bias: Parameter | undefined;

  constructor(shape: number | Shape, options: Options, table: OptionTable<Options>) {
    super(shape, options, table);
    ({ weight: this.weight, bias: this.bias } = affineParameters(new.target.name, this.shape, this.options));
  }
}
