import type { Tensor } from "@tapegrad/tensor";
import { l1 } from "./l1.ts";
import { l1l2 } from "./l1l2.ts";
import { l2 } from "./l2.ts";
import { orthogonal } from "./orthogonal.ts";
import type { RegularizerFunction, RegularizerKind } from "./regularizer.ts";

const named: { readonly [K in RegularizerKind]: () => RegularizerFunction } = { l1, l2, l1l2, orthogonal };

/** What a regulariser adds to the loss for `weight`. */
export function penalty(regularizer: RegularizerKind | RegularizerFunction, weight: Tensor): Tensor {
  return (typeof regularizer === "function" ? regularizer : named[regularizer]())(weight);
}
