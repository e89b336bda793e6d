import { grad } from "@tapegrad/autograd";
import { type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { Operators } from "./node-call.ts";

/** Derivatives within a model. */
export const gradient: Operators = {
  Gradient: (call) => {
    const named = (attribute: string, names: readonly string[]): Tensor[] =>
      names.map((name) => call.named(attribute, name));
    const [y] = named("y", [call.string("y")]) as [Tensor];
    const xs = named("xs", call.strings("xs") ?? []);
    if (!isFloat(y.dtype)) call.fail("attribute.y", `expected a float, got ${y.dtype}`);
    return grad(y.sum(), xs);
  },
};
