const numbers = new Map<string, number>();

/** A number of its own for each name. */
export function nameNumber(name: string): number {
  let number = numbers.get(name);
  if (number === undefined) numbers.set(name, (number = numbers.size));
  return number;
}
