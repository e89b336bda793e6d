import { FormatError, TapegradError } from "@tapegrad/tensor";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Row } from "../row.ts";
import { readExclusions } from "./excluded.ts";
import { readFamily } from "./format.ts";
import { runFamily } from "./run-family.ts";

/** The folder of this package's own fixtures. */
export const goldenFolder: string = fileURLToPath(new URL("../../golden", import.meta.url));

/**
 * Runs all fixtures of a folder. A file that cannot be read is one failed row of its own.
 *
 * @throws {FormatError} when there is no such folder, or no fixture in it
 */
export function goldenRows(folder: string = goldenFolder): Row[] {
  let files: string[];
  try {
    files = readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .sort();
  } catch (error) {
    throw new FormatError(`golden: expected a folder of fixtures, got ${(error as Error).message}.`);
  }
  if (files.length === 0) throw new FormatError(`golden: expected JSON files in ${folder}, got none.`);
  const excluded = readExclusions();
  return files.flatMap((file) => {
    try {
      return runFamily(readFamily(join(folder, file)), excluded);
    } catch (error) {
      if (!(error instanceof TapegradError)) throw error;
      return [{ family: basename(file, ".json"), case: file, status: "failed", worstError: 0, reason: error.message }];
    }
  });
}
