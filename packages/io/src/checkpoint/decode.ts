import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { contentOf, headerOf, type SafetensorsContent } from "../safetensors/decode.ts";
import { longestHeader } from "../safetensors/encode.ts";
import { refuser } from "../safetensors/refuse.ts";
import { type CheckpointStates, contentFrom, statesOf } from "./content.ts";
import { expectRestorables, type Restorables, restore } from "./parts.ts";

/** Options of {@link decodeCheckpoint} and {@link loadCheckpoint}. */
export interface LoadCheckpointOptions {
  /** Whether parts without a state, and states without a part, are errors; true unless given. */
  readonly strict?: boolean;
}

/** The rows of {@link LoadCheckpointOptions}. */
export const loadTable: OptionTable<LoadCheckpointOptions> = { strict: option(ranges.flag, true) };

/**
 * The states in the bytes of a checkpoint, loaded into parts if there are any: into all of them, or into none.
 *
 * @param bytes what {@link encodeCheckpoint} gave
 * @param parts by the names that they were saved under, of the same shapes and options
 * @returns all states by part, and the metadata
 * @throws {FormatError} if the bytes are no checkpoint
 * @throws {ValueError} for parts that the bytes have no state of, and states that no part is given for, with their names;
 * and whatever a part says whose state does not fit. Nothing has changed then
 * @throws {CompileError} while a function is traced
 * @example
 * const bytes = encodeCheckpoint({ model: new nn.Dense(1, 1, { init: "ones" }) }, { metadata: { task: "toy" } });
 * const model = new nn.Dense(1, 1);
 * decodeCheckpoint(bytes, { model }).metadata["task"]; // => "toy"
 * model.weight.item(); // => 1
 */
export function decodeCheckpoint(
  bytes: Uint8Array,
  parts?: Restorables,
  options: LoadCheckpointOptions = {},
): CheckpointStates {
  const fn = "decodeCheckpoint";
  const { strict } = settleOptions(fn, options, loadTable);
  if (parts !== undefined) expectRestorables(fn, parts);
  const written = contentOf(fn, "the bytes", headerOf(fn, bytes, longestHeader), { bytes, begin: 0, copy: false });
  return restoredStates(fn, "the bytes", written, parts, strict);
}

/** States of a safetensors file, loaded into parts if there are any. */
export function restoredStates(
  fn: string,
  name: string,
  written: SafetensorsContent,
  parts: Restorables | undefined,
  strict: boolean,
): CheckpointStates {
  const content = contentFrom(written, refuser(fn, name));
  if (parts !== undefined) restore(fn, name, content, parts, strict);
  return statesOf(content, written);
}
