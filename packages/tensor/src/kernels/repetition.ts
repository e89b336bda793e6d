import type { Repetition } from "@tapegrad/simd";
import { sameShape, type Shape, sizeOf } from "../shape.ts";

/**
 * How an operand repeats where it is broadcast to `shape`: undefined if it does not, "scattered" if no repetition says it.
 * Read from the last axis on, there may be axes along which it repeats, then axes that it has, and then others along which
 * it repeats.
 */
export function repetitionOf(operand: Shape, shape: Shape): Repetition | undefined | "scattered" {
  if (sameShape(operand, shape)) return undefined;
  const own = sizeOf(operand);
  let [repeat, period, tiles] = [1, 1, 1];
  for (let i = 1; i <= shape.length; i++) {
    const extent = shape[shape.length - i]!;
    if (extent === 1) continue;
    const isOwn = operand[operand.length - i] === extent;
    if (isOwn) {
      if (tiles > 1) return "scattered";
      period *= extent;
    } else if (period === 1) repeat *= extent;
    else tiles *= extent;
  }
  if (own === 1) return { repeat: 1, period: 1 };
  return repeat === 1 && tiles === 1 ? undefined : { repeat, period };
}
