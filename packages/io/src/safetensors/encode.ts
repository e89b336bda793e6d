import type { Bytes } from "@tapegrad/files";
import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNoTrace,
  expectTensor,
  expectValue,
  formatShape,
  optional,
  type OptionTable,
  quoted,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { newBytes } from "../elements/with-room.ts";
import { written } from "./dtypes.ts";
import { byteLengthOf, metadataKey } from "./header.ts";
import { prefixBytes } from "./read-header.ts";
import { textsByName } from "./texts-by-name.ts";

/** Options of {@link encodeSafetensors}. */
export interface EncodeSafetensorsOptions {
  /** Texts by name that go into the header; none unless given. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What the reference refuses to read. */
export const longestHeader = 100_000_000;

const table: OptionTable<EncodeSafetensorsOptions> = { metadata: optional(textsByName) };

/**
 * Writes tensors as a safetensors file, in memory of its own that is not shared: `Blob`, IndexedDB and `crypto.subtle`
 * take it, also when the tensors have been in a compiled function.
 *
 * The bytes depend on names, tensors and metadata alone, and are those of the reference: elements are ordered by dtype,
 * float64, float32, int32 and bool, then by name, the keys of metadata by name, and spaces bring the header to a multiple
 * of eight bytes. Decoding them and encoding that gives them again.
 *
 * @param tensors by name, as `stateDict` gives them
 * @throws {ValueError} for what is no tensor, for a name or text that is not Unicode or `__metadata__`, and for more bytes than
 * an array has room for: `saveSafetensors` has `maxShardBytes`
 * @throws {ShapeError} for more than 64 axes, and for extents beside 0 that multiply to more than 2^53
 * @throws {CompileError} while a function is traced
 * @see Hugging Face, Safetensors: Format (2023), https://github.com/huggingface/safetensors#format
 * @example
 * const bytes = encodeSafetensors({ b: tensor([1, 2]), a: tensor([3]) });
 * bytes.length % 8; // => 4
 * Object.keys(decodeSafetensors(bytes).tensors); // => ["a", "b"]
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  options: EncodeSafetensorsOptions = {},
): Bytes {
  const { metadata = {} } = settleOptions("encodeSafetensors", options, table);
  return encode("encodeSafetensors", canonical("encodeSafetensors", tensors), metadata);
}

/** Tensors in the order in which they stand in a file. */
export type Entries = readonly (readonly [name: string, tensor: Tensor])[];

/** Checks tensors and puts them in order. */
export function canonical(fn: string, tensors: Readonly<Record<string, Tensor>>): Entries {
  expectNoTrace(fn, "Return the tensors from the compiled function and write them afterwards.");
  expectValue(fn, "tensors", tensors, ranges.record);
  const entries = Object.entries(tensors);
  for (const [name, tensor] of entries) {
    expectUnicode(fn, "a name", name);
    if (name === metadataKey)
      throw new ValueError(`${fn}: expected names of tensors, got ${metadataKey}. Give it as option metadata.`);
    expectTensor(fn, `tensors[${quoted(name)}]`, tensor);
    const { dtype, shape } = tensor;
    if (byteLengthOf(written[dtype], shape) === undefined)
      throw new ShapeError(
        `${fn}: expected tensors[${quoted(name)}] of a shape that files have, got ${formatShape(shape)}.`,
      );
  }
  const order = Object.keys(written);
  return entries.sort(
    ([a, { dtype }], [b, other]) => order.indexOf(dtype) - order.indexOf(other.dtype) || byCodePoint(a, b),
  );
}

/** The bytes of a file with these tensors. */
export function encode(fn: string, entries: Entries, metadata: Readonly<Record<string, string>>): Bytes {
  let end = 0;
  const parts = entries.map(([name, tensor]) => {
    const { dtype, shape } = tensor;
    const data = tensor["elements"];
    const begin = end;
    end += data.byteLength;
    const entry = { dtype: written[dtype], shape, data_offsets: [begin, end] };
    return { text: `${JSON.stringify(name)}:${JSON.stringify(entry)}`, begin, data };
  });
  const members = [...metadataText(fn, metadata), ...parts.map(({ text }) => text)];
  const header = new TextEncoder().encode(`{${members.join(",")}}`);
  const length = Math.ceil(header.length / prefixBytes) * prefixBytes;
  if (length > longestHeader)
    throw new ValueError(`${fn}: expected a header of at most ${longestHeader} bytes, got ${length}.`);
  const bytes = newBytes(fn, prefixBytes + length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(header, prefixBytes);
  bytes.fill(0x20, prefixBytes + header.length, prefixBytes + length);
  for (const { begin, data } of parts)
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), prefixBytes + length + begin);
  return bytes;
}

/** The entry of the metadata, if there are any. */
function metadataText(fn: string, metadata: Readonly<Record<string, string>>): string[] {
  const entries = Object.entries(metadata);
  if (entries.length === 0) return [];
  entries.sort(([a], [b]) => byCodePoint(a, b));
  const members = entries.map(([name, value]) => {
    expectUnicode(fn, "a name in metadata", name);
    expectUnicode(fn, `metadata[${quoted(name)}]`, value);
    return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
  });
  return [`"${metadataKey}":{${members.join(",")}}`];
}

/** Throws unless `value` is a text without halves of surrogate pairs, which UTF-8 has not. */
function expectUnicode(fn: string, what: string, value: string): void {
  if (/\p{Surrogate}/u.test(value))
    throw new ValueError(`${fn}: expected ${what} to be a text of Unicode, got ${quoted(value)}.`);
}

/** The order of UTF-8. That of UTF-16 puts surrogate pairs before what is behind them. */
function byCodePoint(a: string, b: string): number {
  const rank = (unit: number): number => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
