import type { Aligned } from "../trace/alignment.ts";
import type { CallName, Calls } from "../trace/calls.ts";
import type { Finds } from "./finds.ts";
import type { Pattern } from "./pattern.ts";

/** What of a graph is a call, and what has to be so beside its structure. */
export interface Recognised<C extends CallName> {
  readonly name: C;
  readonly pattern: Pattern;
  /** Inputs and attributes from what was found; undefined where something does not fit. */
  readonly call: (found: Finds, value: Aligned) => readonly [(Aligned | undefined)[], Calls[C]] | undefined;
}
