import { progressLine } from "./progress-line.ts";
import type { ProgressState } from "./progress-state.ts";

/** What text is written to, such as `process.stderr`. */
export interface TextStream {
  /** Takes the text. */
  write(text: string): unknown;
  /** Whether it is a terminal, whose last line may be drawn again. */
  readonly isTTY?: boolean | undefined;
  /** Columns of the terminal. */
  readonly columns?: number | undefined;
}

/** Where the state of a loop is shown. */
export interface Display {
  /** Seconds between two looks, unless the user says other. */
  readonly interval: number;
  /** Shows where the loop stands; the last time, that it is over. */
  show(state: ProgressState): void;
}

type Environment = { readonly [name: string]: string | undefined };

const { process } = globalThis as {
  readonly process?: { readonly stderr?: TextStream; readonly env?: Environment };
};

/**
 * A bar in a terminal; plain lines where there is none, where `CI` is set, and in browsers, whose lines stand in the
 * console. The standard is standard error, so that standard output stays what the program prints.
 */
export function displayOn(stream: TextStream | undefined = process?.stderr): Display {
  const environment = process?.env ?? {};
  if (stream === undefined) return lines((line) => console.log(line));
  const isDrawn = stream.isTTY === true && !isSet(environment["CI"]) && environment["TERM"] !== "dumb";
  return isDrawn ? drawing(stream, !isSet(environment["NO_COLOR"])) : lines((line) => stream.write(`${line}\n`));
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== "" && variable !== "false";
}

/** Calls a function of the user's. */
export function calling(show: (state: ProgressState) => void): Display {
  return { interval: 0.1, show };
}

/** A whole line each time, for logs that are read later. */
function lines(write: (line: string) => void): Display {
  return { interval: 10, show: (state) => write(progressLine(state, 200)) };
}

/**
 * Draws over the line that the cursor stands in. The cursor stays visible, so that there is nothing to restore when the
 * program is killed; after the last drawing it stands at the start of the next line.
 */
function drawing(stream: TextStream, isColoured: boolean): Display {
  const paint = isColoured ? (bar: string): string => `\u001B[36m${bar}\u001B[39m` : undefined;
  return {
    interval: 0.1,
    show(state) {
      // Not into the last column, where some terminals begin a new line.
      const line = progressLine(state, (stream.columns ?? 80) - 1, paint);
      stream.write(`\r${line}\u001B[K${state.isOver ? "\n" : ""}`);
    },
  };
}
