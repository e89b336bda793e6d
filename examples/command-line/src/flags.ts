import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./usage-error.ts";

/**
 * What a command line says, as `parseArgs` gives it.
 *
 * @throws {UsageError} for a flag that there is not, saying which there are
 */
export function readFlags<Config extends ParseArgsConfig>(
  args: readonly string[],
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  // Some versions of pnpm pass on the "--" that separates a script's arguments.
  const own = args[0] === "--" ? args.slice(1) : [...args];
  try {
    return parseArgs<Config>({ ...config, args: own });
  } catch (error) {
    const allowed = Object.keys(config.options ?? {}).map((name) => `--${name}`);
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new UsageError(`${reason?.replace(/\.$/, "")}. Allowed: ${allowed.join(", ")}.`, { cause: error });
  }
}

/** @throws {UsageError} unless `text` is a whole number from `minimum` */
export function wholeNumber(flag: string, text: string, minimum: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum)) throw new UsageError(`${flag}: expected a whole number from ${minimum}, got "${text}".`);
  return value;
}

/**
 * Those of `names` that a list with commas names, in their own order; case does not matter.
 *
 * @throws {UsageError} for any other word
 */
export function chosen<Name extends string>(flag: string, text: string, names: readonly Name[]): Name[] {
  const words = text.toLowerCase().split(",");
  const unknown = words.find((word) => !names.some((name) => name.toLowerCase() === word));
  if (unknown !== undefined) {
    throw new UsageError(`${flag}: expected some of ${names.join(", ")}, got "${unknown}".`);
  }
  return names.filter((name) => words.includes(name.toLowerCase()));
}
