export { dropout, type DropoutOptions } from "./dropout.ts";
export { linear } from "./linear.ts";
export { batchNorm, type BatchNormArguments } from "./norms/batch-norm.ts";
export { layerNorm, type LayerNormArguments } from "./norms/layer-norm.ts";
export { plainBatchNorm } from "./norms/plain-batch-norm.ts";
export { plainLayerNorm } from "./norms/plain-layer-norm.ts";
export { plainRMSNorm } from "./norms/plain-rms-norm.ts";
export { rmsNorm, type RMSNormArguments } from "./norms/rms-norm.ts";
