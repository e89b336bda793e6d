import { aligned } from "../alignment.ts";

/** A buffer's size and the kernels between which it is in use, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Where each buffer lies in one piece of memory, and the size of that. */
export interface Arena {
  readonly offsets: readonly number[];
  readonly bytes: number;
}

/** Places buffers so that those in use at the same time do not overlap: large ones first, each as low as it fits. */
export function planArena(lifetimes: readonly Lifetime[]): Arena {
  const order = lifetimes.map((_, i) => i).sort((a, b) => size(lifetimes[b]) - size(lifetimes[a]) || a - b);
  const offsets = lifetimes.map(() => 0);
  const placed: number[] = [];
  let bytes = 0;
  for (const i of order) {
    const buffer = lifetimes[i]!;
    const neighbours = placed.filter((j) => overlaps(buffer, lifetimes[j]!)).sort((a, b) => offsets[a]! - offsets[b]!);
    let offset = 0;
    for (const j of neighbours) {
      if (offset + size(buffer) <= offsets[j]!) break;
      offset = Math.max(offset, offsets[j]! + size(lifetimes[j]));
    }
    offsets[i] = offset;
    placed.push(i);
    bytes = Math.max(bytes, offset + size(buffer));
  }
  return { offsets, bytes };
}

function size(lifetime: Lifetime | undefined): number {
  return aligned(lifetime?.bytes ?? 0);
}

function overlaps(a: Lifetime, b: Lifetime): boolean {
  return a.first <= b.last && b.first <= a.last;
}
