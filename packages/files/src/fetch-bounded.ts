import { FormatError, ValueError } from "@tapegrad/tensor";
import { fetchBytes } from "./fetch-bytes.ts";

/** How {@link fetchBounded} fetches. */
export interface FetchOptions {
  /** How many bytes may come. */
  readonly limit: number;
  /** How many milliseconds may pass without an answer, or without further bytes. */
  readonly patience: number;
  /** Is told how many bytes have come, and how many will if the server says so. */
  readonly onBytes: (received: number, total: number | undefined) => void;
}

/**
 * The bytes at an address; redirects are followed.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} if there is no answer in time, one other than success, or one that breaks off
 * @throws {FormatError} if more bytes come than may
 */
export async function fetchBounded(fn: string, url: string, options: FetchOptions): Promise<Uint8Array> {
  const { limit, patience, onBytes } = options;
  return fetchBytes(fn, url, {
    patience,
    limitOf(response) {
      if (!response.ok || response.body === null)
        throw new ValueError(`${fn}: expected ${url} to have the file, got status ${response.status}.`);
      if ((announced(response) ?? 0) > limit)
        throw new FormatError(`${fn}: expected at most ${limit} bytes from ${url}, got more.`);
      return limit;
    },
    onBytes(received, response) {
      onBytes(received, announced(response));
    },
  });
}

/** How many bytes a server says that it sends. */
function announced(response: Response): number | undefined {
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  return Number.isNaN(length) ? undefined : length;
}
