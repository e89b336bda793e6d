import type { Outcome } from "../race.ts";
import { markdownTable } from "./markdown-table.ts";
import { type ReportColumn, type Results, timingOf } from "./results.ts";
import { significant } from "./significant.ts";

/** A row of one column of ours whose time has moved by more than the noise of both runs. */
export interface MovedRow {
  readonly row: string;
  readonly column: string;
  /** How many times faster it has become; below 1, slower. */
  readonly faster: number;
}

/** The least and the most that a quantity was in one run, and its median. */
interface Range {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/**
 * Rows of our columns whose time in units of PyTorch's, with one thread, lies outside of what the run before it had:
 * tenth to ninetieth percentiles do not overlap. Units of a peer in the same run, since machines differ; rows that a run
 * has no time of PyTorch for are left out, and so is what only one of the runs has.
 */
export function movedRows(before: Results, after: Results): readonly MovedRow[] {
  return after.rows.flatMap(({ name, outcomes }) => {
    const old = before.rows.find((row) => row.name === name)?.outcomes ?? {};
    return after.columns.filter(isOurs).flatMap(({ id, title }) => {
      const [was, is] = [inUnits(old, id), inUnits(outcomes, id)];
      if (was === undefined || is === undefined || (was.low <= is.high && is.low <= was.high)) return [];
      return [{ row: name, column: title, faster: was.median / is.median }];
    });
  });
}

const isOurs = ({ group }: ReportColumn): boolean => group === "ours";

/** Our time ÷ PyTorch's. */
function inUnits(outcomes: Readonly<Record<string, Outcome>>, id: string): Range | undefined {
  const [own, peer] = [timingOf(outcomes[id]), timingOf(outcomes["pytorch-1"])];
  if (own === undefined || peer === undefined) return undefined;
  return { low: own.low / peer.high, median: own.median / peer.median, high: own.high / peer.low };
}

/** {@link movedRows} in Markdown, the slowest first. */
export function formatMoved(before: Results, after: Results): string {
  const moved = movedRows(before, after).toSorted((a, b) => a.faster - b.faster);
  const since = `Against PyTorch, since ${before.date}`;
  if (moved.length === 0) return `${since}: no row has moved by more than the noise.`;
  const lines = moved.map(({ row, column, faster }) => [row, column, significant(faster)]);
  return [`${since}, these have moved by more than the noise:`, markdownTable([["", "", "times faster"], ...lines])].join("\n\n"); // prettier-ignore
}
