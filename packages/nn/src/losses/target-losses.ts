export { binaryCrossEntropy, type BinaryCrossEntropyOptions } from "./binary-cross-entropy.ts";
export {
  binaryCrossEntropyWithLogits,
  type BinaryCrossEntropyWithLogitsOptions,
} from "./binary-cross-entropy-with-logits.ts";
export { binaryFocalCrossEntropy, type BinaryFocalCrossEntropyOptions } from "./binary-focal-cross-entropy.ts";
export { categoricalCrossEntropy, type CategoricalCrossEntropyOptions } from "./categorical-cross-entropy.ts";
export {
  categoricalFocalCrossEntropy,
  type CategoricalFocalCrossEntropyOptions,
} from "./categorical-focal-cross-entropy.ts";
export { categoricalHingeLoss } from "./categorical-hinge-loss.ts";
export { circleLoss, type CircleLossOptions } from "./circle-loss.ts";
export { cosineSimilarityLoss, type CosineSimilarityLossOptions } from "./cosine-similarity-loss.ts";
export { crossEntropy, type CrossEntropyOptions } from "./cross-entropy.ts";
export { diceLoss, type DiceLossOptions } from "./dice-loss.ts";
export { generalizedCrossEntropy, type GeneralizedCrossEntropyOptions } from "./generalized-cross-entropy.ts";
export { generalizedKlDivergenceLoss } from "./generalized-kl-divergence-loss.ts";
export { hingeEmbeddingLoss, type HingeEmbeddingLossOptions } from "./hinge-embedding-loss.ts";
export { hingeLoss } from "./hinge-loss.ts";
export { huberLoss, type HuberLossOptions } from "./huber-loss.ts";
export { klDivergenceLoss } from "./kl-divergence-loss.ts";
export { klDivLoss, type KlDivLossOptions } from "./kl-div-loss.ts";
export { l1Loss, type L1LossOptions } from "./l1-loss.ts";
export { logCoshLoss } from "./log-cosh-loss.ts";
export { mapeLoss } from "./mape-loss.ts";
export { mseLoss, type MseLossOptions } from "./mse-loss.ts";
export { msleLoss } from "./msle-loss.ts";
export { multiclassHingeLoss } from "./multiclass-hinge-loss.ts";
export { multiclassPerceptronLoss } from "./multiclass-perceptron-loss.ts";
export { multiclassSparsemaxLoss } from "./multiclass-sparsemax-loss.ts";
export { multilabelMarginLoss } from "./multilabel-margin-loss.ts";
export { multilabelSoftMarginLoss, type MultilabelSoftMarginLossOptions } from "./multilabel-soft-margin-loss.ts";
export { multiMarginLoss, type MultiMarginLossOptions } from "./multi-margin-loss.ts";
export { nllLoss, type NllLossOptions } from "./nll-loss.ts";
export { ntXentLoss, type NTXentLossOptions } from "./nt-xent-loss.ts";
export { perceptronLoss } from "./perceptron-loss.ts";
export { poissonLoss } from "./poisson-loss.ts";
export { poissonNllLoss, type PoissonNllLossOptions } from "./poisson-nll-loss.ts";
export { polyCrossEntropy, type PolyCrossEntropyOptions } from "./poly-cross-entropy.ts";
export { smoothL1Loss, type SmoothL1LossOptions } from "./smooth-l1-loss.ts";
export { softMarginLoss } from "./soft-margin-loss.ts";
export { sparsemaxLoss } from "./sparsemax-loss.ts";
export { squaredHingeLoss } from "./squared-hinge-loss.ts";
export { styleLoss } from "./style-loss.ts";
export { tverskyLoss, type TverskyLossOptions } from "./tversky-loss.ts";
