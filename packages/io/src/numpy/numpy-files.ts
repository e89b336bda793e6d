import { pathRange, readBounded, writeWhole } from "@tapegrad/files";
import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectValue, settleOptions } from "@tapegrad/tensor/internal";
import { type NpyOptions, npyTable, readNpy, writeNpy } from "./npy.ts";
import { type NpzLimits, npzLimits, type NpzOptions, npzTable, readNpz, writeNpz } from "./npz.ts";

/** As much as Node reads at once. */
const mostBytes = 2 ** 31 - 1;

/**
 * Writes a tensor to a `.npy` file, with the bytes of `encodeNpy`. The file is there as a whole or, when the program is killed or
 * the disk is full, as it was before.
 *
 * @param path of the file; its folder is made
 * @throws {ValueError} if it cannot be written, or an argument is wrong
 * @example
 * await saveNpy("weights.npy", layer.weight);
 */
export async function saveNpy(path: string, x: Tensor, options: NpyOptions = {}): Promise<void> {
  const settled = settleOptions("saveNpy", options, npyTable);
  expectValue("saveNpy", "path", path, pathRange);
  writeWhole("saveNpy", path, writeNpy("saveNpy", "x", x, settled));
}

/**
 * Reads a `.npy` file; what comes, `decodeNpy` says.
 *
 * @param path of a file of less than 2 GiB
 * @throws {ValueError} if it cannot be read
 * @throws {FormatError} as `decodeNpy`
 * @example
 * const x = await loadNpy("x.npy");
 */
export async function loadNpy(path: string, ...none: []): Promise<Tensor> {
  expectNothing("loadNpy", none);
  expectValue("loadNpy", "path", path, pathRange);
  return readNpy("loadNpy", path, readBounded("loadNpy", path, mostBytes));
}

/**
 * Writes tensors to a `.npz` file, with the bytes of `encodeNpz`. The file is there as a whole or, when the program is killed or
 * the disk is full, as it was before.
 *
 * @param path of the file; its folder is made
 * @throws {ValueError} if it cannot be written, or an argument is wrong
 * @example
 * await saveNpz("model.npz", model.stateDict());
 */
export async function saveNpz(
  path: string,
  tensors: Readonly<Record<string, Tensor>>,
  options: NpzOptions = {},
): Promise<void> {
  const settled = settleOptions("saveNpz", options, npzTable);
  expectValue("saveNpz", "path", path, pathRange);
  writeWhole("saveNpz", path, writeNpz("saveNpz", tensors, settled));
}

/**
 * Reads a `.npz` file; what comes, `decodeNpz` says.
 *
 * @param path of a file of less than 2 GiB
 * @throws {ValueError} if it cannot be read, or an option is wrong
 * @throws {FormatError} as `decodeNpz`
 * @example
 * const { x, y } = await loadNpz("data.npz");
 */
export async function loadNpz(path: string, options: NpzLimits = {}): Promise<Record<string, Tensor>> {
  const settled = settleOptions("loadNpz", options, npzLimits);
  expectValue("loadNpz", "path", path, pathRange);
  return readNpz("loadNpz", path, readBounded("loadNpz", path, mostBytes), settled);
}
