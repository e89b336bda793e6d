import type { CallName } from "../trace/calls.ts";
import { activations } from "./activations.ts";
import { norms } from "./norms.ts";
import { poolings } from "./pooling.ts";
import { products } from "./products.ts";
import { recurrent } from "./recurrent.ts";
import { resampling } from "./resampling.ts";
import type { CallRows } from "./row.ts";

/** How each call is said in ONNX. One without a row does not compile. */
export const callRows: CallRows<CallName> = {
  ...products,
  ...poolings,
  ...norms,
  ...activations,
  ...recurrent,
  ...resampling,
};
