import { ValueError } from "@tapegrad/tensor";
import { builtin } from "./builtin.ts";
import type { Builtins } from "./builtins.ts";
import { quietly, removeLeftovers, unfinishedName } from "./unfinished.ts";

type Files = Builtins["fs"];

/** What systems write at once, and less. */
const chunkBytes = 2 ** 30;

/**
 * Writes a file that is there as a whole or, when the program is killed, the power fails or the disk is full, as it was
 * before: a new file in the same folder is written and flushed to the disk, and then takes the name of the old one. Its folder
 * is made. Permissions stay, and a link goes on pointing to the file. Of several writers at once the last one wins. What a
 * program that was killed has left unfinished in the folder is removed.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there are no files, and when writing fails: nothing of the file is left then
 */
export function writeWhole(fn: string, path: string, content: string | Uint8Array): void {
  const fs = builtin(fn, "fs");
  const { dirname, join } = builtin(fn, "path");
  try {
    const { target, mode } = replaced(fs, path);
    const folder = dirname(target);
    fs.mkdirSync(folder, { recursive: true });
    removeLeftovers(fn, folder);
    const unfinished = join(folder, unfinishedName(fn));
    try {
      writeThrough(fs, unfinished, typeof content === "string" ? new TextEncoder().encode(content) : content, mode);
      fs.renameSync(unfinished, target);
    } catch (error) {
      quietly(() => fs.rmSync(unfinished, { force: true }));
      throw error;
    }
    flushFolder(fs, folder);
  } catch (error) {
    throw new ValueError(`${fn}: expected to write ${path}, got ${(error as Error).message}.`);
  }
}

/** The file that will be another, wherever a link to it stands, and its permissions; those of a new file if there is none. */
function replaced(fs: Files, path: string): { readonly target: string; readonly mode?: number } {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { target: path };
  if (!found.isFile()) throw new Error(found.isDirectory() ? "a folder" : "something that is no file");
  // Replacing asks for a folder that can be written to; that the file can is what its owner meant.
  fs.accessSync(path, fs.constants.W_OK);
  return { target: fs.realpathSync(path), mode: found.mode & 0o777 };
}

/** Writes a new file down to the disk. */
function writeThrough(fs: Files, path: string, bytes: Uint8Array, mode: number | undefined): void {
  const file = fs.openSync(path, "wx");
  try {
    if (mode !== undefined && (fs.fstatSync(file).mode & 0o777) !== mode) fs.fchmodSync(file, mode);
    for (let at = 0; at < bytes.length;) {
      at += fs.writeSync(file, bytes, at, Math.min(chunkBytes, bytes.length - at));
    }
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/** Makes the new name of a file as lasting as its bytes, where the system flushes folders: Windows does not. */
function flushFolder(fs: Files, folder: string): void {
  quietly(() => {
    const opened = fs.openSync(folder, "r");
    try {
      fs.fsyncSync(opened);
    } finally {
      fs.closeSync(opened);
    }
  });
}
