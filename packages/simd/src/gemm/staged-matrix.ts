type FloatArray = Float32Array | Float64Array;

/** Matrices up to this many bytes are copied whole; of larger ones, only the block at hand. */
const wholeLimit = 4 * 2 ** 20;

/** Bytes after a staged matrix that packing may read. */
const slack = 128;

/** A row-major matrix of a caller, copied into the kernels' memory whole or block by block. */
export class StagedMatrix {
  /** The address after the staged data. */
  readonly end: number;
  /** The distance of staged rows in bytes, of the last block if staged in blocks. */
  stride: number;
  readonly #source: FloatArray;
  readonly #offset: number;
  readonly #rows: number;
  readonly #columns: number;
  readonly #address: number;
  readonly #isWhole: boolean;

  constructor(
    source: FloatArray,
    offset: number,
    [rows, columns]: readonly [rows: number, columns: number],
    [blockRows, blockColumns]: readonly [rows: number, columns: number],
    address: number,
  ) {
    const size = source.BYTES_PER_ELEMENT;
    const blockBytes = Math.min(rows, blockRows) * Math.min(columns, blockColumns) * size;
    const wholeBytes = rows * columns * size;
    this.#source = source;
    this.#offset = offset;
    this.#rows = rows;
    this.#columns = columns;
    this.#address = address;
    this.#isWhole = wholeBytes <= Math.max(wholeLimit, blockBytes);
    this.stride = columns * size;
    this.end = address + Math.ceil(((this.#isWhole ? wholeBytes : blockBytes) + slack) / 64) * 64;
  }

  /** Copies the matrix now if it is staged whole. */
  copyWhole(memory: FloatArray): void {
    if (this.#isWhole) this.#copy(memory, this.#address, 0, this.#rows * this.#columns);
  }

  /** The address of a block, copied now unless the matrix is staged whole. */
  block(memory: FloatArray, row: number, column: number, rows: number, columns: number): number {
    const size = this.#source.BYTES_PER_ELEMENT;
    if (this.#isWhole) return this.#address + row * this.stride + column * size;
    this.stride = columns * size;
    if (columns === this.#columns) {
      this.#copy(memory, this.#address, row * columns, rows * columns);
    } else {
      for (let i = 0; i < rows; i++) {
        this.#copy(memory, this.#address + i * this.stride, (row + i) * this.#columns + column, columns);
      }
    }
    return this.#address;
  }

  #copy(memory: FloatArray, address: number, from: number, count: number): void {
    const first = this.#offset + from;
    const isAll = first === 0 && count === this.#source.length;
    const part = isAll ? this.#source : this.#source.subarray(first, first + count);
    memory.set(part, address / this.#source.BYTES_PER_ELEMENT);
  }
}
