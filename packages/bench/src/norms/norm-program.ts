import { Parameter } from "@tapegrad/nn";
import { assign, randn, type Tensor } from "@tapegrad/tensor";
import type { NormSample } from "./norm-samples.ts";

/** Output, which stays where it is, and gradients of the input and of all that is trained for a given cotangent. */
export function normProgram({ shape, forward, parameters }: NormSample): () => Tensor {
  const x = new Parameter(randn(shape));
  const output = forward(x).detach().clone();
  const cotangent = randn(output.shape);
  const leaves = [x, ...parameters];
  return () => {
    for (const leaf of leaves) leaf.grad = undefined;
    const y = forward(x);
    y.backward(cotangent);
    assign(output, y.detach());
    return y.detach().reshape([-1]).slice(0);
  };
}
