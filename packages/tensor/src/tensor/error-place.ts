import { rephrase } from "../rephrase.ts";

let current: () => string = () => "";
const told = new WeakSet<Error>();

/** Lets errors say what runs when they are thrown. `nn` gives it when the first module is made: the path of the module. */
export function setErrorPlace(place: () => string): void {
  current = place;
}

/** What runs now, such as `in layers.2 (Dense)`; nothing if that goes without saying. */
export function errorPlace(): string {
  return current();
}

/**
 * Puts a place before the message of an error, in its stack too. Only the first place is told, which is the innermost.
 *
 * @example
 * placeError(new RangeError("too far"), "in 2 (Lambda)").message; // => "in 2 (Lambda): too far"
 */
export function placeError<E extends Error>(error: E, place: string): E {
  if (told.has(error)) return error;
  told.add(error);
  if (place !== "") rephrase(error, `${place}: ${error.message}`);
  return error;
}
