import { cat, chunk, type Tensor } from "@tapegrad/tensor";
import type { KerasLayer, LayerHere, Tensors } from "./keras-layer.ts";

const inputs = ["query", "key", "value"] as const;

/** Multi-head attention: Keras has a kernel `[in, heads, size]` for each input, and `[heads, size, features]` for the output. */
export function attentionLayer({ state, heads = 1 }: LayerHere): KerasLayer {
  const stacked = state["in_proj_weight"];
  const matrices =
    stacked === undefined ? inputs.map((input) => state[`${input[0]!}_proj_weight`]!) : chunk(stacked, 3);
  const [bias, outBias] = [state["in_proj_bias"], state["out_proj.bias"]];
  const output = state["out_proj.weight"]!;
  const features = output.shape[0]!;
  const byHead = [heads, features / heads];
  const variables: Record<string, Tensor> = {};
  for (const [i, input] of inputs.entries()) {
    variables[`${input}_dense/kernel`] = matrices[i]!.transpose().reshape([-1, ...byHead]);
    if (bias !== undefined) variables[`${input}_dense/bias`] = chunk(bias, 3)[i]!.reshape(byHead);
  }
  variables["output_dense/kernel"] = output.transpose().reshape([...byHead, features]);
  if (outBias !== undefined) variables["output_dense/bias"] = outBias;
  return {
    kind: "multi_head_attention",
    variables,
    toState: (given) => stateOf(given, features, stacked !== undefined),
  };
}

function stateOf(given: Tensors, features: number, isStacked: boolean): Tensors {
  const matrices = inputs.map((input) => given[`${input}_dense/kernel`]!.reshape([-1, features]).transpose());
  const biases = inputs.flatMap((input) => given[`${input}_dense/bias`]?.reshape([features]) ?? []);
  const outBias = given["output_dense/bias"];
  return {
    ...(isStacked
      ? { in_proj_weight: cat(matrices) }
      : Object.fromEntries(inputs.map((input, i) => [`${input[0]!}_proj_weight`, matrices[i]!]))),
    ...(biases.length === 0 ? {} : { in_proj_bias: cat(biases) }),
    "out_proj.weight": given["output_dense/kernel"]!.reshape([features, features]).transpose(),
    ...(outBias === undefined ? {} : { "out_proj.bias": outBias }),
  };
}
