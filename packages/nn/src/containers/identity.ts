import type { Tensor } from "@tapegrad/tensor";
import { Module } from "../module/module.ts";

/** Gives its input back: a placeholder where a layer is optional. */
export class Identity extends Module {
  override forward(x: Tensor): Tensor {
    return x;
  }
}
