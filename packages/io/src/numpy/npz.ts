import type { Bytes } from "@tapegrad/files";
import { FormatError, type Tensor } from "@tapegrad/tensor";
import { expectValue, option, type OptionTable, quoted, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { expectBytes } from "../elements/expect-bytes.ts";
import { recordOf } from "../safetensors/record-of.ts";
import { unpackEntry } from "../zip/unpack-entry.ts";
import { zipDirectory } from "../zip/zip-directory.ts";
import { zipped } from "../zip/zipped.ts";
import { readNpy, writeNpy } from "./npy.ts";

/** How {@link encodeNpz} writes arrays. */
export interface NpzOptions {
  /** Whether they are packed, as by `numpy.savez_compressed`; false unless given, as by `numpy.savez`. */
  readonly compress?: boolean;
}

/** The rows of those options. */
export const npzTable: OptionTable<NpzOptions> = { compress: option(ranges.flag, false) };

/** How {@link decodeNpz} reads arrays. */
export interface NpzLimits {
  /** How many bytes they may have unpacked, all together; 1 GiB unless given. */
  readonly maxBytes?: number;
}

/** The rows of those options. */
export const npzLimits: OptionTable<NpzLimits> = { maxBytes: option(ranges.whole(0), 2 ** 30) };

/** What the name of an array ends in where it is an entry of the archive. */
const suffix = ".npy";

/**
 * Writes tensors as a `.npz` file of NumPy: a zip archive with a `.npy` file for each.
 *
 * @param tensors by name, such as a state; `numpy.load(...)` has them by the same names
 * @throws {ValueError} if they are no object of tensors, a name could lead elsewhere as a path, they have 4 GiB or more, or an
 * option is wrong
 * @throws {CompileError} while a function is traced
 * @example
 * const bytes = encodeNpz({ weight: tensor([[1, 2]]), bias: tensor([0.5]) }, { compress: true });
 * const { weight, bias } = decodeNpz(bytes);
 * weight?.toArray(); // => [[1, 2]]
 * bias?.toArray(); // => [0.5]
 */
export function encodeNpz(tensors: Readonly<Record<string, Tensor>>, options: NpzOptions = {}): Bytes {
  return writeNpz("encodeNpz", tensors, settleOptions("encodeNpz", options, npzTable));
}

/** {@link encodeNpz} on behalf of another function. */
export function writeNpz(
  fn: string,
  tensors: Readonly<Record<string, Tensor>>,
  { compress }: Required<NpzOptions>,
): Bytes {
  expectValue(fn, "tensors", tensors, ranges.record);
  const options = { version: 1, fortranOrder: false } as const;
  const entries = Object.entries(tensors).map(
    ([name, x]) => [name + suffix, writeNpy(fn, `tensors[${quoted(name)}]`, x, options)] as const,
  );
  return zipped(fn, entries, { compress });
}

/**
 * Reads a `.npz` file of NumPy, packed or not.
 *
 * Nothing is unpacked beyond `maxBytes`, nor beyond what the archive itself says. Names that lead elsewhere as paths, such as
 * `../x`, are refused, and checksums are looked at. The result has no prototype: a name such as `__proto__` is one like others.
 *
 * @param bytes the whole file
 * @returns the tensors by name, without `.npy`; what becomes of elements, `decodeNpy` says
 * @throws {ValueError} if they are no Uint8Array, or an option is wrong
 * @throws {FormatError} if it is no such file, is encrypted, in the 64-bit format of zip, damaged, or unpacks to more
 * @example
 * const read = decodeNpz(encodeNpz({ x: tensor([1, 2, 3]) }));
 * Object.keys(read); // => ["x"]
 * read["x"]?.toArray(); // => [1, 2, 3]
 */
export function decodeNpz(bytes: Uint8Array, options: NpzLimits = {}): Record<string, Tensor> {
  const settled = settleOptions("decodeNpz", options, npzLimits);
  expectBytes("decodeNpz", bytes);
  return readNpz("decodeNpz", "the bytes", bytes, settled);
}

/** {@link decodeNpz} on behalf of another function. */
export function readNpz(
  fn: string,
  what: string,
  bytes: Uint8Array,
  { maxBytes }: Required<NpzLimits>,
): Record<string, Tensor> {
  const tensors = zipDirectory(fn, what, bytes, maxBytes).map((entry) => {
    const name = quoted(entry.name);
    if (!entry.name.endsWith(suffix))
      throw new FormatError(`${fn}: expected ${what} to have entries named .npy, got ${name}.`);
    return [entry.name.slice(0, -suffix.length), readNpy(fn, name, unpackEntry(fn, entry))] as const;
  });
  return recordOf(tensors);
}
