export { binaryCrossEntropy, type BinaryCrossEntropyOptions } from "./binary-cross-entropy.ts";
export {
  binaryCrossEntropyWithLogits,
  type BinaryCrossEntropyWithLogitsOptions,
} from "./binary-cross-entropy-with-logits.ts";
export { crossEntropy, type CrossEntropyOptions } from "./cross-entropy.ts";
export { hingeEmbeddingLoss, type HingeEmbeddingLossOptions } from "./hinge-embedding-loss.ts";
export { huberLoss, type HuberLossOptions } from "./huber-loss.ts";
export { klDivLoss, type KlDivLossOptions } from "./kl-div-loss.ts";
export { l1Loss } from "./l1-loss.ts";
export { mseLoss } from "./mse-loss.ts";
export { nllLoss, type NllLossOptions } from "./nll-loss.ts";
export { poissonNllLoss, type PoissonNllLossOptions } from "./poisson-nll-loss.ts";
export { smoothL1Loss, type SmoothL1LossOptions } from "./smooth-l1-loss.ts";
