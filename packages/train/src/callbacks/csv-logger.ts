import { builtin, pathRange, writeWhole } from "@tapegrad/files";
import { ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectState,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../training/callback.ts";

/** Options of {@link CSVLogger}. */
export interface CSVLoggerOptions {
  /** What stands between two values; a comma unless given. */
  readonly separator?: string;
  /** Whether to go on in a file that is there, with its columns; false unless given, which begins anew. */
  readonly append?: boolean;
}

/** What {@link CSVLogger} remembers. */
export interface CSVLoggerState {
  /** Lines of epochs in the file. */
  readonly lines: number;
}

const separatorRange: ValueRange<string> = {
  text: "to be one character that is neither a quote nor a line break nor part of a number",
  has: (value): value is string => typeof value === "string" && /^[^"\r\n\d.eE+-]$/.test(value),
};

const table: OptionTable<CSVLoggerOptions> = {
  separator: option(separatorRange, ","),
  append: option(ranges.flag, false),
};

/**
 * Writes the figures of each epoch as a line of a CSV file, which is complete after each.
 *
 * The columns are `epoch`, counted from 0, and the figures of the first epoch in their order; a later epoch that lacks one
 * leaves its place empty. With `append`, the columns are those of the file. A training that is resumed from a state goes on
 * behind the epochs of that state, and drops what was written after it. With `dryRun` nothing is written.
 *
 * @param path of the file; its folder is made
 * @throws {ValueError} for an option that is not allowed, where there are no files, and for a file with other columns
 * @example
 * const log = new CSVLogger("runs/digits.csv", { append: true });
 */
export class CSVLogger implements Callback {
  static readonly name: string = "CSVLogger";
  readonly #path: string;
  readonly #options: Required<CSVLoggerOptions>;
  #columns: readonly string[] | undefined;
  #lines = 0;
  #isResumed = false;

  constructor(path: string, options: CSVLoggerOptions = {}) {
    expectValue("CSVLogger", "path", path, pathRange);
    this.#path = path;
    this.#options = settleOptions("CSVLogger", options, table);
  }

  onTrainBegin({ dryRun }: Training): void {
    [this.#columns, this.#lines, this.#isResumed] = [undefined, 0, false];
    if (dryRun) return;
    builtin("CSVLogger", "fs");
    if (this.#options.append) this.#lines = this.#read().lines.length;
  }

  onEpochEnd(epoch: number, logs: Logs, { dryRun }: Training): void {
    if (dryRun) return;
    const row: Readonly<Record<string, number | undefined>> = { epoch, ...logs };
    this.#columns ??= this.#begin(Object.keys(row));
    const line = this.#columns
      .map((name) => (row[name] === undefined ? "" : String(row[name])))
      .join(this.#options.separator);
    builtin("CSVLogger", "fs").appendFileSync(this.#path, `${line}\n`);
    this.#lines++;
  }

  /** The columns of the file, which is there afterwards, with its header. */
  #begin(columns: readonly string[]): readonly string[] {
    const header = columns.map((name) => this.#quoted(name)).join(this.#options.separator);
    const isKept = this.#options.append || this.#isResumed;
    const { first, lines } = isKept ? this.#read() : { first: "", lines: [] };
    if (first === "") {
      this.#lines = 0;
      writeWhole("CSVLogger", this.#path, `${header}\n`);
      return columns;
    }
    if (first !== header) {
      throw new ValueError(
        `CSVLogger: expected a file with columns ${header} to go on in, got ${first}. Write to another file, or without append.`,
      );
    }
    const kept = this.#isResumed ? lines.slice(0, this.#lines) : lines;
    this.#lines = kept.length;
    writeWhole("CSVLogger", this.#path, [header, ...kept, ""].join("\n"));
    return columns;
  }

  /** Header and lines of the file; none if it is not there. */
  #read(): { readonly first: string; readonly lines: readonly string[] } {
    const fs = builtin("CSVLogger", "fs");
    const text = fs.existsSync(this.#path) ? fs.readFileSync(this.#path, "utf8") : "";
    const [first = "", ...lines] = text.split(/\r?\n/);
    // The last line may lack its end.
    return { first, lines: lines.filter((line: string) => line !== "") };
  }

  #quoted(name: string): string {
    const plain = !name.includes(this.#options.separator) && !/["\r\n]/.test(name);
    return plain ? name : `"${name.replaceAll('"', '""')}"`;
  }

  /** How far the file has come. */
  stateDict(): CSVLoggerState {
    return { lines: this.#lines };
  }

  /** Goes on behind the lines that `state` tells of. */
  loadStateDict(state: CSVLoggerState, ...none: []): void {
    expectNothing("CSVLogger.loadStateDict", none);
    const fn = "CSVLogger.loadStateDict";
    expectState(fn, state);
    expectValue(fn, "lines", state.lines, ranges.whole(0));
    this.#lines = state.lines;
    this.#isResumed = true;
  }
}
