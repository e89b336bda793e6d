/** Bits of the dots in a braille character, by row and column. */
const bits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Dots in characters: two columns and four rows of them in each. */
export class BrailleCanvas {
  static readonly name: string = "BrailleCanvas";
  /** Dots in a row. */
  readonly width: number;
  /** Dots in a column. */
  readonly height: number;
  readonly #cells: Uint8Array;
  readonly #columns: number;

  /** @param columns of characters; `rows` likewise */
  constructor(columns: number, rows: number) {
    this.width = 2 * columns;
    this.height = 4 * rows;
    this.#columns = columns;
    this.#cells = new Uint8Array(columns * rows);
  }

  /** Sets the dot at `x` from the left and `y` from the top, if there is one. */
  dot(x: number, y: number): void {
    if (x < 0 || x >= this.width || y < 0 || y >= this.height) return;
    const cell = (y >> 2) * this.#columns + (x >> 1);
    this.#cells[cell] = this.#cells[cell]! | bits[y & 3]![x & 1]!;
  }

  /** A line from one dot to another; of `on + off` dots the first `on` are set. */
  line(x0: number, y0: number, x1: number, y1: number, [on, off]: readonly [on: number, off: number]): void {
    const steps = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
    const isSteep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
    for (let i = 0; i <= steps; i++) {
      const [x, y] = [Math.round(x0 + ((x1 - x0) * i) / steps), Math.round(y0 + ((y1 - y0) * i) / steps)];
      // By the place and not by the step, so that a dash goes on where a line follows another.
      if ((isSteep ? y : x) % (on + off) < on) this.dot(x, y);
    }
  }

  /** The rows of characters from the top. */
  rows(): string[] {
    const characters = Array.from(this.#cells, (cell) => String.fromCodePoint(0x2800 + cell));
    return Array.from({ length: this.#cells.length / this.#columns }, (_, row) =>
      characters.slice(row * this.#columns, (row + 1) * this.#columns).join(""),
    );
  }
}
