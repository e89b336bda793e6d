import { sizeOf } from "@tapegrad/tensor/internal";
import type { LoopGroup } from "./kernel-draft.ts";

/** Whether what a group reads of another, it reads complete and where the loops of both are. */
export function readsInPlace(group: LoopGroup, other: LoopGroup): boolean {
  for (const { operands } of group.members.values()) {
    for (const { base, offset, strides, step } of operands) {
      const read = other.members.get(base);
      if (read === undefined) continue;
      if (other.accumulated.has(base) || offset !== 0 || step !== undefined) return false;
      if (!read.strides.every((stride, axis) => stride === strides[axis])) return false;
    }
  }
  return true;
}

/** Whether groups read the same part of what is as large as their loops, or one what the other computes. */
export function readsAlike(group: LoopGroup, other: LoopGroup): boolean {
  for (const [base, parts] of group.reads) {
    if (sizeOf(base.shape) < group.turns) continue;
    if (other.members.has(base)) return true;
    for (const part of other.reads.get(base) ?? []) if (parts.has(part)) return true;
  }
  for (const base of other.reads.keys()) if (sizeOf(base.shape) >= group.turns && group.members.has(base)) return true;
  return false;
}
