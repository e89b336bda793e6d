import { DTypeError, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  asFloat,
  broadcastShapes,
  expectOptionalTensor,
  expectTensor,
  formatShape,
  normalizeAxes,
  type OptionTable,
  sameShape,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { ConfiguredModule } from "../module/configured-module.ts";
import { maskRow } from "../module/expect-mask.ts";
import { type AxesOptions, axesTable } from "./axis-options.ts";

/** Options of `softmax` and `logSoftmax`. */
export interface SoftmaxOptions extends AxesOptions {
  /** Which elements take part: bools that broadcast to the shape of the input. All unless given. */
  readonly mask?: Tensor | undefined;
}

const table: OptionTable<SoftmaxOptions> = { ...axesTable, ...maskRow };

/** A function along axes that may have a mask. */
export function alongAxes(
  fn: "softmax" | "logSoftmax",
  x: Tensor,
  options: SoftmaxOptions,
  masked: (x: Tensor, mask: Tensor, axes: readonly number[]) => Tensor,
): Tensor {
  expectTensor(fn, "x", x);
  const { axis, mask } = settleOptions(fn, options, table);
  if (mask === undefined) return x[fn]({ axis });
  checkMask(fn, mask, x);
  const axes = normalizeAxes(fn, axis, x.ndim);
  // Nothing has no largest element.
  return x.size === 0 ? x[fn]({ axis }) : masked(asFloat(x), mask, axes);
}

function checkMask(fn: string, mask: Tensor, { shape }: Tensor): void {
  if (mask.dtype !== "bool") {
    throw new DTypeError(`${fn}: expected a bool mask, got ${mask.dtype}. Where 1 keeps, pass mask.ne(0).`);
  }
  if (mask.ndim <= shape.length && sameShape(broadcastShapes(fn, mask.shape, shape), shape)) return;
  throw new ShapeError(
    `${fn}: expected a mask that broadcasts to ${formatShape(shape)}, got ${formatShape(mask.shape)}.`,
  );
}

/** A layer along axes whose input may come with a mask. */
export abstract class AxesModule extends ConfiguredModule<AxesOptions, [x: Tensor, mask?: Tensor | undefined]> {
  constructor(options: AxesOptions = {}) {
    super(options, axesTable);
  }
}

/** The options of a call of a layer. */
export function optionsOfCall(fn: string, { options }: AxesModule, mask: Tensor | undefined): SoftmaxOptions {
  expectOptionalTensor(fn, "mask", mask);
  return { ...options, mask };
}
