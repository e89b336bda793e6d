import { FormatError, TapegradError } from "@tapegrad/tensor";
import { type H5, type H5File, loadH5 } from "./h5wasm.ts";

/** What a file begins with. */
const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether bytes are an HDF5 file, going by its signature. */
export function isHdf5(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads an HDF5 file, which lies in the memory of h5wasm for the time of `use`.
 *
 * @param fn name of the function that was called, for messages
 * @param use reads from it, without waiting
 * @throws {FormatError} for whatever goes wrong inside the library
 * @throws {ValueError} where the library is not installed
 */
export async function readHdf5<T>(fn: string, bytes: Uint8Array, use: (file: H5File, h5: H5) => T): Promise<T> {
  const h5 = await loadH5(fn);
  return inMemory(h5, (path) => {
    h5.FS.writeFile(path, bytes);
    return within(fn, h5, path, "r", use);
  });
}

/**
 * Writes an HDF5 file.
 *
 * @param fill writes into it, without waiting
 * @returns its bytes
 * @throws {ValueError} where the library is not installed
 */
export async function writeHdf5(fn: string, fill: (file: H5File) => void): Promise<Uint8Array> {
  const h5 = await loadH5(fn);
  return inMemory(h5, (path) => {
    within(fn, h5, path, "w", fill);
    return h5.FS.readFile(path);
  });
}

/** Calls `use` with a path of its own in the memory of the library, where nothing is left behind. */
function inMemory<T>({ FS }: H5, use: (path: string) => T): T {
  const path = `${crypto.randomUUID()}.h5`;
  try {
    return use(path);
  } finally {
    if (FS.analyzePath(path).exists) FS.unlink(path);
  }
}

function within<T>(fn: string, h5: H5, path: string, mode: "r" | "w", use: (file: H5File, h5: H5) => T): T {
  // It would print what is wrong, and go on.
  h5.Module.activate_throwing_error_handler?.();
  let file: H5File | undefined;
  try {
    file = new h5.File(path, mode);
    return use(file, h5);
  } catch (error) {
    if (error instanceof TapegradError) throw error;
    throw new FormatError(`${fn}: expected an HDF5 file that h5wasm can read, got "${reasonOf(error)}".`);
  } finally {
    try {
      file?.close();
    } catch {
      // What cannot be read cannot always be closed.
    }
    h5.Module.deactivate_throwing_error_handler?.();
  }
}

/** What the library says at last, which is closest to the cause; it says a line or a stack of them. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").filter((line) => /^\s+#\d+: /.test(line));
  return (lines.at(-1)?.replace(/^.*\(\): /, "") ?? text).slice(0, 200);
}
