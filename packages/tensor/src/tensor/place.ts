/** Where a tensor, a module or a collection of them stands: in which field, or under which key of an array or a Map. */
export interface Place {
  readonly holder: object;
  readonly key: string;
}

const places = new WeakMap<object, Place>();

/** Notes where `part` was found, so that a trace that uses it can notice when something else takes its place. */
export function notePlace(part: object, holder: object, key: string): void {
  const known = places.get(part);
  if (known?.holder !== holder || known.key !== key) places.set(part, { holder, key });
}

/** Where a part was found last, undefined if it was never looked for. */
export function placeOf(part: object): Place | undefined {
  return places.get(part);
}

/** Whether `part` stands in a place. */
export function isAt({ holder, key }: Place, part: object): boolean {
  if (holder instanceof Map) return holder.get(key) === part;
  return holder instanceof Set ? holder.has(part) : (holder as Readonly<Record<string, unknown>>)[key] === part;
}
