import { dtypes, sizeOf } from "@tapegrad/tensor/internal";
import { attrsOf, type Value } from "../../graph/graph.ts";
import { isCheck, type Kernel } from "../../schedule/kernel.ts";
import { writesOf } from "../../schedule/reads-and-writes.ts";
import { isWhole, type View } from "../../schedule/view.ts";
import { largePart } from "./large-part.ts";

/** Where a value lies that is a part of another one. */
export interface Part {
  readonly whole: Value;
  /** Bytes from the start of the whole. */
  readonly offset: number;
}

/**
 * The values that can be computed where they are concatenated: those that are large, lie in one piece there, are written
 * by kernels that write nothing beyond them, and have no place of their own.
 *
 * @param pinned values that have places; what is written there must not be written before all checks have passed
 * @param placed other values that have places
 */
export function partsInPlace(
  kernels: readonly Kernel[],
  pinned: ReadonlySet<Value>,
  placed: ReadonlyMap<Value, unknown>,
): Map<Value, Part> {
  const makers = new Map<Value, number>();
  kernels.forEach((kernel, i) => {
    if (kernel.kind !== "routine" || kernel.operation.name === "concat")
      for (const value of writesOf(kernel)) makers.set(value, i);
  });
  const lastCheck = kernels.findLastIndex(isCheck);
  const parts = new Map<Value, Part>();
  // From the last to the first: a whole that is itself a part has its place when its own parts are looked at.
  for (const kernel of kernels.toReversed()) {
    if (!isInOnePiece(kernel)) continue;
    const [result] = kernel.operation.outputs as [Value];
    const { whole, offset } = parts.get(result) ?? { whole: result, offset: 0 };
    let at = offset;
    kernel.views.forEach((view) => {
      const { base } = view;
      const maker = makers.get(base) ?? -1;
      const isFree = maker > (pinned.has(whole) ? lastCheck : -1) && !pinned.has(base) && !placed.has(base);
      const bytes = bytesOf(view);
      if (isFree && bytes >= largePart && !parts.has(base) && isWhole(view)) parts.set(base, { whole, offset: at });
      at += bytes;
    });
  }
  return parts;
}

/** Whether a kernel only copies what lies where it copies it to. */
export function copiesNothing(kernel: Kernel, parts: ReadonlyMap<Value, Part>): boolean {
  if (!isInOnePiece(kernel)) return false;
  const [result] = kernel.operation.outputs as [Value];
  const { whole, offset } = parts.get(result) ?? { whole: result, offset: 0 };
  let at = offset;
  return kernel.views.every((view) => {
    const part = parts.get(view.base);
    const lies = part?.whole === whole && part.offset === at && isWhole(view);
    at += bytesOf(view);
    return lies;
  });
}

function bytesOf({ base, shape }: View): number {
  return sizeOf(shape) * dtypes[base.dtype].bytes;
}

/** Whether a kernel concatenates values that each lie in one piece of the result. */
function isInOnePiece(kernel: Kernel): kernel is Kernel & { readonly kind: "routine" } {
  if (kernel.kind !== "routine" || kernel.operation.name !== "concat") return false;
  const { axis } = attrsOf(kernel.operation, "concat");
  const { shape } = kernel.operation.outputs[0]!;
  return sizeOf(shape) > 0 && shape.slice(0, axis).every((extent) => extent === 1);
}
