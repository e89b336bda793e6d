import { FormatError } from "@tapegrad/tensor";

/**
 * Makes the error that says what is wrong in a file.
 *
 * @param field what of it: `shape of "weight"`
 * @param expected "to be …", "to have …"
 */
export type Refuse = (field: string, expected: string, got: string | number) => FormatError;

/**
 * Errors about one file: `loadSafetensors: expected shape of "weight" in model.safetensors to be …, got -1.`
 *
 * @param fn name of the function that was called
 * @param name what the file is called
 */
export function refuser(fn: string, name: string): Refuse {
  return (field, expected, got) => new FormatError(`${fn}: expected ${field} in ${name} ${expected}, got ${got}.`);
}

/** A text of a file as it stands in messages: in quotes, on one line, and not all of a long one. */
export function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
