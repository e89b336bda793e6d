/** Whether attributes are equal, in structure and numbers. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [own, others] = [Object.entries(a), Object.entries(b)];
  return own.length === others.length && own.every(([name, value], i) => name === others[i]![0] && isEqual(value, others[i]![1])); // prettier-ignore
}
