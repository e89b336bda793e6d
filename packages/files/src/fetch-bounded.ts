import { FormatError, ValueError } from "@tapegrad/tensor";

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
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      abort.abort(new Error(`nothing for ${patience / 1000} s`));
    }, patience);
  };
  wait();
  try {
    // What a server packs on the way would be unpacked before its checksum is looked at.
    const response = await fetch(url, { signal: abort.signal, headers: { "accept-encoding": "identity" } });
    if (!response.ok || response.body === null)
      throw new ValueError(`${fn}: expected ${url} to have the file, got status ${response.status}.`);
    const announced = Number(response.headers.get("content-length") ?? Number.NaN);
    const total = Number.isNaN(announced) ? undefined : announced;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      wait();
      received += chunk.length;
      if (Math.max(received, total ?? 0) > limit)
        throw new FormatError(`${fn}: expected at most ${limit} bytes from ${url}, got more.`);
      chunks.push(chunk);
      onBytes(received, total);
    }
    return joined(chunks, received);
  } catch (error) {
    if (error instanceof ValueError || error instanceof FormatError) throw error;
    throw new ValueError(`${fn}: expected ${url} to answer with the whole file, got ${reasonOf(error)}.`);
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** "fetch failed" says nothing; why it did is in its cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? (cause.message === "" ? cause.name : cause.message) : message;
}
