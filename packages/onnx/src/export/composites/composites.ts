import type { CompositeName } from "@tapegrad/tensor/internal";
import { activations } from "./activations.ts";
import { norms } from "./norms.ts";
import { poolings } from "./pooling.ts";
import { products } from "./products.ts";
import { recurrent } from "./recurrent.ts";
import type { CompositeRows } from "./row.ts";

/** How each composite is said in ONNX. One without a row does not compile. */
export const compositeRows: CompositeRows<CompositeName> = {
  ...products,
  ...poolings,
  ...norms,
  ...activations,
  ...recurrent,
};
