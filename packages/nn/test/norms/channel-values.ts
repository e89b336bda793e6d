import type { Tensor } from "@tapegrad/tensor";
import { standardizeGroup } from "./naive-norm.ts";
import { float64, usual } from "./norm-case.ts";

/** One number for each channel, along axis 1 of `shape`. */
export function perChannel(values: readonly number[], shape: readonly number[]): Tensor {
  return float64(values, [values.length, ...shape.slice(2).map(() => 1)]);
}

/** x̂ and statistics of the elements at `group`. */
export function standardized(x: readonly number[], group: readonly number[]): ReturnType<typeof standardizeGroup> {
  const values = group.map((at) => x[at]!);
  return standardizeGroup(values, { groups: [], center: true, eps: usual });
}
