import process from "node:process";

/** The arguments of a script, without the "--" that some versions of pnpm pass on. */
export function scriptArguments(): string[] {
  return process.argv.slice(2).filter((word) => word !== "--");
}
