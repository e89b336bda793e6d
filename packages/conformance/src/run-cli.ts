import { TapegradError } from "@tapegrad/tensor";
import { parseArgs } from "node:util";
import { goldenRows } from "./golden/golden-rows.ts";
import type { Row } from "./row.ts";
import { formatCases, formatTable, type Score, scoresOf } from "./scoreboard.ts";

/** What a run needs from outside. */
export interface Surroundings {
  /** Everything that enters the scoreboard. */
  readonly suites: readonly (() => readonly Row[])[];
  /** Takes the lines of the report. */
  readonly print: (line: string) => void;
  /** Keeps the scores of a run of all suites. */
  readonly publish: (scores: readonly Score[]) => void;
}

const usage = "usage: pnpm conformance [--golden DIR]";

/**
 * Runs everything, or with `--golden DIR` the fixtures of another folder, and prints a table and every case that
 * failed.
 *
 * @returns 0 when no case failed, 1 when some did, 2 when there was nothing to run
 */
export function runCli(args: readonly string[], { suites, print, publish }: Surroundings): number {
  try {
    const { golden: folder } = parseArgs({ args: [...args], options: { golden: { type: "string" } } }).values;
    const rows = folder === undefined ? suites.flatMap((suite) => suite()) : goldenRows(folder);
    const scores = scoresOf(rows);
    const failed = formatCases(rows, "failed");
    const total = `${rows.length - failed.length} of ${rows.length} cases passed or are excluded, ${failed.length} failed`;
    for (const line of [formatTable(scores), "", ...failed, total]) print(line);
    if (folder === undefined) publish(scores);
    return failed.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof TapegradError) print(error.message);
    else if (error instanceof TypeError && "code" in error) print(`${error.message}\n${usage}`);
    else throw error;
    return 2;
  }
}
