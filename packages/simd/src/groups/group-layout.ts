/**
 * Groups of elements of a row-major array, seen as a row of equal blocks: a block has `kept` groups of `reduced` elements
 * each, which lie side by side where it is `inward`, else `kept` elements apart. Blocks lie one after another.
 */
export interface GroupLayout {
  /** Groups of a block. */
  readonly kept: number;
  /** Elements of a block that each group has. */
  readonly reduced: number;
  /** Whether the elements of a group lie side by side. */
  readonly inward: boolean;
  /** Blocks, as digits from the outermost on: how many, and how far the first group of a block moves on. */
  readonly outer: readonly { readonly count: number; readonly step: number }[];
}

/** The groups of an array of some shape of which each takes all elements along `axes`; undefined if there is nothing in it. */
export function groupLayout(shape: readonly number[], axes: readonly number[]): GroupLayout | undefined {
  // Neighbouring axes of the same kind become one; axes of extent 1 belong to any.
  const extents: number[] = [];
  const kinds: boolean[] = [];
  shape.forEach((extent, axis) => {
    if (extent === 1) return;
    const isReduced = axes.includes(axis);
    const last = extents.length - 1;
    if (last >= 0 && kinds[last] === isReduced) extents[last] = extents[last]! * extent;
    else {
      extents.push(extent);
      kinds.push(isReduced);
    }
  });
  if (extents.includes(0)) return undefined;
  const inward = kinds.at(-1) ?? true;
  const inner = extents.pop() ?? 1;
  const middle = extents.pop() ?? 1;
  const [kept, reduced] = inward ? [middle, inner] : [inner, middle];
  let groups = kept;
  const outer = extents.map((count) => ({ count, step: 0 }));
  for (let digit = outer.length - 1; digit >= 0; digit--) {
    if (kinds[digit] === true) continue;
    const { count } = outer[digit]!;
    outer[digit] = { count, step: groups };
    groups *= count;
  }
  return { kept, reduced, inward, outer };
}

/** Calls `visit` with the first group of each block, in the order of memory. */
export function forEachBlock({ outer }: GroupLayout, visit: (firstGroup: number) => void): void {
  const index = outer.map(() => 0);
  let group = 0;
  for (;;) {
    visit(group);
    let digit = outer.length - 1;
    for (; digit >= 0; digit--) {
      const { count, step } = outer[digit]!;
      const next = index[digit]! + 1;
      const wraps = next === count;
      index[digit] = wraps ? 0 : next;
      group += step * (wraps ? 1 - next : 1);
      if (!wraps) break;
    }
    if (digit < 0) return;
  }
}
