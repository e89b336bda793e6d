import { longestHeader } from "../safetensors/encode.ts";
import { readerOf, type WholeReader } from "../safetensors/reader.ts";
import { fileSource } from "../sources/file-source.ts";

/**
 * Reads what is wanted of a safetensors file.
 *
 * @throws {ValueError} where there are no files, and if there is no such file or it cannot be read
 * @throws {FormatError} if it is no safetensors file
 */
export async function readFile<T>(fn: string, path: string, read: (reader: WholeReader) => Promise<T>): Promise<T> {
  const source = fileSource(fn, path);
  try {
    return await read(await readerOf(fn, source, { maxHeaderBytes: longestHeader, maxBytes: Infinity }));
  } finally {
    source.close();
  }
}
