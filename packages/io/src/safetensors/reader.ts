import { FormatError, type Tensor, ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import type { ByteSource } from "../sources/byte-source.ts";
import { type SafetensorsContent, tensorOf } from "./decode.ts";
import type { SafetensorsEntry } from "./header.ts";
import { headerEnd, prefixBytes, readHeader } from "./read-header.ts";
import { recordOf } from "./record-of.ts";
import { excerpt, refuser } from "./refuse.ts";
import { runsOf } from "./runs-of.ts";

/** An open safetensors file, or several that belong together. Only headers have been read. */
export interface SafetensorsReader {
  /** The names of the tensors, in the order of their elements. */
  readonly keys: readonly string[];
  /** What the header says of each tensor, by name; without a prototype. */
  readonly entries: Readonly<Record<string, SafetensorsEntry>>;
  /** Texts by name; without a prototype. Of several files the first says what they do not agree about. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one tensor, and no more of the file than that.
   *
   * @throws {ValueError} if there is none of the name, or the file was closed or cannot be read
   * @throws {FormatError} as `decodeSafetensors` does
   */
  readonly get: (name: string) => Promise<Tensor>;
  /** Closes the file; once more does nothing. */
  readonly close: () => void;
}

/** How much is read. */
export interface Limits {
  /** How many bytes a header may have. */
  readonly maxHeaderBytes: number;
  /** How many bytes of tensors may be read at once. */
  readonly maxBytes: number;
}

/** How much is read at once of small tensors that stand together, and then divided: a request for each would take long. */
const runBytes = 2 ** 24;

/** A reader that can also read all. */
export interface WholeReader extends SafetensorsReader {
  readonly all: (fn: string) => Promise<SafetensorsContent>;
}

/**
 * Reads and checks the header of a source. What the reader gives has elements of its own.
 *
 * @param fn name of the function that was called, for messages
 * @throws {FormatError} if the header is not that of the source
 */
export async function readerOf(fn: string, source: ByteSource, limits: Limits): Promise<WholeReader> {
  const { name: file, size } = source;
  const refuse = refuser(fn, file);
  const prefix = await source.read(fn, 0, Math.min(prefixBytes, size));
  const dataBegin = headerEnd(prefix, size, limits.maxHeaderBytes, refuse);
  const header = readHeader(await source.read(fn, 0, dataBegin), size, refuse);

  return {
    keys: [...header.tensors.keys()],
    entries: recordOf(header.tensors),
    metadata: recordOf(header.metadata),
    async get(name) {
      const entry = header.tensors.get(name);
      if (entry === undefined)
        throw new ValueError(`get: expected the name of a tensor in ${file}, got ${quoted(name)}.`);
      const { byteOffset: begin, byteLength } = entry;
      expectWithin("get", `${excerpt(name)} in ${file}`, byteLength, limits);
      const bytes = await source.read("get", begin, begin + byteLength);
      return tensorOf("get", `${excerpt(name)} in ${file}`, entry, { bytes, begin, copy: false });
    },
    async all(reader) {
      const tensors: (readonly [name: string, tensor: Tensor])[] = [];
      for (const run of runsOf(header.tensors, ([, { byteLength }]) => byteLength, runBytes)) {
        const [begin, last] = [run[0]![1].byteOffset, run.at(-1)![1]];
        const bytes = await source.read(reader, begin, last.byteOffset + last.byteLength);
        const extract = { bytes, begin, copy: run.length > 1 };
        for (const [key, entry] of run)
          tensors.push([key, tensorOf(reader, `${excerpt(key)} in ${file}`, entry, extract)]);
      }
      return { tensors: recordOf(tensors), metadata: recordOf(header.metadata) };
    },
    close: source.close,
  };
}

/**
 * Throws unless so many bytes may be read at once.
 *
 * @throws {FormatError} `loadSafetensors: expected x.safetensors to have at most 100 bytes of tensors, got 4000. …`
 */
export function expectWithin(fn: string, what: string, bytes: number, { maxBytes }: Limits): void {
  if (bytes <= maxBytes) return;
  throw new FormatError(
    `${fn}: expected ${what} to have at most ${maxBytes} bytes of tensors, got ${bytes}. Raise maxBytes to read them.`,
  );
}
