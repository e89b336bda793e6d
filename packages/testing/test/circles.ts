/** Arrows from each name to others. */
export type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

/** The groups of names that reach each other along the arrows (Tarjan's strongly connected components). */
export function circles(arrows: Arrows): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (name: string): void => {
    order.set(name, order.size);
    lowest.set(name, order.get(name)!);
    open.push(name);
    for (const next of arrows.get(name) ?? []) {
      if (!order.has(next)) visit(next);
      else if (!open.includes(next)) continue;
      lowest.set(name, Math.min(lowest.get(name)!, lowest.get(next)!));
    }
    if (lowest.get(name) !== order.get(name)) return;
    const circle = open.splice(open.indexOf(name));
    if (circle.length > 1) found.push(circle.toSorted());
  };
  for (const name of arrows.keys()) if (!order.has(name)) visit(name);
  return found;
}
