import type { Repetition } from "@tapegrad/simd";
import { sameShape, type Shape, sizeOf } from "../shape.ts";

/** Elements of a block of which an operand has the next elements: they are loaded one by one. */
const leastBlock = 256;

/**
 * How an operand repeats where it is broadcast to `shape`: undefined if it does not, "scattered" if no repetition says it.
 * From the last axis on there may be axes along which it repeats, axes that it has, others along which it repeats, and others
 * that it has.
 */
export function repetitionOf(operand: Shape, shape: Shape): Repetition | undefined | "scattered" {
  if (sameShape(operand, shape)) return undefined;
  if (sizeOf(operand) === 1) return { repeat: 1, period: 1 };
  let [repeat, period, tiles, blocks] = [1, 1, 1, 1];
  for (let i = 1; i <= shape.length; i++) {
    const extent = shape[shape.length - i]!;
    if (extent === 1) continue;
    const isOwn = operand[operand.length - i] === extent;
    if (isOwn && tiles > 1) blocks *= extent;
    else if (isOwn) period *= extent;
    else if (blocks > 1) return "scattered";
    else if (period > 1) tiles *= extent;
    else repeat *= extent;
  }
  if (blocks > 1) return repeat * period * tiles < leastBlock ? "scattered" : { repeat, period, tiles };
  return repeat === 1 && tiles === 1 ? undefined : { repeat, period };
}
