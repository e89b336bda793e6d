import type { Bytes, PlatformAbortSignal } from "./platform-types.ts";
import { FormatError, ValueError } from "@tapegrad/tensor";

/** A request, and what is accepted as its answer. */
export interface ByteRequest {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** How many milliseconds may pass without an answer, or without further bytes. */
  readonly patience: number;
  /** Ends it, by throwing its reason. */
  readonly signal?: PlatformAbortSignal | undefined;
  /** How many bytes may come; throws if the answer is another than was asked for. */
  readonly limitOf: (response: Response) => number;
  /** Is told how many bytes have come. */
  readonly onBytes?: (received: number, response: Response) => void;
}

/**
 * The bytes with which an address answers; redirects are followed.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} if there is no answer in time, or one that breaks off
 * @throws {FormatError} if more bytes come than may
 */
export async function fetchBytes(fn: string, url: string, request: ByteRequest): Promise<Bytes> {
  const { headers, patience, signal, limitOf, onBytes } = request;
  signal?.throwIfAborted();
  const abort = new AbortController();
  const followSignal = (): void => {
    abort.abort(signal?.reason);
  };
  signal?.addEventListener("abort", followSignal);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      abort.abort(new Error(`nothing for ${patience / 1000} s`));
    }, patience);
  };
  wait();
  try {
    // What a server packs on the way would be unpacked before anybody looks at it.
    const response = await fetch(url, {
      signal: abort.signal,
      headers: { ...headers, "accept-encoding": "identity" },
    });
    const limit = limitOf(response);
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of chunksOf(response)) {
      wait();
      received += chunk.length;
      if (received > limit) throw new FormatError(`${fn}: expected at most ${limit} bytes from ${url}, got more.`);
      chunks.push(chunk);
      onBytes?.(received, response);
    }
    return joined(chunks, received);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ValueError || error instanceof FormatError) throw error;
    throw new ValueError(`${fn}: expected ${url} to answer with the whole file, got ${reasonOf(error)}.`);
  } finally {
    signal?.removeEventListener("abort", followSignal);
    clearTimeout(timer);
    abort.abort();
  }
}

/** By a reader: not every browser iterates over streams. */
async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

function joined(chunks: readonly Uint8Array[], length: number): Bytes {
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
