export { chosen, readFlags, wholeNumber } from "./flags.ts";
export { type Command, runCommand } from "./run-command.ts";
export { textTable } from "./text-table.ts";
export { UsageError } from "./usage-error.ts";
