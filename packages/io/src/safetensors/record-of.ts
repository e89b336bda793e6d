/** What a map holds as an object by name. It has no prototype: what is called `__proto__` is a name like any other. */
export function recordOf<V>(map: Iterable<readonly [name: string, value: V]>): Record<string, V> {
  const record = Object.create(null) as Record<string, V>;
  for (const [name, value] of map) record[name] = value;
  return record;
}
