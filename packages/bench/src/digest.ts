/** One number for many, by which contenders are compared: every element, its sign and its place count. */
export function digest(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! + (i % 7) - 3) ** 2;
  return sum / values.length;
}
