import { assign, eye as identity, ShapeError, tensor, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { checkFloat, type RandomOptions, randomTable } from "./fill.ts";

/** Options of {@link eye}. */
export interface EyeOptions extends RandomOptions {
  /** What stands on the diagonal, 1 unless given. */
  readonly gain?: number;
}

const eyeTable: OptionTable<EyeOptions> = { gain: option(ranges.finite, 1), ...randomTable };

/**
 * Fills a matrix with ones, or another number, on its diagonal and zeros elsewhere, and returns it: what goes in comes
 * out, as far as the shape allows.
 *
 * @throws {ShapeError} unless there are exactly two axes
 * @example
 * eye(new Parameter(rand([2, 3]))).toArray(); // => [[1, 0, 0], [0, 1, 0]]
 */
export function eye<T extends Tensor>(weight: T, options: EyeOptions = {}): T {
  expectTensor("eye", "weight", weight);
  const { gain } = settleOptions("eye", options, eyeTable);
  checkFloat("eye", weight);
  const [rows, columns] = weight.shape;
  if (rows === undefined || columns === undefined || weight.ndim !== 2) {
    throw new ShapeError(`eye: expected a matrix, got shape ${formatShape(weight.shape)}.`);
  }
  assign(weight, identity(rows, columns, { dtype: weight.dtype }).mul(gain));
  return weight;
}

/** How many positions the window of a convolution's weight has, and which is in the middle. */
export function middleTap(fn: string, weight: Tensor): { readonly field: number; readonly middle: number } {
  const window = weight.shape.slice(2);
  if (window.length < 1 || window.length > 3) {
    throw new ShapeError(`${fn}: expected a weight of 3 to 5 axes, got shape ${formatShape(weight.shape)}.`);
  }
  const middle = window.reduce((at, extent) => at * extent + Math.floor(extent / 2), 0);
  return { field: sizeOf(window), middle };
}

/** Options of {@link dirac}. */
export interface DiracOptions {
  /** Groups of the convolution, each of which passes its channels; 1 unless given. */
  readonly groups?: number;
}

const table: OptionTable<DiracOptions> = { groups: option(ranges.extent, 1) };

/**
 * Fills the weight of a convolution with a one in the middle of the window from channel i to channel i, zeros
 * elsewhere, and returns it: the convolution passes as many channels unchanged as it can.
 *
 * @param weight layout `[out, in, ...window]` with one to three window axes
 * @throws {ShapeError} for another number of axes, or when `groups` does not divide `out`
 * @example
 * dirac(new Parameter(rand([1, 2, 3]))).toArray(); // => [[[0, 1, 0], [0, 0, 0]]]
 */
export function dirac<T extends Tensor>(weight: T, options: DiracOptions = {}): T {
  expectTensor("dirac", "weight", weight);
  const { groups } = settleOptions("dirac", options, table);
  checkFloat("dirac", weight);
  const { field, middle } = middleTap("dirac", weight);
  const [out = 0, inside = 0] = weight.shape;
  if (out % groups !== 0) {
    throw new ShapeError(`dirac: expected groups to divide the ${out} output channels, got ${groups}.`);
  }
  const values = new Float64Array(weight.size);
  const each = out / groups;
  for (let o = 0; o < out; o++) {
    const i = o % each;
    if (i < inside && field > 0) values[(o * inside + i) * field + middle] = 1;
  }
  assign(weight, tensor(values, { shape: weight.shape }).to(weight.dtype));
  return weight;
}
