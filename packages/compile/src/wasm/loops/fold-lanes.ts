import { type Expr, i32x4, type Local, v128 } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import type { ReductionName } from "../../operations/operations.ts";
import { elements } from "../elements.ts";
import { firstLane } from "./lane-access.ts";
import { allParts, type Lanes, type LaneScope } from "./lanes.ts";

type Vector = Expr<"v128">;

/** What a reduction starts from. */
export function neutral(name: ReductionName, dtype: DType): number {
  const [least, greatest] = elements[dtype].bounds;
  return { sum: 0, prod: 1, max: least, min: greatest }[name];
}

/** Two partial results as one. */
export function combine(name: ReductionName, dtype: DType, a: Vector, b: Vector): Vector {
  return elements[dtype].folds![name](a, b);
}

/** All vectors of a value, with the neutral element in lanes that lie beyond the end. */
export function maskedParts({ width }: LaneScope, name: ReductionName, value: Lanes): Vector[] {
  const parts = allParts(value, width);
  if (width !== 1) return parts;
  const fill = elements[value.dtype].constant(neutral(name, value.dtype));
  return parts.map((vector) => v128.bitselect(vector, fill, firstLane(value.dtype)));
}

/** All lanes of all vectors as one number. */
export function foldLanes(scope: LaneScope, name: ReductionName, dtype: DType, parts: readonly Vector[]): Lanes {
  const folded = foldVectors(scope, elements[dtype].lanes, parts, (a, b) => combine(name, dtype, a, b));
  return { dtype, parts: [folded], uniform: true };
}

/** What two vectors become, of all lanes of all vectors, in each lane. */
export function foldVectors(
  { f }: LaneScope,
  lanes: number,
  parts: readonly Vector[],
  merge: (a: Vector, b: Vector) => Vector,
): Local<"v128"> {
  let folded = [...parts];
  while (folded.length > 1) {
    const half = Math.ceil(folded.length / 2);
    folded = Array.from({ length: half }, (_, i) => {
      const [one, other] = [folded[i]!, folded[i + half]];
      return f.let(other === undefined ? one : merge(one, other));
    });
  }
  let vector = f.let(folded[0]!);
  const turn = (order: readonly number[]): void => {
    vector = f.let(merge(vector, i32x4.shuffle(vector, vector, order)));
  };
  turn([2, 3, 0, 1]);
  if (lanes === 4) turn([1, 0, 3, 2]);
  return vector;
}
