import { functional as f } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { callRunner, type CaseRunner } from "../run-case.ts";
import { settings } from "../settings.ts";
import { type Adapter, pure } from "../subject.ts";

/** PyTorch's names of settings and of optional inputs, and ours. */
type Names = Readonly<Record<string, string>>;

/** A loss of an input and a target; `names` translates settings, `tensors` the optional inputs. */
function loss(
  call: (input: Tensor, target: Tensor, options: object) => Tensor,
  names: Names = {},
  tensors: Names = {},
): Adapter {
  return pure((inputs, config) => {
    const given = Object.entries(tensors).flatMap(([name, own]) => {
      const tensor = inputs[name];
      return tensor === undefined ? [] : [[own, tensor] as const];
    });
    const options = settings<Record<string, unknown>>(config, { reduction: "reduction", ...names });
    return call(inputs["input"]!, inputs["target"]!, { ...options, ...Object.fromEntries(given) });
  });
}

/** A loss of a pair of inputs and a target. */
function pairLoss(call: typeof f.marginRankingLoss | typeof f.cosineEmbeddingLoss): Adapter {
  return pure(({ input1, input2, target }, config) =>
    call(
      input1 as Tensor,
      input2 as Tensor,
      target as Tensor,
      settings(config, { margin: "margin", reduction: "reduction" }),
    ),
  );
}

/** One row for each loss of PyTorch. */
export const lossAdapters: Readonly<Record<string, Adapter>> = {
  cross_entropy: loss(
    f.crossEntropy,
    { ignore_index: "ignoreIndex", label_smoothing: "labelSmoothing" },
    { weight: "weight" },
  ),
  nll_loss: loss(f.nllLoss, { ignore_index: "ignoreIndex" }, { weight: "weight" }),
  binary_cross_entropy: loss(f.binaryCrossEntropy, {}, { weight: "weight" }),
  binary_cross_entropy_with_logits: loss(
    f.binaryCrossEntropyWithLogits,
    {},
    { weight: "weight", pos_weight: "posWeight" },
  ),
  mse_loss: loss(f.mseLoss),
  l1_loss: loss(f.l1Loss),
  smooth_l1_loss: loss(f.smoothL1Loss, { beta: "beta" }),
  huber_loss: loss(f.huberLoss, { delta: "delta" }),
  kl_div: loss(f.klDivLoss, { log_target: "logTarget" }),
  hinge_embedding_loss: loss(f.hingeEmbeddingLoss, { margin: "margin" }),
  margin_ranking_loss: pairLoss(f.marginRankingLoss),
  cosine_embedding_loss: pairLoss(f.cosineEmbeddingLoss),
  poisson_nll_loss: loss(f.poissonNllLoss, { log_input: "logInput", full: "full", eps: "eps" }),
  gaussian_nll_loss: pure(({ input, target, var: variance }, config) =>
    f.gaussianNllLoss(
      input as Tensor,
      target as Tensor,
      variance as Tensor,
      settings(config, { full: "full", eps: "eps", reduction: "reduction" }),
    ),
  ),
};

/** Runs a case of losses.json. */
export const losses: CaseRunner = callRunner(lossAdapters);
