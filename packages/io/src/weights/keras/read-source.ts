import { FormatError } from "@tapegrad/tensor";
import { isHdf5, openHdf5 } from "../../hdf5/open-hdf5.ts";
import { openSource, type Source } from "../../sources/open-source.ts";
import { unpackEntry } from "../../zip/unpack-entry.ts";
import { zipDirectory } from "../../zip/zip-directory.ts";
import { hdf5Source } from "./hdf5-source.ts";
import type { KerasSource } from "./keras-source.ts";
import type { LayerPaths } from "./layer-groups.ts";
import { npzSource } from "./npz-source.ts";

/** What an archive of Keras 3 calls the weights within it. */
const weights = "model.weights.h5";

/** Limits and names for reading. */
export interface Reading {
  readonly maxBytes: number;
  readonly layers: LayerPaths;
}

/**
 * Reads a file of weights, be it HDF5, an archive of Keras with such a file in it, or one of NumPy.
 *
 * @throws {FormatError} for another file, and for one that is too large
 */
export async function readSource(fn: string, source: Source, reading: Reading): Promise<KerasSource> {
  const { maxBytes, layers } = reading;
  const { name, bytes } = await wholeOf(fn, source, maxBytes);
  const hdf5 = hdf5In(fn, name, bytes, maxBytes);
  if (hdf5 === undefined) return npzSource(fn, name, bytes, reading);
  return hdf5Source(fn, openHdf5(fn, name, hdf5), layers);
}

async function wholeOf(
  fn: string,
  source: Source,
  maxBytes: number,
): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  const file = await openSource(fn, source, { patience: 15_000 });
  try {
    if (file.size > maxBytes)
      throw new FormatError(`${fn}: expected ${file.name} to have at most ${maxBytes} bytes, got ${file.size}.`);
    return { name: file.name, bytes: await file.read(fn, 0, file.size) };
  } finally {
    file.close();
  }
}

/** The HDF5 file that bytes are, or that is in the archive that they are; undefined for another archive. */
function hdf5In(fn: string, name: string, bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  if (isHdf5(bytes)) return bytes;
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b)
    throw new FormatError(`${fn}: expected ${name} to be a file of HDF5, Keras or NumPy, got something else.`);
  const entry = zipDirectory(fn, name, bytes, maxBytes).find((each) => each.name === weights);
  return entry === undefined ? undefined : unpackEntry(fn, entry);
}
