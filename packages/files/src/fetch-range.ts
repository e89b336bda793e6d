import type { Bytes, PlatformAbortSignal } from "./platform-types.ts";
import { FormatError, ValueError } from "@tapegrad/tensor";
import { fetchBytes } from "./fetch-bytes.ts";

/** How {@link fetchRange} fetches. */
export interface FetchRangeOptions {
  /** Headers of the request, such as an authorisation. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How many milliseconds may pass without an answer, or without further bytes. */
  readonly patience: number;
  /** Ends it, by throwing its reason. */
  readonly signal?: PlatformAbortSignal | undefined;
}

/** Some bytes of a file. */
export interface FileRange {
  /** They themselves. */
  readonly bytes: Bytes;
  /** How many bytes the file has. */
  readonly size: number;
  /** What the server calls this state of the file; undefined if it does not say. */
  readonly version: string | undefined;
}

/**
 * The bytes of a file from `begin` to `end`, or to its own end if that comes before, by an HTTP request for a range.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} if there is no answer in time, one other than 206, or one that breaks off
 * @throws {FormatError} if the answer is another range, says no size, or has more or fewer bytes than it says
 * @see RFC 9110, HTTP Semantics, section 14 (2022), https://www.rfc-editor.org/rfc/rfc9110#section-14
 */
export async function fetchRange(
  fn: string,
  url: string,
  begin: number,
  end: number,
  options: FetchRangeOptions,
): Promise<FileRange> {
  let size = 0;
  let version: string | undefined;
  const bytes = await fetchBytes(fn, url, {
    ...options,
    headers: { ...options.headers, range: `bytes=${begin}-${end - 1}` },
    limitOf(response) {
      const { status } = response;
      if (status !== 206) {
        throw new ValueError(
          `${fn}: expected ${url} to answer with a part, status 206, got status ${status}.` +
            (status === 200 ? " Fetch it whole and give its bytes." : ""),
        );
      }
      const range = response.headers.get("content-range");
      const found = sizeIn(range ?? "", begin, end);
      if (found === undefined) {
        throw new FormatError(
          `${fn}: expected ${url} to answer with bytes ${begin} to ${end - 1} and the size of the file, got ` +
            (range === null
              ? "no readable Content-Range. A server of another origin has to expose it."
              : `"${range}".`),
        );
      }
      [size, version] = [found, response.headers.get("etag") ?? undefined];
      return Math.min(end, size) - begin;
    },
  });
  const expected = Math.min(end, size) - begin;
  if (bytes.length !== expected)
    throw new FormatError(`${fn}: expected ${expected} bytes from ${url}, got ${bytes.length}.`);
  return { bytes, size, version };
}

/** The size of the file, if a Content-Range says so and is the range that was asked for. */
function sizeIn(range: string, begin: number, end: number): number | undefined {
  const [first, last, size] = (/^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(range) ?? []).slice(1).map(Number);
  const isRight = size !== undefined && first === begin && size > begin && last === Math.min(end, size) - 1;
  return isRight && Number.isSafeInteger(size) ? size : undefined;
}
