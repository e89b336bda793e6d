/** One check of `sanity`. */
export interface SanityCheck {
  /** What is looked at. */
  readonly name: string;
  /** Whether it is as expected; undefined where the check has nothing to say of this net or loss. */
  readonly passed: boolean | undefined;
  /** What was found, in words. */
  readonly found: string;
  /** What was expected, in words. */
  readonly expected: string;
  /** What to look at; empty where all is well. */
  readonly hint: string;
}

/** The checks of `sanity`; as a string, a table. */
export class SanityReport {
  static readonly name: string = "SanityReport";
  /** One after the other. */
  readonly checks: readonly SanityCheck[];

  constructor(checks: readonly SanityCheck[]) {
    this.checks = checks;
  }

  /** Whether none failed. */
  get passed(): boolean {
    return this.checks.every(({ passed }) => passed !== false);
  }

  /** The checks as a table of text, with a hint below each that failed. */
  toString(): string {
    const mark = ({ passed }: SanityCheck): string => (passed === undefined ? "–" : passed ? "ok" : "FAILED");
    const rows = this.checks.map((check) => [mark(check), check.name, check.found, check.expected]);
    const all = [["", "check", "found", "expected"], ...rows];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]!.length)));
    const lines = all.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    );
    const hints = this.checks.filter(({ passed }) => passed === false).map(({ name, hint }) => `${name}: ${hint}`);
    return [...lines, ...hints].join("\n");
  }

  static {
    Object.defineProperty(SanityReport.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: SanityReport): string {
        return this.toString();
      },
    });
  }
}
