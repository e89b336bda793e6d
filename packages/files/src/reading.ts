import { ValueError } from "@tapegrad/tensor";

/**
 * What `read` gives of a file.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} that names the file, if `read` throws
 */
export function reading<T>(fn: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ValueError(`${fn}: expected to read ${path}, got ${(error as Error).message}.`);
  }
}
