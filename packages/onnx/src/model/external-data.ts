import { malformed } from "@tapegrad/io/internal";
import type { TensorProto } from "./tensor-proto.ts";

/** The files beside a model, by the names that the model calls them. */
export type ExternalData = ReadonlyMap<string, Uint8Array>;

/**
 * The bytes of a tensor whose data lies in another file: a name is looked up among what is given, and nowhere else.
 *
 * @throws {FormatError} for a file that is not given, with its name, and for a place beyond its end
 */
export function externalBytes(
  source: string,
  field: string,
  { name, place }: TensorProto,
  files: ExternalData | undefined,
): Uint8Array {
  const location = place.get("location") ?? "";
  const file = files?.get(location);
  if (file === undefined) {
    const [what, where] = [JSON.stringify(name), JSON.stringify(location)];
    const hint = `Give the bytes of the file: { externalData: { ${where}: bytes } }.`;
    throw malformed(source, field, `expected the data of ${what} in the model, got it in ${where}`, hint);
  }
  const number = (key: string, standard: number): number => {
    const text = place.get(key);
    const value = text === undefined ? standard : /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value <= file.length) return value;
    throw malformed(source, field, `expected ${key} up to the ${file.length} bytes of the file, got ${String(text)}`);
  };
  const offset = number("offset", 0);
  const length = number("length", file.length - offset);
  // What lies beyond the end is missing to whoever counts.
  return file.subarray(offset, offset + length);
}
