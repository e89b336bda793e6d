/** Three digits that count, of a number that is not negative. */
export function significant(value: number): string {
  if (value >= 100 || value === 0) return value.toFixed(0);
  return value.toFixed(Math.max(0, 2 - Math.floor(Math.log10(value))));
}
