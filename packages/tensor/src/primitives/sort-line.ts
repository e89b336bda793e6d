/** Elements up to which inserting is faster than merging. */
const runLength = 8;

/** Sorts positions of a line, again and again with the same arrays. */
export class LineSorter {
  readonly #values: Float64Array;
  #order: Int32Array;
  #spare: Int32Array;

  constructor(n: number) {
    this.#values = new Float64Array(n);
    this.#order = new Int32Array(n);
    this.#spare = new Int32Array(n);
  }

  /**
   * The positions of the elements at `base`, `base + stride`, ... in ascending or descending order, those of equal elements as they
   * were. NaN is above everything. The result is valid until the next line.
   */
  sort(data: ArrayLike<number>, base: number, stride: number, descending: boolean): Int32Array {
    const values = this.#values;
    const n = values.length;
    let count = 0;
    for (let k = 0; k < n; k++) {
      const x = data[base + k * stride]!;
      if (Number.isNaN(x)) continue;
      this.#order[count++] = k;
      values[k] = descending ? -x : x;
    }
    let filled = count;
    for (let k = 0; filled < n && k < n; k++) if (Number.isNaN(data[base + k * stride]!)) this.#order[filled++] = k;
    this.#sortRuns(count);
    for (let length = runLength; length < count; length *= 2) this.#mergeRuns(count, length);
    if (descending && count < n) {
      this.#spare.set(this.#order.subarray(count));
      this.#spare.set(this.#order.subarray(0, count), n - count);
      return this.#spare;
    }
    return this.#order;
  }

  /** Sorts runs by insertion. */
  #sortRuns(count: number): void {
    const values = this.#values;
    const order = this.#order;
    for (let start = 0; start < count; start += runLength) {
      const end = Math.min(start + runLength, count);
      for (let i = start + 1; i < end; i++) {
        const k = order[i]!;
        const x = values[k]!;
        let at = i;
        for (; at > start && x < values[order[at - 1]!]!; at--) order[at] = order[at - 1]!;
        order[at] = k;
      }
    }
  }

  /** Merges neighbouring runs of `length`; the left one goes first where elements are equal. */
  #mergeRuns(count: number, length: number): void {
    const values = this.#values;
    const from = this.#order;
    const to = this.#spare;
    for (let start = 0; start < count; start += 2 * length) {
      const middle = Math.min(start + length, count);
      const end = Math.min(middle + length, count);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        const takesRight = left === middle || (right < end && values[from[right]!]! < values[from[left]!]!);
        to[at] = takesRight ? from[right++]! : from[left++]!;
      }
    }
    to.set(from.subarray(count), count);
    [this.#order, this.#spare] = [to, from];
  }
}
