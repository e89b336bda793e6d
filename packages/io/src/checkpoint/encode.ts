import type { Bytes } from "@tapegrad/files";
import { optional, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { canonical, encode } from "../safetensors/encode.ts";
import { textsByName } from "../safetensors/texts-by-name.ts";
import { writtenFrom } from "./content.ts";
import { contentOf } from "./parts.ts";

/** Options of {@link encodeCheckpoint}. */
export interface EncodeCheckpointOptions {
  /** Texts by name that go into the header, such as what was trained; none unless given. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The rows of {@link EncodeCheckpointOptions}. */
export const encodeTable: OptionTable<EncodeCheckpointOptions> = { metadata: optional(textsByName) };

/**
 * The bytes of a checkpoint: the states of all that takes part in a training, as one safetensors file.
 *
 * Its tensors stand under the names of their parts and keys, joined by dots: `model.0.weight`,
 * `optimizer.state.0.exp_avg`. The rest of the states is JSON, as the metadata's `tapegrad.checkpoint`; numbers are exact there,
 * NaN, ±Infinity and -0 included. What is saved is what is there at the time of the call.
 *
 * @param parts by name: whatever has a `stateDict`; or values, such as the number of an epoch, of tensors, numbers,
 * strings, booleans, null, lists and plain objects
 * @throws {ValueError} for a part that is called `metadata`, and for a state of anything else
 * @throws {CompileError} while a function is traced
 * @example
 * const model = new nn.Dense(2, 1, { init: "ones" });
 * const bytes = encodeCheckpoint({ model, epoch: 3 });
 * Object.keys(decodeSafetensors(bytes).tensors); // => ["model.bias", "model.weight"]
 * decodeCheckpoint(bytes)["epoch"]; // => 3
 */
export function encodeCheckpoint(
  parts: Readonly<Record<string, unknown>>,
  options: EncodeCheckpointOptions = {},
): Bytes {
  const fn = "encodeCheckpoint";
  const { metadata } = settleOptions(fn, options, encodeTable);
  return checkpointBytes(fn, parts, metadata);
}

/** See {@link encodeCheckpoint}. */
export function checkpointBytes(
  fn: string,
  parts: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, string>> = {},
): Bytes {
  const { tensors, metadata } = writtenFrom(fn, { ...contentOf(fn, parts), metadata: given });
  return encode(fn, canonical(fn, tensors), metadata);
}
