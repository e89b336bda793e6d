/** One number for many, by which contenders are compared; signs, order and every element count. */
export function digest(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs((values[i] as number) + (i % 7));
  return sum / values.length;
}
