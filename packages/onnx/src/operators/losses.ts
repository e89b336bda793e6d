import { functional as F } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import type { NodeCall, Operators } from "./node-call.ts";

/** Options that both losses over classes have. */
function optionsOf(call: NodeCall): F.NllLossOptions {
  const weight = call.inputs[2];
  return {
    reduction: call.word("reduction", ["mean", "sum", "none"], "mean"),
    ...(weight === undefined ? {} : { weight }),
    ...(call.has("ignore_index") ? { ignoreIndex: call.int("ignore_index") } : {}),
  };
}

/** Losses over classes. */
export const losses: Operators = {
  NegativeLogLikelihoodLoss: (call) => F.nllLoss(call.input(0), call.input(1), optionsOf(call)),
  SoftmaxCrossEntropyLoss: (call) => {
    const logits = call.input(0);
    const loss = F.crossEntropy(logits, call.input(1), optionsOf(call));
    const outputs: (Tensor | undefined)[] = [loss, call.wants(1) ? F.logSoftmax(logits, { axis: 1 }) : undefined];
    return outputs;
  },
};
