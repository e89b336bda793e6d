import { builtin, type PlatformAbortSignal, type PlatformURL } from "@tapegrad/files";
import { expectValue, option, optional, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { besides, openSource, placeOf, type Source, sourceRange } from "../sources/open-source.ts";
import type { SafetensorsContent } from "./decode.ts";
import { usualHeaderBytes } from "./read-header.ts";
import { expectWithin, readerOf, type SafetensorsReader, type WholeReader } from "./reader.ts";
import { refuser } from "./refuse.ts";
import { indexEnding, parseIndex } from "./shard-index.ts";
import { shardedReaderOf } from "./sharded-reader.ts";
import { textsByName } from "./texts-by-name.ts";
import { utf8Of } from "./utf8-of.ts";

/** Options of {@link openSafetensors} and {@link loadSafetensors}. */
export interface OpenSafetensorsOptions {
  /** How many bytes a header, or an index of shards, may have; 16 MiB unless given. */
  readonly maxHeaderBytes?: number;
  /** How many bytes of tensors may be read at once; 2 GiB unless given. */
  readonly maxBytes?: number;
  /** Headers of requests to a server, such as an authorisation; none unless given. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends requests to a server: what is being read is rejected with its reason. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** How many milliseconds a server may be silent; 15,000 unless given. */
  readonly patience?: number;
}

const table: OptionTable<OpenSafetensorsOptions> = {
  maxHeaderBytes: option(ranges.count, usualHeaderBytes),
  maxBytes: option(ranges.count, 2 ** 31),
  headers: optional(textsByName),
  signal: optional({ ...ranges.instanceOf(AbortSignal), text: "to be an AbortSignal" }),
  patience: option(ranges.positive, 15_000),
};

/**
 * Opens a safetensors file and reads its header: names, types, extents and metadata, but no tensor until it is asked for.
 *
 * A server is asked for parts of the file, and has to answer with them (status 206). For shards, `source` is their index,
 * `model.safetensors.index.json`, or its path without `.index.json` where there is no such file; the headers of all shards are
 * read, and the tensors of each when they are asked for.
 *
 * @param source a path, an address, a `Blob` such as a file that was chosen on a page, or all of the bytes
 * @throws {ValueError} if there is no such file, no file system, or no answer
 * @throws {FormatError} if the header does not describe the file, and if an index does not describe its shards or names one
 * that is not in its folder
 * @see Hugging Face, Safetensors: Format (2023), https://github.com/huggingface/safetensors#format
 * @example
 * const bytes = encodeSafetensors({ weight: tensor([[1, 2]]), bias: tensor([3]) });
 * const file = await openSafetensors(new Blob([bytes]));
 * const bias = await file.get("bias");
 * file.keys; // => ["bias", "weight"]
 * file.entries["weight"].shape; // => [1, 2]
 * bias.toArray(); // => [3]
 * file.close();
 */
export async function openSafetensors(
  source: Source,
  options: OpenSafetensorsOptions = {},
): Promise<SafetensorsReader> {
  const { all: _, ...reader } = await open("openSafetensors", source, settled("openSafetensors", options));
  return reader;
}

/**
 * Reads a safetensors file, or all shards of an index: {@link openSafetensors} says which sources there are, and
 * `decodeSafetensors` what comes.
 *
 * @throws {ValueError} if there is no such file, no file system, or no answer
 * @throws {FormatError} if it is not what its header says, or has more than `maxBytes`
 * @see Hugging Face, Safetensors: Format (2023), https://github.com/huggingface/safetensors#format
 * @example
 * const chosen = new Blob([encodeSafetensors({ weight: tensor([[1, 2]]) })]);
 * const { tensors } = await loadSafetensors(chosen);
 * tensors["weight"].toArray(); // => [[1, 2]]
 */
export async function loadSafetensors(
  source: Source,
  options: OpenSafetensorsOptions = {},
): Promise<SafetensorsContent> {
  const fn = "loadSafetensors";
  const limits = settled(fn, options);
  const reader = await open(fn, source, limits);
  try {
    const bytes = Object.values(reader.entries).reduce((sum, { byteLength }) => sum + byteLength, 0);
    expectWithin(fn, "the file", bytes, limits);
    return await reader.all(fn);
  } finally {
    reader.close();
  }
}

type Settled = Required<OpenSafetensorsOptions>;

function settled(fn: string, options: OpenSafetensorsOptions): Settled {
  return settleOptions(fn, options, table);
}

async function open(fn: string, source: Source, options: Settled): Promise<WholeReader> {
  expectValue(fn, "source", source, sourceRange);
  const index = indexOf(fn, source);
  return index === undefined ? openOne(fn, source, options) : openShards(fn, index, options);
}

/** Where the index is, if the source is one, or is a path that only exists as one. */
function indexOf(fn: string, source: Source): string | PlatformURL | undefined {
  if (source instanceof Blob || source instanceof Uint8Array) return undefined;
  const place = placeOf(fn, source);
  const path = typeof place === "string" ? place : place.pathname;
  if (path.endsWith(indexEnding)) return place;
  if (typeof place !== "string") return undefined;
  const { existsSync } = builtin(fn, "fs");
  return !existsSync(place) && existsSync(place + indexEnding) ? place + indexEnding : undefined;
}

async function openOne(fn: string, source: Source, options: Settled): Promise<WholeReader> {
  const bytes = await openSource(fn, source, options);
  try {
    return await readerOf(fn, bytes, options);
  } catch (error) {
    bytes.close();
    throw error;
  }
}

async function openShards(fn: string, place: string | PlatformURL, options: Settled): Promise<WholeReader> {
  const bytes = await openSource(fn, place, options);
  const refuse = refuser(fn, bytes.name);
  try {
    if (bytes.size > options.maxHeaderBytes)
      throw refuse("the index", `to have at most ${options.maxHeaderBytes} bytes`, bytes.size);
    const text = utf8Of(await bytes.read(fn, 0, bytes.size), "the index", refuse);
    const openShard = async (shard: string): Promise<WholeReader> => openOne(fn, besides(fn, place, shard), options);
    return await shardedReaderOf(parseIndex(text, refuse), openShard, refuse);
  } finally {
    bytes.close();
  }
}
