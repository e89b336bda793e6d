import { DTypeError, type Shape, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions, formatShape, sizeOf } from "@tapegrad/tensor/internal";
import { patches, spanOf } from "./patches.ts";
import { type PerAxis, perAxis, withBatch } from "./per-axis.ts";

/** Options of {@link convolution}; those per spatial axis take one number for all or a number each. */
export interface ConvolutionOptions {
  /** Distance between neighbouring windows, 1 unless given. */
  readonly stride?: PerAxis;
  /**
   * Zeros before and after each axis, 0 unless given. `"valid"` is 0; `"same"` keeps the extents, with an odd zero after
   * the end, and needs stride 1.
   */
  readonly padding?: PerAxis | "same" | "valid";
  /** Distance between neighbouring elements of the window, 1 unless given. */
  readonly dilation?: PerAxis;
  /** Number of parts into which the channels are cut, each convolved by itself; 1 unless given. */
  readonly groups?: number;
}

/** Checked options of a convolution. */
export interface ConvolutionPlan {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Zeros before and after each spatial axis. */
  readonly padding: readonly (readonly [number, number])[];
  readonly groups: number;
}

const keys = ["stride", "padding", "dilation", "groups"];

/** Checks options against the extents of a window. */
export function planConvolution(fn: string, size: Shape, options: ConvolutionOptions): ConvolutionPlan {
  checkOptions(fn, options, keys);
  const rank = size.length;
  const { groups = 1 } = options;
  const stride = perAxis(fn, "stride", options.stride ?? 1, rank, 1);
  const dilation = perAxis(fn, "dilation", options.dilation ?? 1, rank, 1);
  checkGroups(fn, groups);
  return { size, stride, dilation, groups, padding: resolvePadding(fn, options.padding ?? 0, size, stride, dilation) };
}

/** Throws unless there can be `groups` groups. */
export function checkGroups(fn: string, groups: number): void {
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw new ValueError(`${fn}: expected groups to be a whole number of at least 1, got ${String(groups)}.`);
  }
}

function resolvePadding(
  fn: string,
  padding: PerAxis | "same" | "valid",
  size: Shape,
  stride: readonly number[],
  dilation: readonly number[],
): [number, number][] {
  if (typeof padding !== "string") return perAxis(fn, "padding", padding, size.length, 0).map((n) => [n, n]);
  if (padding === "valid") return size.map(() => [0, 0]);
  if (padding !== "same") {
    throw new ValueError(`${fn}: expected padding to be numbers, "same" or "valid", got "${String(padding)}".`);
  }
  if (stride.some((by) => by !== 1)) {
    throw new ValueError(`${fn}: expected stride 1 with padding "same", got ${formatShape(stride)}.`);
  }
  return size.map((n, k) => {
    const total = spanOf(n, dilation[k]!) - 1;
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });
}

/** Throws unless input, weight and bias are of one dtype. */
export function checkDTypes(fn: string, x: Tensor, weight: Tensor, bias: Tensor | undefined): void {
  if (x.dtype !== weight.dtype || (bias !== undefined && bias.dtype !== x.dtype)) {
    const got = [x, weight, ...(bias === undefined ? [] : [bias])].map((t) => t.dtype).join(", ");
    throw new DTypeError(`${fn}: expected input, weight and bias of one dtype, got ${got}.`);
  }
}

/** Throws unless `bias` is absent or a vector with an element per channel. */
export function checkBias(fn: string, bias: Tensor | undefined, channels: number): void {
  if (bias !== undefined && (bias.ndim !== 1 || bias.shape[0] !== channels)) {
    throw new ShapeError(`${fn}: expected a bias of shape [${channels}], got ${formatShape(bias.shape)}.`);
  }
}

/** Adds `bias[c]` to channel `c` of `[N, C, ...]`. */
export function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias === undefined ? y : y.add(bias.reshape([bias.size, ...y.shape.slice(2).map(() => 1)]));
}

/**
 * Cross-correlation over `rank` spatial axes: `y[n, o, p] = b[o] + Σ w[o, c, k] · x[n, c, p·stride + k·dilation]`.
 *
 * Every window becomes a column (`windows`), and the weight a matrix: one product per sample and group.
 */
export function convolution(
  rank: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  options: ConvolutionOptions,
): Tensor {
  const fn = `conv${rank}d`;
  const [out, inside, ...size] = weight.shape;
  if (out === undefined || inside === undefined || size.length !== rank) {
    throw new ShapeError(`${fn}: expected a weight of ${rank + 2} axes, got shape ${formatShape(weight.shape)}.`);
  }
  const plan = planConvolution(fn, size, options);
  const { groups, padding } = plan;
  if (out % groups !== 0) {
    throw new ShapeError(`${fn}: expected a number of filters divisible by ${groups} groups, got ${out}.`);
  }
  checkBias(fn, bias, out);
  checkDTypes(fn, x, weight, bias);
  return withBatch(fn, x, rank, (batch) => {
    const [count, channels] = batch.shape as [number, number];
    if (channels !== inside * groups) {
      throw new ShapeError(
        `${fn}: expected input of ${inside * groups} channels for a weight of shape ${formatShape(weight.shape)} in ${groups} groups, got shape ${formatShape(x.shape)}.`,
      );
    }
    const padded = padding.every(([low, high]) => low + high === 0) ? batch : batch.pad([[0, 0], [0, 0], ...padding]);
    const seen = patches(fn, padded, plan); // [N, C, ...size, ...positions]
    const positions = seen.shape.slice(2 + rank);
    const columns = seen.reshape([count, groups, inside * sizeOf(size), sizeOf(positions)]);
    const filters = weight.reshape([groups, out / groups, inside * sizeOf(size)]);
    return addBias(filters.matmul(columns).reshape([count, out, ...positions]), bias);
  });
}
