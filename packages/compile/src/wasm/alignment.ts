/** Blocks of memory start at the start of a cache line. */
export const alignment = 64;

/** A size rounded up to whole cache lines. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
