import { FormatError, ValueError } from "@tapegrad/tensor";
import { builtin } from "./builtin.ts";
import { reading } from "./reading.ts";

/**
 * The bytes of a file of at most `limit` bytes.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} where there are no files, and if there is no such file or it cannot be read
 * @throws {FormatError} if it is larger: nothing of it is read then
 */
export function readBounded(fn: string, path: string, limit: number): Uint8Array {
  const fs = builtin(fn, "fs");
  const bytes = reading(fn, path, () => {
    const file = fs.openSync(path, "r");
    try {
      const found = fs.fstatSync(file);
      if (!found.isFile()) return found.isDirectory() ? "a folder" : "something that is no file";
      return found.size > limit ? found.size : fs.readFileSync(file);
    } finally {
      fs.closeSync(file);
    }
  });
  if (typeof bytes === "string") throw new ValueError(`${fn}: expected ${path} to be a file, got ${bytes}.`);
  if (typeof bytes !== "number") return bytes;
  throw new FormatError(`${fn}: expected ${path} to have at most ${limit} bytes, got ${bytes}.`);
}
