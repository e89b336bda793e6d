import { builtin, reading } from "@tapegrad/files";
import { FormatError, ValueError } from "@tapegrad/tensor";
import { newBytes } from "../elements/with-room.ts";
import type { ByteSource } from "./byte-source.ts";

/** What systems read at once, and less. */
const chunkBytes = 2 ** 30;

/**
 * A file, held open until it is closed.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there are no files, and if there is no such file or it cannot be read
 */
export function fileSource(fn: string, path: string): ByteSource {
  const fs = builtin(fn, "fs");
  // First what it is: a pipe would wait for somebody to write.
  if (!reading(fn, path, () => fs.statSync(path)).isFile())
    throw new ValueError(`${fn}: expected ${path} to be a file, got none.`);
  const file = reading(fn, path, () => fs.openSync(path, "r"));
  let isOpen = true;
  return {
    name: path,
    size: fs.fstatSync(file).size,
    async read(reader, begin, end) {
      if (!isOpen) throw new ValueError(`${reader}: expected ${path} to be open, got it closed.`);
      const bytes = newBytes(reader, end - begin);
      for (let at = 0; at < bytes.length;) {
        const length = Math.min(bytes.length - at, chunkBytes);
        const count = reading(reader, path, () => fs.readSync(file, bytes, at, length, begin + at));
        if (count === 0) throw new FormatError(`${reader}: expected ${path} to have ${end} bytes, got ${begin + at}.`);
        at += count;
      }
      return Promise.resolve(bytes);
    },
    close() {
      if (isOpen) fs.closeSync(file);
      isOpen = false;
    },
  };
}
