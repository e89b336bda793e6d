/** What a name of an archive must be; follows "to be" in messages. */
export const entryName = "a relative path without .., backslashes and control characters";

/**
 * Whether a name leads nowhere else when somebody makes a path of it: neither out of a folder nor to a drive, and the same to
 * whoever reads it.
 */
export function isEntryName(name: string): boolean {
  if (/^$|^\/|^[a-z]:|[\\\p{Cc}\p{Cs}]/iu.test(name)) return false;
  return !name.split("/").includes("..");
}
