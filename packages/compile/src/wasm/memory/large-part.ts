/**
 * Bytes from which on a part is computed where it is concatenated. Smaller ones are copied while they are in the cache,
 * which costs next to nothing, and take memory that others have left; the whole would have its own from its first part on.
 */
export const largePart = 65_536;
