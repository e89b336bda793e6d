import { ValueError } from "@tapegrad/tensor";
import { builtin } from "./builtin.ts";

/**
 * Writes a file that is there as a whole or, when the program is interrupted or the disk is full, as it was before. Its
 * folder is made. Of several writers at once the last one wins.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there are no files, and when writing fails: nothing of the file is left then
 */
export function writeWhole(fn: string, path: string, content: string | Uint8Array): void {
  const fs = builtin(fn, "fs");
  const unfinished = `${path}.${crypto.randomUUID()}.unfinished`;
  try {
    fs.mkdirSync(builtin(fn, "path").dirname(path), { recursive: true });
    fs.writeFileSync(unfinished, content, { flush: true });
    fs.renameSync(unfinished, path);
  } catch (error) {
    removeQuietly(fs, unfinished);
    throw new ValueError(`${fn}: expected to write ${path}, got ${(error as Error).message}.`);
  }
}

/** Whatever goes wrong here is less than what went wrong before. */
function removeQuietly(fs: ReturnType<typeof builtin<"fs">>, path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch {
    // Its folder is a file, for example.
  }
}
