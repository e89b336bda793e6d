import { DTypeError, type DType, type Tensor, tensor } from "@tapegrad/tensor";
import { checkOptions, sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { patches } from "../convolution/patches.ts";
import { type PerAxis, withBatch } from "../convolution/per-axis.ts";
import { planPooling, type PoolingOptions, type PoolingPlan } from "./pooling-plan.ts";

/** Options of max pooling. */
export interface MaxPoolOptions extends PoolingOptions {
  /** Distance between neighbouring elements of the window, 1 unless given. */
  readonly dilation?: PerAxis;
}

/** The largest elements, and where each was. */
export interface MaxPoolResult {
  readonly values: Tensor;
  /** Position in the flattened spatial axes of the input; int32. */
  readonly indices: Tensor;
}

/** What stands beside the input, and the least that an element of the input is taken for: any of them is preferred. */
const outside: Partial<Record<DType, readonly [padding: number, least: number]>> = {
  float32: [-Infinity, -3.4028234663852886e38],
  float64: [-Infinity, -Number.MAX_VALUE],
  int32: [-(2 ** 31), -(2 ** 31) + 1],
};

/**
 * Max pooling over `rank` spatial axes. Windows are only searched: the maxima are gathered from the input, so that backward
 * adds each cotangent to one element, the first among ties.
 */
export function maxPooling(fn: string, rank: number, x: Tensor, size: PerAxis, options: MaxPoolOptions): MaxPoolResult {
  checkOptions(fn, options, ["stride", "padding", "dilation", "ceilMode"]);
  if (outside[x.dtype] === undefined) throw new DTypeError(`${fn}: expected numbers, got ${x.dtype}.`);
  let indices: Tensor | undefined;
  const values = withBatch(fn, x, rank, (batch) => {
    const [count, channels, ...extents] = batch.shape as [number, number, ...number[]];
    const plan = planPooling(fn, extents, size, options);
    const at = positionsOfMaxima(fn, batch.detach(), plan); // [N, C, P]
    const shape = [count, channels, ...plan.positions];
    indices = at.reshape(x.ndim === batch.ndim ? shape : shape.slice(1));
    return batch
      .reshape([count, channels, sizeOf(extents)])
      .gather(2, at)
      .reshape(shape);
  });
  return { values, indices: indices as Tensor };
}

function positionsOfMaxima(fn: string, x: Tensor, plan: PoolingPlan): Tensor {
  const [count, channels, ...extents] = x.shape as [number, number, ...number[]];
  const { size, stride, dilation, margins, padding, positions } = plan;
  const seen = patches(fn, extended(x, margins), plan).reshape([count, channels, sizeOf(size), sizeOf(positions)]);
  const winner = seen.argmax({ axis: 2 }); // [N, C, P]
  const own = stridesOf(extents);
  // Element k of window p lies at within[k] + start[p].
  const within = lattice(
    size,
    own.map((step, k) => step * dilation[k]!),
  );
  const start = lattice(
    positions,
    own.map((step, k) => step * stride[k]!),
  );
  const origin = own.reduce((sum, step, k) => sum + step * padding[k]!, 0);
  const offset = tensor(within, { dtype: "int32" })
    .gather(0, winner.reshape([winner.size]))
    .reshape(winner.shape);
  return offset.add(
    tensor(
      start.map((at) => at - origin),
      { dtype: "int32" },
    ),
  );
}

function extended(x: Tensor, margins: PoolingPlan["margins"]): Tensor {
  if (margins.every(([low, high]) => low + high === 0)) return x;
  const [value, least] = outside[x.dtype] as readonly [number, number];
  return x.maximum(least).pad([[0, 0], [0, 0], ...margins], { value });
}

/** `Σ index·step` for every index of `shape` in row-major order. */
function lattice(shape: readonly number[], steps: readonly number[]): number[] {
  return shape.reduce<number[]>(
    (found, n, axis) => found.flatMap((at) => Array.from({ length: n }, (_, i) => at + i * steps[axis]!)),
    [0],
  );
}
