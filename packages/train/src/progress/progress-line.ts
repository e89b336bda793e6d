import { formatFigure } from "./format-figure.ts";
import type { ProgressState } from "./progress-state.ts";

/** Where a bar is cut off by less than this, there is none. */
const leastBar = 5;
const mostBar = 40;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * The state in one line of at most `width` columns: `train:  45%|████▌     | 450/1000 [00:12<00:15, 36.1 it/s, loss 0.3412]`.
 *
 * @param paint what gives the bar its colour
 */
export function progressLine(
  state: ProgressState,
  width: number,
  paint: (bar: string) => string = (bar) => bar,
): string {
  const { description, total, done } = state;
  const head = description === "" ? "" : `${description}: `;
  if (total === undefined) return cut(`${head}${done} ${state.unit} ${tail(state)}`, width);
  const share = total === 0 ? 1 : Math.min(done / total, 1);
  const before = `${head}${String(Math.floor(share * 100)).padStart(3)}%`;
  const after = ` ${done}/${total} ${tail(state)}`;
  const columns = Math.min(width - before.length - after.length - 2, mostBar);
  if (columns < leastBar) return cut(before + after, width);
  return `${before}|${paint(barOf(share, columns))}|${after}`;
}

/** `[00:12<00:15, 36.1 it/s, loss 0.3412]` */
function tail({ elapsed, remaining, rate, unit, metrics, isOver }: ProgressState): string {
  const rest = isOver ? "" : `<${remaining === undefined ? "?" : clock(remaining)}`;
  const figures = Object.entries(metrics).map(([name, figure]) => `${name} ${formatFigure(figure)}`);
  return `[${[clock(elapsed) + rest, speed(rate, unit), ...figures].join(", ")}]`;
}

function barOf(share: number, columns: number): string {
  const parts = Math.floor(share * columns * 8);
  return ("█".repeat(Math.floor(parts / 8)) + eighths[parts % 8]!).padEnd(columns);
}

/** `36.1 it/s`, or `2.5 s/it` for what is slow. */
function speed(rate: number | undefined, unit: string): string {
  if (rate === undefined || rate === 0) return `? ${unit}/s`;
  return rate < 1 ? `${short(1 / rate)} s/${unit}` : `${short(rate)} ${unit}/s`;
}

function short(value: number): string {
  const [scaled, suffix] = value >= 1e6 ? [value / 1e6, "M"] : value >= 1e4 ? [value / 1e3, "k"] : [value, ""];
  return scaled.toFixed(scaled < 100 ? (scaled < 10 ? 2 : 1) : 0) + suffix;
}

/** `01:05`, or `2:00:05` from an hour on. */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return `${hours > 0 ? `${hours}:` : ""}${two(minutes)}:${two(whole % 60)}`;
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(width - 1, 0))}…`;
}
