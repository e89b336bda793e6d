import { ValueError } from "@tapegrad/tensor";
import { formatValue } from "@tapegrad/tensor/internal";

/**
 * The elements of an iterable argument.
 *
 * @param fn name of the function that was called, for the messages
 * @throws {ValueError} for what is not iterable, or a generator that gives nothing, since it was walked before
 */
export function entriesOf<T>(fn: string, params: Iterable<T>): T[] {
  const iterable: unknown = params;
  if (iterable === null || typeof iterable !== "object" || !(Symbol.iterator in iterable)) {
    throw new ValueError(
      `${fn}: expected an iterable of tensors or of parameter groups, got ${formatValue(iterable)}. Pass model.parameters().`,
    );
  }
  const iterator = params[Symbol.iterator]();
  const entries = [...{ [Symbol.iterator]: () => iterator }];
  if (entries.length === 0 && Object.is(iterator, params)) {
    throw new ValueError(
      `${fn}: expected at least one parameter, got none. A generator can be walked only once: pass an array of what it gives.`,
    );
  }
  return entries;
}

/**
 * The elements of an iterable argument, of which there must be some.
 *
 * @throws {ValueError} `clipGradNorm: expected at least one parameter, got none.`
 */
export function someEntriesOf<T>(fn: string, params: Iterable<T>): T[] {
  const entries = entriesOf(fn, params);
  if (entries.length === 0) throw new ValueError(`${fn}: expected at least one parameter, got none.`);
  return entries;
}
