import { type Tensor, tensor, ValueError, ShapeError } from "@tapegrad/tensor";
import { formatShape, iota } from "@tapegrad/tensor/internal";
import { withBatch } from "../convolution/per-axis.ts";

/** Extents of the result: one for all spatial axes, or one each; `null` keeps that of the input. */
export type OutputSize = number | readonly (number | null)[];

/** Cuts of one axis: window i covers `⌊i·n/m⌋ … ⌈(i + 1)·n/m⌉ − 1`. */
interface Cuts {
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  readonly longest: number;
}

function cutsOf(extent: number, count: number): Cuts {
  const starts = Array.from({ length: count }, (_, i) => Math.floor((i * extent) / count));
  const lengths = starts.map((start, i) => Math.ceil(((i + 1) * extent) / count) - start);
  return { starts, lengths, longest: Math.max(0, ...lengths) };
}

/**
 * The windows of the last axis, all as long as the longest: `[..., n]` gives `[..., m, longest]`. What is beyond the end of
 * a window repeats its first element.
 */
function windowsOf(x: Tensor, { starts, lengths, longest }: Cuts): Tensor {
  const at = starts.flatMap((start, i) =>
    Array.from({ length: longest }, (_, k) => (k < lengths[i]! ? start + k : start)),
  );
  const taken = x.indexSelect(x.ndim - 1, tensor(at, { dtype: "int32" }));
  return taken.reshape([...x.shape.slice(0, -1), starts.length, longest]);
}

/** The mean of each of `count` windows of the last axis. */
export function averageLast(x: Tensor, count: number): Tensor {
  const extent = x.shape.at(-1)!;
  if (count === extent) return x;
  const cuts = cutsOf(extent, count);
  const lengths = tensor([...cuts.lengths], { dtype: "int32" });
  const beyond = iota([count, cuts.longest], 1).ge(lengths.unsqueeze(-1));
  return windowsOf(x, cuts).maskedFill(beyond, 0).sum({ axis: -1 }).div(lengths);
}

/** The largest element of each of `count` windows of the last axis; the gradient goes to the first among ties. */
export function maximumLast(x: Tensor, count: number): Tensor {
  if (count === x.shape.at(-1)) return x;
  const seen = windowsOf(x, cutsOf(x.shape.at(-1)!, count));
  const winner = seen.detach().argmax({ axis: -1, keepDims: true });
  return seen.gather(-1, winner).squeeze(-1);
}

/**
 * The wanted extent of each spatial axis.
 *
 * @throws {ValueError} for extents that are not whole numbers of at least 1
 */
export function checkOutputSize(fn: string, rank: number, outputSize: OutputSize): readonly (number | null)[] {
  const wanted = typeof outputSize === "number" ? Array.from({ length: rank }, () => outputSize) : outputSize;
  if (wanted.length !== rank || wanted.some((n) => n !== null && !(Number.isSafeInteger(n) && n >= 1))) {
    const got = typeof outputSize === "number" ? String(outputSize) : `[${outputSize.map(String).join(", ")}]`;
    throw new ValueError(`${fn}: expected ${rank} whole output extents of at least 1 (or null), got ${got}.`);
  }
  return wanted;
}

/** Applies `reduceLast` to every spatial axis, the last one first. */
export function adaptivePooling(
  fn: string,
  rank: number,
  x: Tensor,
  outputSize: OutputSize,
  reduceLast: (x: Tensor, count: number) => Tensor,
): Tensor {
  const wanted = checkOutputSize(fn, rank, outputSize);
  return withBatch(fn, x, rank, (batch) => {
    if (batch.shape.slice(2).includes(0)) {
      throw new ShapeError(`${fn}: expected spatial extents of at least 1, got shape ${formatShape(x.shape)}.`);
    }
    return wanted.reduceRight<Tensor>((y, count, k) => {
      if (count === null || count === y.shape[2 + k]) return y;
      const last = k === rank - 1;
      const reduced = reduceLast(last ? y : y.transpose(2 + k, -1), count);
      return last ? reduced : reduced.transpose(2 + k, -1);
    }, batch);
  });
}
