import { FormatError } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fields, list, text } from "./reader.ts";

/** A case that may fail, for a reason that a user would accept. */
export interface Exclusion {
  readonly family: string;
  readonly case: string;
  readonly reason: string;
}

const read = list(fields<Exclusion>({ family: text, case: text, reason: text }));

/** The content of excluded.json. */
export function readExclusions(): readonly Exclusion[] {
  const path = fileURLToPath(new URL("../../excluded.json", import.meta.url));
  const exclusions = read(JSON.parse(readFileSync(path, "utf8")), "excluded.json:");
  const empty = exclusions.find(({ reason }) => reason.trim() === "");
  if (empty !== undefined) throw new FormatError(`excluded.json: expected a reason for ${empty.case}, got none.`);
  return exclusions;
}
