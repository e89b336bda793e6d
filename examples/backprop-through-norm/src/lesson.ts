import { styleText } from "node:util";
import { compareGrads, type GradComparison, type Tensor } from "tapegrad";

const columns = 88;

/** Prints a lesson: headings, paragraphs, formulas, and tables that hold gradients by hand against those of the tape. */
export class Lesson {
  /** Every comparison that was printed. */
  readonly comparisons: GradComparison[] = [];
  readonly #write: (line: string) => void;
  readonly #colour: boolean;

  constructor(write: (line: string) => void, options: { readonly colour: boolean }) {
    this.#write = write;
    this.#colour = options.colour;
  }

  /** A large heading. */
  title(text: string): void {
    this.#write("");
    this.#write(this.#style("bold", text));
    this.#write(this.#style("bold", "═".repeat(text.length)));
  }

  /** A small heading. */
  heading(text: string): void {
    this.#write("");
    this.#write(this.#style("bold", text));
    this.#write("─".repeat(text.length));
  }

  /** A paragraph, wrapped. */
  say(text: string): void {
    this.#write("");
    let line = "";
    for (const word of text.trim().split(/\s+/)) {
      if (line.length + 1 + word.length > columns) {
        this.#write(line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    this.#write(line);
  }

  /** Lines that keep their form. */
  show(...lines: readonly string[]): void {
    this.#write("");
    for (const line of lines) this.#write(`    ${this.#style("cyan", line)}`);
  }

  /** One step of a backward pass: its reason, its formula, and how its result compares with the tape's. */
  step(name: string, options: { formula: string; why: string; manual: Tensor; auto: Tensor }): void {
    this.say(options.why);
    this.show(options.formula);
    this.compare([{ name, manual: options.manual, auto: options.auto }]);
  }

  /** The `compareGrads` table of some gradients. */
  compare(pairs: readonly { readonly name: string; readonly manual: Tensor; readonly auto: Tensor }[]): void {
    const table = compareGrads(pairs);
    this.comparisons.push(...table.rows);
    for (const line of table.toString().split("\n")) {
      this.#write(`    ${this.#style(table.passed ? "green" : "red", line)}`);
    }
  }

  /** A table with a header row; all columns but the first are aligned to the right. */
  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
    const [header, ...body] = rows.map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join("  "),
    );
    this.#write("");
    this.#write(`    ${this.#style("bold", header ?? "")}`);
    for (const line of body) this.#write(`    ${line}`);
  }

  #style(format: "bold" | "cyan" | "green" | "red", text: string): string {
    return this.#colour ? styleText(format, text) : text;
  }
}
