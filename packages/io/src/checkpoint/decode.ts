import { option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { contentOf, headerOf } from "../safetensors/decode.ts";
import { longestHeader } from "../safetensors/encode.ts";
import { refuser } from "../safetensors/refuse.ts";
import { type CheckpointStates, type Content, contentFrom, statesOf } from "./content.ts";
import { expectAllParts, expectRestorables, type Restorables, restore } from "./parts.ts";

/** Options of {@link decodeCheckpoint} and `loadCheckpoint`. */
export interface LoadCheckpointOptions {
  /** Whether parts without a state, and states without a part, are errors; true unless given. */
  readonly strict?: boolean;
}

/** The rows of {@link LoadCheckpointOptions}. */
export const loadTable: OptionTable<LoadCheckpointOptions> = { strict: option(ranges.flag, true) };

/**
 * The states in the bytes of a checkpoint, loaded into parts if there are any: into all of them, or into none.
 *
 * @param bytes what `encodeCheckpoint` gave
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
  return given(fn, "the bytes", contentFrom(written, refuser(fn, "the bytes")), parts, strict);
}

/** What users get of a checkpoint, when it has been loaded into parts, if there are any. */
export function given(
  fn: string,
  name: string,
  content: Content,
  parts: Restorables | undefined,
  strict: boolean,
): CheckpointStates {
  if (parts !== undefined) {
    if (strict) expectAllParts(fn, name, content, parts);
    restore(fn, name, content, parts);
  }
  return statesOf(content);
}
