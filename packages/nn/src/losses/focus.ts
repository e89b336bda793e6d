import type { Tensor } from "@tapegrad/tensor";

/** Below it an answer is taken for right, where a power of less than 1 has no finite slope; its own powers are finite in float32. */
const smallestError = 1e-18;

/** How much answers count by how wrong they are, `wrong^γ`: its gradient is 0 where an answer is right. */
export function focus(wrong: Tensor, gamma: number): Tensor {
  return wrong.clamp(smallestError).pow(gamma);
}
