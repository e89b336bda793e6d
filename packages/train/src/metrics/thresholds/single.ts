import type { Tensor } from "@tapegrad/tensor";

/** What was found at each threshold; of a single one, without an axis. */
export function single(perThreshold: Tensor): Tensor {
  return perThreshold.size === 1 ? perThreshold.reshape([]) : perThreshold;
}
