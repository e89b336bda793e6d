import { FormatError, type Tensor } from "@tapegrad/tensor";
import { fromData, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { readElements } from "../elements/elements.ts";
import { expectBytes } from "../elements/expect-bytes.ts";
import { elementsOf } from "./dtypes.ts";
import type { Header, SafetensorsEntry } from "./header.ts";
import { headerEnd, readHeader, usualHeaderBytes } from "./read-header.ts";
import { recordOf } from "./record-of.ts";
import { excerpt, refuser } from "./refuse.ts";

/** What a safetensors file holds. Neither object has a prototype, so that a name such as `__proto__` is harmless. */
export interface SafetensorsContent {
  /** The tensors by name: what `loadStateDict` takes. */
  readonly tensors: Record<string, Tensor>;
  /** Texts by name, free in form; none if the file has none. */
  readonly metadata: Record<string, string>;
}

/** Options of {@link decodeSafetensors}. */
export interface DecodeSafetensorsOptions {
  /** Whether every tensor gets elements of its own; false unless given. */
  readonly copy?: boolean;
  /** How many bytes the header may have; 16 MiB unless given. */
  readonly maxHeaderBytes?: number;
}

const table: OptionTable<DecodeSafetensorsOptions> = {
  copy: option(ranges.flag, false),
  maxHeaderBytes: option(ranges.count, usualHeaderBytes),
};

/**
 * Reads a safetensors file: eight bytes that say how long the header is, the header, which is JSON, and the elements.
 *
 * `F32`, `F64`, `I32` and `BOOL` keep their type. Their elements are not copied where they are aligned, but stay in
 * `bytes`: what is written there is written into the tensors, and the other way around. `F16` and `BF16` become float32,
 * exactly; `I64`, `I16`, `I8` and their unsigned kin become int32, such as `num_batches_tracked` of PyTorch.
 *
 * @param bytes the whole file
 * @throws {ValueError} if they are no Uint8Array
 * @throws {FormatError} if it is no such file, or has a header that does not describe it: see the README; if a whole
 * number is not one of int32, and for elements that have no dtype here, such as `F8_E4M3`
 * @see Hugging Face, Safetensors: Format (2023), https://github.com/huggingface/safetensors#format
 * @example
 * const bytes = encodeSafetensors({ weight: tensor([[1, 2]]) }, { metadata: { epoch: "3" } });
 * const { tensors, metadata } = decodeSafetensors(bytes);
 * tensors["weight"].toArray(); // => [[1, 2]]
 * metadata["epoch"]; // => "3"
 */
export function decodeSafetensors(bytes: Uint8Array, options: DecodeSafetensorsOptions = {}): SafetensorsContent {
  const { copy, maxHeaderBytes } = settleOptions("decodeSafetensors", options, table);
  const header = headerOf("decodeSafetensors", bytes, maxHeaderBytes);
  return contentOf("decodeSafetensors", "the bytes", header, { bytes, begin: 0, copy });
}

/** The header of a file that is there as a whole. */
export function headerOf(fn: string, bytes: Uint8Array, maxHeaderBytes: number): Header {
  expectBytes(fn, bytes);
  const refuse = refuser(fn, "the bytes");
  const end = headerEnd(bytes, bytes.length, maxHeaderBytes, refuse);
  return readHeader(bytes.subarray(0, end), bytes.length, refuse);
}

/** Bytes of a file that hold tensors. */
export interface Extract {
  readonly bytes: Uint8Array;
  /** Where in the file they begin. */
  readonly begin: number;
  readonly copy: boolean;
}

/** All tensors and the metadata of a file whose data are in `extract`. */
export function contentOf(fn: string, name: string, header: Header, extract: Extract): SafetensorsContent {
  const tensors = Array.from(
    header.tensors,
    ([key, entry]) => [key, tensorOf(fn, `${excerpt(key)} in ${name}`, entry, extract)] as const,
  );
  return { tensors: recordOf(tensors), metadata: recordOf(header.metadata) };
}

/** One tensor of a file. */
export function tensorOf(fn: string, name: string, entry: SafetensorsEntry, { bytes, begin, copy }: Extract): Tensor {
  const elements = elementsOf(entry.dtype);
  if (elements === undefined)
    throw new FormatError(`${fn}: expected ${name} to have a dtype that tensors have, got ${entry.dtype}.`);
  const from = entry.byteOffset - begin;
  const { data, dtype } = readElements(fn, elements, bytes.subarray(from, from + entry.byteLength), "little", {
    name,
    copy,
  });
  return fromData(data, entry.shape, dtype);
}
