import { pathRange, writeWhole } from "@tapegrad/files";
import { ValueError } from "@tapegrad/tensor";
import { expectValue, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { checkpointBytes, encodeTable, type EncodeCheckpointOptions } from "./encode.ts";
import { pathOfStep, removeOlder } from "./numbered.ts";

/** Options of {@link saveCheckpoint}. */
export interface SaveCheckpointOptions extends EncodeCheckpointOptions {
  /** The number that stands for `{step}` in the path; needed if the path has it. */
  readonly step?: number | undefined;
  /** How many checkpoints of the path with `{step}` stay: this one, and those of the steps right before; all unless given. */
  readonly keepLast?: number | undefined;
}

const table: OptionTable<SaveCheckpointOptions> = {
  ...encodeTable,
  step: optional(ranges.whole(0)),
  keepLast: optional(ranges.count),
};

/**
 * Saves the states of all that takes part in a training, as `encodeCheckpoint` does, in one file.
 *
 * The file is there as a whole or, when the program is killed, the power fails or the disk is full, as it was before. What
 * is saved is what is there at the time of the call. A path with `{step}`, such as `runs/{step}.safetensors`, keeps several:
 * `keepLast` removes checkpoints of steps before this one, and never another file.
 *
 * @param path of the file, `.safetensors`; its folder is made
 * @param parts by name: whatever has a `stateDict`, or values
 * @returns the path that was written
 * @throws {ValueError} for parts that cannot be saved, where there are no files, and when writing fails
 * @throws {CompileError} while a function is traced
 * @example
 * const parts = { model, optimizer, scheduler, loader, generator: defaultGenerator() };
 * await saveCheckpoint("runs/{step}.safetensors", parts, { step: 1000, keepLast: 3 });
 */
export async function saveCheckpoint(
  path: string,
  parts: Readonly<Record<string, unknown>>,
  options: SaveCheckpointOptions = {},
): Promise<string> {
  const fn = "saveCheckpoint";
  expectValue(fn, "path", path, pathRange);
  const { metadata, step, keepLast } = settleOptions(fn, options, table);
  const written = pathOfStep(fn, path, step);
  if (keepLast !== undefined && step === undefined)
    throw new ValueError(
      `${fn}: expected {step} in the path for keepLast, got none. Files have names of their own then.`,
    );
  writeCheckpoint(fn, written, parts, metadata);
  if (keepLast !== undefined) await removeOlder(fn, path, step!, keepLast - 1);
  return written;
}

/** Writes a checkpoint at once. See {@link saveCheckpoint}. */
export function writeCheckpoint(
  fn: string,
  path: string,
  parts: Readonly<Record<string, unknown>>,
  metadata?: Readonly<Record<string, string>>,
): void {
  writeWhole(fn, path, checkpointBytes(fn, parts, metadata));
}
