import type { Tensor } from "@tapegrad/tensor";
import { compile } from "../../src/index.ts";

/** What a function gives eager and compiled. */
export function bothWays(
  fn: (...tensors: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
): [eager: number[], compiled: number[]] {
  return [fn(...inputs), compile(fn)(...inputs)].map((y) => Array.from(y.data)) as [number[], number[]];
}
