import { builtin } from "./builtin.ts";

/**
 * Writes a file that is there as a whole or, when the program is interrupted or the disk is full, as it was before. Its
 * folder is made.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there are no files
 */
export function writeWhole(fn: string, path: string, content: string | Uint8Array): void {
  const fs = builtin(fn, "fs");
  fs.mkdirSync(builtin(fn, "path").dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  fs.writeFileSync(unfinished, content);
  fs.renameSync(unfinished, path);
}
