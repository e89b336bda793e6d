import type { Bytes } from "@tapegrad/files";
import { zipSync } from "fflate";
import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { withRoom } from "../elements/with-room.ts";
import { entryName, isEntryName } from "./entry-name.ts";

/** What all entries are dated: archives of the same bytes are the same. */
const earliest = new Date(1980, 0, 1);

/** What the format has room for without its extension to 64 bits. */
const most = { entries: 0xfffe, bytes: 0xfffffffe };

/** What stands around the bytes of an entry: two headers, each with its name. */
const around = (name: string): number => 76 + 2 * 3 * name.length;

/**
 * A zip archive of bytes by name, in the order in which they come.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} if a name is no relative path, or there are more entries or bytes than an archive has room for
 */
export function zipped(
  fn: string,
  entries: readonly (readonly [name: string, bytes: Uint8Array])[],
  { compress }: { readonly compress: boolean },
): Bytes {
  const wrong = entries.find(([name]) => !isEntryName(name));
  if (wrong !== undefined)
    throw new ValueError(`${fn}: expected names that are ${entryName}, got ${quoted(wrong[0])}.`);
  if (entries.length > most.entries)
    throw new ValueError(`${fn}: expected at most ${most.entries} entries, got ${entries.length}.`);
  const bytes = entries.reduce((sum, [name, { length }]) => sum + length + around(name), 22);
  if (bytes > most.bytes) throw new ValueError(`${fn}: expected less than 4 GiB, got ${bytes} bytes.`);
  return withRoom(fn, bytes, () => zipSync(Object.fromEntries(entries), { level: compress ? 6 : 0, mtime: earliest }));
}
