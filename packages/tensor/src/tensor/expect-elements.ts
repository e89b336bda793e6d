import type { TypedArray } from "../dtype.ts";
import type { TapegradError } from "../errors.ts";
import type { TensorCore } from "./core.ts";
import { errorPlace, placeError } from "./error-place.ts";
import { activeTracer } from "./tracer.ts";

/** What the elements of a tensor must be. */
export interface Expectation {
  /** Ranges, ends included, of which every element lies in one. */
  readonly within: readonly (readonly [least: number, greatest: number])[];
  /** Whether an element may be NaN as well; not unless given. */
  readonly orNaN?: boolean;
  /** The error for an element that is neither. */
  readonly error: (element: number) => TapegradError;
}

/**
 * Checks the elements of a tensor: now, or in every run of the function that is traced. The only way to do so, since
 * elements that are read otherwise are not there while a function is traced.
 *
 * @throws whatever the expectation says of the first element, in row-major order, that is not as expected
 * @example
 * const error = (k: number) => new ValueError(`pick: expected indices in [0, 3), got ${k}.`);
 * expectElements(tensor([2, 3, 4]), { within: [[0, 2]], error }); // => ValueError: pick: expected indices in [0, 3), got 3.
 */
export function expectElements(x: TensorCore, expectation: Expectation): void {
  const tracer = activeTracer();
  if (tracer !== undefined) {
    // The check fails later, when nothing runs any more.
    const place = errorPlace();
    tracer.check(x["self"](), { ...expectation, error: (element) => placeError(expectation.error(element), place) });
    return;
  }
  const wrong = firstUnexpected(x["elements"], expectation);
  if (wrong !== undefined) throw expectation.error(wrong);
}

/** The first element that is not as expected; undefined if there is none. */
export function firstUnexpected(data: TypedArray, { within, orNaN = false }: Expectation): number | undefined {
  // Most lie in the first range. Taking it apart as [least, greatest] makes this loop twice as slow.
  const first = within[0];
  const least = first === undefined ? Infinity : first[0];
  const greatest = first === undefined ? -Infinity : first[1];
  for (let i = 0; i < data.length; i++) {
    const element = data[i]!;
    if (element >= least && element <= greatest) continue;
    if (!(Number.isNaN(element) ? orNaN : isWithin(element, within))) return element;
  }
  return undefined;
}

function isWithin(element: number, ranges: Expectation["within"]): boolean {
  for (let k = 0; k < ranges.length; k++) {
    const range = ranges[k]!;
    if (element >= range[0] && element <= range[1]) return true;
  }
  return false;
}
