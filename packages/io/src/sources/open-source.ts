import { builtin, type FetchRangeOptions, type PlatformBlob, type PlatformURL } from "@tapegrad/files";
import { ValueError } from "@tapegrad/tensor";
import { quoted, type ValueRange } from "@tapegrad/tensor/internal";
import type { ByteSource } from "./byte-source.ts";
import { fileSource } from "./file-source.ts";
import { httpSource } from "./http-source.ts";
import { blobSource, bytesSource } from "./memory-source.ts";

/** Where a file is: a path, an address that begins with `http:` or `https:`, a `Blob`, or all of its bytes. */
export type Source = string | PlatformURL | PlatformBlob | Uint8Array;

/** What may be a source. */
export const sourceRange: ValueRange<Source> = {
  text: "to be a path, a URL, a Blob or a Uint8Array",
  has: (value): value is Source =>
    (typeof value === "string" && value !== "") ||
    value instanceof URL ||
    value instanceof Blob ||
    value instanceof Uint8Array,
};

/**
 * Opens a source.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} if there is nothing, or nothing that can be read
 */
export async function openSource(fn: string, source: Source, options: FetchRangeOptions): Promise<ByteSource> {
  if (source instanceof Uint8Array) return bytesSource(source);
  if (source instanceof Blob) return blobSource(source);
  const place = placeOf(fn, source);
  return place instanceof URL ? httpSource(fn, place, options) : fileSource(fn, place);
}

/**
 * A path or an address of HTTP: an address of a file is its path.
 *
 * @throws {ValueError} for other addresses
 */
export function placeOf(fn: string, place: string | PlatformURL): string | PlatformURL {
  if (typeof place === "string" && !/^(?:https?|file):/i.test(place)) return place;
  try {
    const url = new URL(place);
    if (url.protocol === "file:") return builtin(fn, "url").fileURLToPath(url);
    if (["http:", "https:"].includes(url.protocol)) return url;
  } catch {
    // It is said below.
  }
  throw new ValueError(`${fn}: expected an address of http:, https: or file:, got ${quoted(String(place))}.`);
}

/** Another file in the same folder. */
export function besides(fn: string, place: string | PlatformURL, name: string): string | PlatformURL {
  if (place instanceof URL) return new URL(encodeURIComponent(name), place);
  const { dirname, join } = builtin(fn, "path");
  return join(dirname(place), name);
}
