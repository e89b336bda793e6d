let count = 0;

/**
 * How often something has changed that a trace may depend on and that tells by itself: a cell, whether gradients flow to a
 * tensor, the array or the dtype behind one. What was found as it must be is so while the count is the same.
 */
export function changeCount(): number {
  return count;
}

/** Counts a change. */
export function noteChange(): void {
  count++;
}
