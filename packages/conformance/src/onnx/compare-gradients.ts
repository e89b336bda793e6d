import { grad } from "@tapegrad/autograd";
import { type Model, runModel } from "@tapegrad/onnx/internal";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import { Comparison } from "../golden/comparison.ts";
import type { Tolerance } from "../golden/format.ts";
import type { NodeTest } from "./node-test.ts";
import { toGolden } from "./run-node-test.ts";

/** Both are computed in float64. */
const tolerance: Tolerance = { rtol: 1e-9, atol: 1e-12 };

/** For HardSwish, whose 1/6 stands in the expanded graph as a float32. */
const single: Tolerance = { rtol: 1e-7, atol: 1e-7 };

/** Gradients by the inputs, and by which of them there are any. */
interface Differentiated {
  readonly gradients: readonly (Tensor | undefined)[];
  /** Outputs that depend on an input differentiably. */
  readonly outputs: readonly number[];
}

/** Gradients of the outputs, each times a random cotangent, by all float inputs, in float64. */
function differentiate(model: Model, test: NodeTest): Differentiated {
  const inputs = test.inputs.map((x) => (x && isFloat(x.dtype) ? x.to("float64").detach().requiresGrad_() : x));
  const outputs = runModel(model, inputs, { wide: true });
  const floats = inputs.filter((x): x is Tensor => x?.requiresGrad === true);
  const differentiable = outputs.flatMap((y, i) => (y.requiresGrad ? [i] : []));
  if (differentiable.length === 0) return { gradients: [], outputs: [] };
  const generator = new Generator(7);
  // One cotangent for every output, so that both graphs get the same.
  const cotangents = outputs.map((y) => randn(y.shape, { generator, dtype: "float64" }));
  const total = differentiable
    .map((i) => outputs[i]!.to("float64").mul(cotangents[i]!).sum())
    .reduce((sum, term) => sum.add(term));
  return { gradients: grad(total, floats, { allowUnused: true }), outputs: differentiable };
}

/**
 * Compares the gradients of our fused operation with those through the expanded graph of primitives.
 *
 * @param fused the model of one node, with the same inputs
 * @returns undefined if neither has a gradient
 */
export function compareGradients(fused: Model, expanded: NodeTest): Comparison | undefined {
  const check = new Comparison(expanded.name === "hardswish_expanded" ? single : tolerance);
  try {
    const got = differentiate(fused, expanded);
    const want = differentiate(expanded.model, expanded);
    check.same("differentiable outputs", got.outputs.join(), want.outputs.join());
    if (want.gradients.length === 0 && check.failures.length === 0) return undefined;
    want.gradients.forEach((gradient, i) => {
      check.tensor(`gradient by input ${i}`, got.gradients[i], gradient === undefined ? null : toGolden(gradient));
    });
  } catch (error) {
    check.fail(error instanceof Error ? error.message : String(error));
  }
  return check;
}
