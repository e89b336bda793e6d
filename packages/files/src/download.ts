import { FormatError, type TapegradError, ValueError } from "@tapegrad/tensor";
import { builtin } from "./builtin.ts";
import { cacheFolder } from "./cache-folder.ts";
import { digest } from "./digest.ts";
import { fetchBounded } from "./fetch-bounded.ts";
import { gunzip, isGzip } from "./gunzip.ts";
import { progressLine } from "./progress-line.ts";
import { readBounded } from "./read-bounded.ts";
import { writeWhole } from "./write-whole.ts";

/** A published file, packed by gzip or not. */
export interface Published {
  /** Where it is kept in the cache: "fashion-mnist/train-images-idx3-ubyte.gz". */
  readonly name: string;
  /** Its mirrors, in the order in which they are tried. */
  readonly urls: readonly string[];
  /** How many bytes it has unpacked. */
  readonly bytes: number;
  /** The checksum of what is unpacked, or, where only that has been published, of the packed file. */
  readonly checksum: { readonly sha256: string } | { readonly packedMd5: string };
  /** What is said before it is fetched: by whom it is, and how it may be used. */
  readonly licence: string;
  /** What to do when no mirror answers; the end of the message. */
  readonly byHand: string;
}

/** How {@link download} goes about it. */
export interface DownloadOptions {
  /** Whether standard error tells how far it is; true unless given. */
  readonly progress?: boolean;
  /** How many milliseconds a mirror may be silent; 15,000 unless given. */
  readonly patience?: number;
}

/**
 * The unpacked bytes of a published file: from the cache, or else from the first mirror that has it, and then into the cache.
 *
 * Nothing is taken whose size and checksum are not the published ones, from the cache neither. The file in the cache is
 * whole or not there. A cache that cannot be written is mentioned on standard error and otherwise ignored.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there are no files, and if no mirror gives the file: one line for each says why
 */
export async function download(fn: string, file: Published, options: DownloadOptions = {}): Promise<Uint8Array> {
  const path = builtin(fn, "path").join(cacheFolder(fn), file.name);
  return (await fromCache(fn, file, path)) ?? (await fromMirrors(fn, file, path, options));
}

/** Undefined if it is not there, or is not what was published. */
async function fromCache(fn: string, file: Published, path: string): Promise<Uint8Array | undefined> {
  if (!builtin(fn, "fs").existsSync(path)) return undefined;
  try {
    return await unpacked(fn, file, readBounded(fn, path, packedLimit(file)), path);
  } catch {
    return undefined;
  }
}

async function fromMirrors(fn: string, file: Published, path: string, options: DownloadOptions): Promise<Uint8Array> {
  const { progress = true, patience = 15_000 } = options;
  const say = (line: string): void => void (progress && globalThis.process.stderr.write(`${line}\n`));
  say(`${fn}: fetching ${file.name}${licenceOnce(file.licence)}`);
  const failures: string[] = [];
  for (const url of file.urls) {
    const line = progressLine(progress);
    try {
      const packed = await fetchBounded(fn, url, { limit: packedLimit(file), patience, onBytes: line.update });
      const bytes = await unpacked(fn, file, packed, url);
      keep(fn, path, packed, say);
      return bytes;
    } catch (error) {
      failures.push((error as TapegradError).message.replace(`${fn}: `, ""));
    } finally {
      line.end();
    }
  }
  throw new ValueError(
    `${fn}: expected one of ${file.urls.length} mirrors to give ${file.name}, got none.\n` +
      `${failures.map((failure) => `- ${failure}\n`).join("")}${file.byHand}`,
  );
}

const said = new Set<string>();

/** The licence, if it has not been said yet: files of one data set have it in common. */
function licenceOnce(licence: string): string {
  if (said.has(licence)) return "";
  said.add(licence);
  return ` of ${licence}`;
}

/** What gzip adds to what cannot be packed, and the names and dates of its header, are far less. */
function packedLimit({ bytes }: Published): number {
  return Math.ceil(1.01 * bytes) + 4096;
}

/** Unpacks what came from `place`, and looks at its size and checksum. */
async function unpacked(fn: string, file: Published, packed: Uint8Array, place: string): Promise<Uint8Array> {
  const bytes = isGzip(packed) ? await gunzip(fn, place, packed, file.bytes) : packed;
  if (bytes.length !== file.bytes)
    throw new FormatError(`${fn}: expected ${file.bytes} bytes from ${place}, got ${bytes.length}.`);
  const [kind, sum, of] =
    "sha256" in file.checksum
      ? (["sha256", file.checksum.sha256, bytes] as const)
      : (["md5", file.checksum.packedMd5, packed] as const);
  const got = digest(fn, kind, of);
  if (got !== sum) throw new FormatError(`${fn}: expected ${kind} ${sum} of what ${place} has, got ${got}.`);
  return bytes;
}

function keep(fn: string, path: string, packed: Uint8Array, say: (line: string) => void): void {
  try {
    writeWhole(fn, path, packed);
  } catch (error) {
    say(
      `${(error as TapegradError).message} It will be fetched again next time, unless TAPEGRAD_CACHE names a folder.`,
    );
  }
}
