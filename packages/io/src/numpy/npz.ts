import { FormatError, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectTensor,
  isPlainObject,
  option,
  type OptionTable,
  quoted,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { expectBytes } from "../elements/expect-bytes.ts";
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
 * @throws {ValueError} if they are no object of tensors, a name could lead elsewhere as a path, or an option is wrong
 * @example
 * const bytes = encodeNpz({ weight: tensor([[1, 2]]), bias: tensor([0.5]) }, { compress: true });
 * const { weight, bias } = decodeNpz(bytes);
 * weight?.toArray(); // => [[1, 2]]
 * bias?.toArray(); // => [0.5]
 */
export function encodeNpz(tensors: { readonly [name: string]: Tensor }, options: NpzOptions = {}): Uint8Array {
  return writeNpz("encodeNpz", tensors, settleOptions("encodeNpz", options, npzTable));
}

/** {@link encodeNpz} on behalf of another function. */
export function writeNpz(
  fn: string,
  tensors: { readonly [name: string]: Tensor },
  { compress }: Required<NpzOptions>,
): Uint8Array {
  if (!isPlainObject(tensors)) throw new ValueError(`${fn}: expected tensors by name, got ${quoted(tensors)}.`);
  const entries = Object.entries(tensors).map(([name, x]) => {
    expectTensor(fn, `tensors[${quoted(name)}]`, x);
    return [name + suffix, writeNpy(x, { version: 1, fortranOrder: false })] as const;
  });
  return zipped(fn, entries, { compress });
}

/**
 * Reads a `.npz` file of NumPy, packed or not.
 *
 * Nothing is unpacked beyond `maxBytes`, nor beyond what the archive itself says. Names that lead elsewhere as paths, such as
 * `../x`, are refused, and checksums are looked at. The result has no prototype: a name such as `__proto__` is one like others.
 *
 * @param bytes the whole file
 * @returns the tensors by name, without `.npy`; what becomes of elements, {@link decodeNpy} says
 * @throws {ValueError} if they are no Uint8Array, or an option is wrong
 * @throws {FormatError} if it is no such file, is encrypted, in the 64-bit format of zip, damaged, or unpacks to more
 * @example
 * const read = decodeNpz(encodeNpz({ x: tensor([1, 2, 3]) }));
 * Object.keys(read); // => ["x"]
 * read["x"]?.toArray(); // => [1, 2, 3]
 */
export function decodeNpz(bytes: Uint8Array, options: NpzLimits = {}): { [name: string]: Tensor } {
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
): { [name: string]: Tensor } {
  const tensors = Object.create(null) as { [name: string]: Tensor };
  for (const entry of zipDirectory(fn, what, bytes, maxBytes)) {
    if (!entry.name.endsWith(suffix))
      throw new FormatError(`${fn}: expected ${what} to have entries named .npy, got ${quoted(entry.name)}.`);
    tensors[entry.name.slice(0, -suffix.length)] = readNpy(fn, quoted(entry.name), unpackEntry(fn, entry));
  }
  return tensors;
}
