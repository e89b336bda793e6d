type FloatArray = Float32Array | Float64Array;

/** Rows and columns, of a matrix or of a block. */
export type Extents = readonly [rows: number, columns: number];

/** Bytes up to which a matrix, or the rows of a block in full length, are copied at once. */
export const copyLimit: number = 4 * 2 ** 20;

/** Bytes after the staged data that packing may read. */
export const slack: number = 128;

/**
 * A row-major matrix of a caller, copied into the kernels' memory: whole if it is small; else the rows of the block at
 * hand, if blocks are visited row by row and the rows are not too long; else the block alone.
 */
export class StagedMatrix {
  /** The address after the staged data. */
  readonly end: number;
  /** The distance of staged rows in bytes; known once a block is staged. */
  stride: number;
  readonly #source: FloatArray;
  readonly #offset: number;
  readonly #extents: Extents;
  readonly #address: number;
  readonly #copies: "whole" | "rows" | "block";
  #stagedRow = -1;

  /** @param isVisitedByRows whether all blocks of some rows are asked for before those of others */
  constructor(
    source: FloatArray,
    offset: number,
    extents: Extents,
    block: Extents,
    address: number,
    isVisitedByRows: boolean,
  ) {
    const [rows, columns] = extents;
    const size = source.BYTES_PER_ELEMENT;
    const blockRows = Math.min(rows, block[0]);
    const rowBytes = columns * size;
    this.#source = source;
    this.#offset = offset;
    this.#extents = extents;
    this.#address = address;
    this.stride = rowBytes;
    if (rows * rowBytes <= copyLimit) this.#copies = "whole";
    else if (columns <= block[1] || (isVisitedByRows && blockRows * rowBytes <= copyLimit)) this.#copies = "rows";
    else this.#copies = "block";
    const bytes = {
      whole: rows * rowBytes,
      rows: blockRows * rowBytes,
      block: blockRows * block[1] * size,
    }[this.#copies];
    this.end = address + Math.ceil((bytes + slack) / 64) * 64;
  }

  /** The address of a block, after copying it into `memory` unless it is there. */
  stage(memory: FloatArray, [row, column]: Extents, [rows, columns]: Extents): number {
    const size = this.#source.BYTES_PER_ELEMENT;
    const width = this.#extents[1];
    switch (this.#copies) {
      case "whole":
        if (this.#stagedRow < 0) this.#copy(memory, 0, 0, this.#extents[0] * width);
        this.#stagedRow = 0;
        return this.#address + row * this.stride + column * size;
      case "rows":
        if (this.#stagedRow !== row) this.#copy(memory, 0, row * width, rows * width);
        this.#stagedRow = row;
        return this.#address + column * size;
      default:
        this.stride = columns * size;
        for (let i = 0; i < rows; i++) this.#copy(memory, i * this.stride, (row + i) * width + column, columns);
        return this.#address;
    }
  }

  #copy(memory: FloatArray, to: number, from: number, count: number): void {
    const first = this.#offset + from;
    const isAll = first === 0 && count === this.#source.length;
    const part = isAll ? this.#source : this.#source.subarray(first, first + count);
    memory.set(part, (this.#address + to) / this.#source.BYTES_PER_ELEMENT);
  }
}
