import { copyLimit, slack } from "./staged-matrix.ts";

type FloatArray = Float32Array | Float64Array;

/** The matrices of a batch, copied into the kernels' memory: all that lies between them if that is little, else one at a time. */
export class StagedMatrices {
  /** The address after the staged data. */
  readonly end: number;
  readonly #source: FloatArray;
  readonly #offsets: readonly number[];
  readonly #count: number;
  readonly #address: number;
  /** The element that is staged first, and how many are. */
  #first: number;
  readonly #length: number;
  #isStaged = false;

  /** @param count elements of each matrix */
  constructor(source: FloatArray, offsets: readonly number[], count: number, address: number) {
    let [least, most] = [offsets[0]!, offsets[0]!];
    for (let i = 1; i < offsets.length; i++) {
      least = Math.min(least, offsets[i]!);
      most = Math.max(most, offsets[i]!);
    }
    const size = source.BYTES_PER_ELEMENT;
    const all = most + count - least;
    this.#source = source;
    this.#offsets = offsets;
    this.#count = count;
    this.#address = address;
    this.#first = least;
    this.#length = all * size <= copyLimit ? all : count;
    this.end = address + Math.ceil((this.#length * size + slack) / 64) * 64;
  }

  /** The address of matrix `i`, after copying it into `memory` unless it is there. */
  stage(memory: FloatArray, i: number): number {
    const source = this.#source;
    const offset = this.#offsets[i]!;
    const isThere = offset >= this.#first && offset + this.#count <= this.#first + this.#length;
    if (!this.#isStaged || !isThere) {
      if (!isThere) this.#first = offset;
      const isAll = this.#first === 0 && this.#length === source.length;
      const part = isAll ? source : source.subarray(this.#first, this.#first + this.#length);
      memory.set(part, this.#address / source.BYTES_PER_ELEMENT);
      this.#isStaged = true;
    }
    return this.#address + (offset - this.#first) * source.BYTES_PER_ELEMENT;
  }
}
