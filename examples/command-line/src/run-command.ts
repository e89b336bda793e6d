import { UsageError } from "./usage-error.ts";

/** A program by what it is called with. */
export interface Command<Options> {
  readonly usage: string;
  /** Reads the command line; throws a `UsageError` for what there is not. */
  readonly readOptions: (args: readonly string[]) => Options;
  /** Prints a line. */
  readonly write: (line: string) => void;
  readonly run: (options: Options) => Promise<void>;
}

/** Runs a program, or shows its usage; returns the exit code, 2 for a command line that cannot be read. */
export async function runCommand<Options extends { readonly help: boolean }>(
  args: readonly string[],
  { usage, readOptions, write, run }: Command<Options>,
): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    write(`${error.message}\n\n${usage}`);
    return 2;
  }
  if (options.help) write(usage);
  else await run(options);
  return 0;
}
