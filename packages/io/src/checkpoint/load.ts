import { pathRange } from "@tapegrad/files";
import { expectValue, settleOptions } from "@tapegrad/tensor/internal";
import { refuser } from "../safetensors/refuse.ts";
import { type CheckpointStates, type Content, contentFrom } from "./content.ts";
import { given, type LoadCheckpointOptions, loadTable } from "./decode.ts";
import { latestPath } from "./numbered.ts";
import { expectRestorables, type Restorables } from "./parts.ts";
import { readFile } from "./read-file.ts";

/**
 * The states in a file of `saveCheckpoint`, loaded into parts if there are any: into all of them, or into none. What
 * goes on from there gives the bits that it would have given without the stop.
 *
 * @param path of the file; with `{step}` in its name, that of the latest step
 * @param parts by the names that they were saved under, of the same shapes and options
 * @returns all states by part, and the metadata
 * @throws {ValueError} if there is no such file; for parts that it has no state of, and states that no part is given for, with
 * their names; and whatever a part says whose state does not fit. Nothing has changed then
 * @throws {FormatError} if it is no checkpoint
 * @throws {CompileError} while a function is traced
 * @example
 * const { epoch } = await loadCheckpoint("runs/{step}.safetensors", { model, optimizer, scheduler, loader });
 */
export async function loadCheckpoint(
  path: string,
  parts?: Restorables,
  options: LoadCheckpointOptions = {},
): Promise<CheckpointStates> {
  const fn = "loadCheckpoint";
  const { strict } = settleOptions(fn, options, loadTable);
  expectValue(fn, "path", path, pathRange);
  if (parts !== undefined) expectRestorables(fn, parts);
  const file = latestPath(fn, path);
  return given(fn, file, await readCheckpoint(fn, file), parts, strict);
}

/**
 * What is in the checkpoint of a path.
 *
 * @throws {ValueError} if there is no such file
 * @throws {FormatError} if it is no checkpoint
 */
export async function readCheckpoint(fn: string, path: string): Promise<Content> {
  return contentFrom(await readFile(fn, path, async (reader) => reader.all(fn)), refuser(fn, path));
}
