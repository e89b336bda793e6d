import { type Expr, i32 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { bytesOf } from "../elements.ts";
import type { LaneScope, Width } from "./lanes.ts";

/** Emits a loop over the elements of an array, several at a time: what it does with those at so many bytes from the start. */
export function eachElement(
  scope: LaneScope,
  dtype: DType,
  count: number,
  inside: (scope: LaneScope, distance: Expr<"i32">) => void,
): void {
  let from = 0;
  for (const width of [4, 1] satisfies Width[]) {
    const to = count - ((count - from) % width);
    if (to === from) continue;
    const { f } = scope;
    f.for({ from, to, step: width }, (i) => inside({ ...scope, width }, f.let(i32.mul(i, bytesOf(dtype)))));
    from = to;
  }
}
