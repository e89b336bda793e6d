import { fetchRange, type FetchRangeOptions, type PlatformURL } from "@tapegrad/files";
import { FormatError } from "@tapegrad/tensor";
import type { ByteSource } from "./byte-source.ts";

/** How much is asked for first: what most headers fit into. */
const firstBytes = 65_536;

/**
 * A file on a server, read by requests for ranges. Its beginning is fetched at once, which also tells its size.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} if the server does not answer in time or with something other than a range
 * @throws {FormatError} if the answer is another range, and, when it is read, if the file is no longer the same
 */
export async function httpSource(fn: string, url: PlatformURL, options: FetchRangeOptions): Promise<ByteSource> {
  const { href } = url;
  const first = await fetchRange(fn, href, 0, firstBytes, options);
  return {
    name: href,
    size: first.size,
    async read(reader, begin, end) {
      if (begin === end) return new Uint8Array(0);
      if (end <= first.bytes.length) return first.bytes.slice(begin, end);
      const next = await fetchRange(reader, href, begin, end, options);
      if (next.size !== first.size || next.version !== first.version)
        throw new FormatError(`${reader}: expected ${href} to stay the same while it is read, got another file.`);
      return next.bytes;
    },
    close() {},
  };
}
