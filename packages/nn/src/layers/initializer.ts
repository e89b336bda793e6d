import { type Tensor, ValueError } from "@tapegrad/tensor";
import type { ValueRange } from "@tapegrad/tensor/internal";
import type { RandomOptions } from "../init/fill.ts";
import * as init from "../init/init.ts";

/** Names of functions in `init` that need no further argument. */
export type InitializerName =
  | "zeros"
  | "ones"
  | "uniform"
  | "normal"
  | "truncatedNormal"
  | "xavierUniform"
  | "xavierNormal"
  | "kaimingUniform"
  | "kaimingNormal"
  | "lecunNormal"
  | "orthogonal";

const named: { readonly [N in InitializerName]: (tensor: Tensor, options: RandomOptions) => Tensor } = {
  zeros: init.zeros,
  ones: init.ones,
  uniform: init.uniform,
  normal: init.normal,
  truncatedNormal: init.truncatedNormal,
  xavierUniform: init.xavierUniform,
  xavierNormal: init.xavierNormal,
  kaimingUniform: init.kaimingUniform,
  kaimingNormal: init.kaimingNormal,
  lecunNormal: init.lecunNormal,
  orthogonal: init.orthogonal,
};

/** A function that fills a tensor in place, or the name of one in `init`. */
export type Initializer = InitializerName | ((tensor: Tensor, options: RandomOptions) => unknown);

/** Functions, and the names in `init` that need no further argument. */
export const initializer: ValueRange<Initializer> = {
  text: `to be a function or one of ${Object.keys(named).join(", ")}`,
  has: (value): value is Initializer =>
    typeof value === "function" || (typeof value === "string" && Object.hasOwn(named, value)),
};

/** Fills `tensor` by `initializer`. */
export function initialize(fn: string, tensor: Tensor, initializer: Initializer, options: RandomOptions): void {
  if (typeof initializer === "function") {
    initializer(tensor, options);
  } else {
    if (!Object.hasOwn(named, initializer)) {
      throw new ValueError(
        `${fn}: expected a function or one of ${Object.keys(named).join(", ")}, got ${String(initializer)}.`,
      );
    }
    named[initializer](tensor, options);
  }
}
