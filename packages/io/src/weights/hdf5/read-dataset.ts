import { DTypeError, FormatError, type Shape, type Tensor, tensor } from "@tapegrad/tensor";
import { formatShape, sizeOf } from "@tapegrad/tensor/internal";
import type { H5Dataset } from "./h5wasm.ts";

/** The number of the class of floats. */
const floats = 1;

/** The most that a chunk, which is unpacked as a whole, may be larger than its data set. */
const largestChunk = 2 ** 24;

/**
 * The extents of a data set.
 *
 * @throws {FormatError} if it has none
 */
export function shapeOfDataset(fn: string, label: string, { metadata: { shape } }: H5Dataset): Shape {
  if (shape !== null && shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) return shape;
  throw new FormatError(
    `${fn}: expected ${label} to have extents, got ${shape === null ? "none" : formatShape(shape)}.`,
  );
}

/**
 * The elements of a data set of floats; its shape is known to be one that there is memory for.
 *
 * @throws {DTypeError} for elements other than float32 and float64
 * @throws {FormatError} for elements that cannot be read, or too few
 */
export function readDataset(fn: string, label: string, dataset: H5Dataset): Tensor {
  const shape = shapeOfDataset(fn, label, dataset);
  const { type, size, chunks } = dataset.metadata;
  if (type !== floats || (size !== 4 && size !== 8))
    throw new DTypeError(
      `${fn}: expected float32 or float64 in ${label}, got other elements of ${size} bytes. Cast them before saving.`,
    );
  if (chunks !== null && sizeOf(chunks) * size > sizeOf(shape) * size + largestChunk)
    throw new FormatError(`${fn}: expected chunks of about the size of ${label}, got ${formatShape(chunks)}.`);
  const { value } = dataset;
  const data = typeof value === "number" ? (size === 4 ? Float32Array : Float64Array).of(value) : value;
  if ((data instanceof Float32Array || data instanceof Float64Array) && data.length === sizeOf(shape))
    return tensor(data, { shape });
  throw new FormatError(`${fn}: expected ${sizeOf(shape)} elements in ${label}, got other ones.`);
}
