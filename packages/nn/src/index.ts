export * as functional from "./functional/functional.ts";
export * as init from "./init/init.ts";
export { Dense, type DenseOptions } from "./layers/dense.ts";
export { Dropout, type DropoutLayerOptions } from "./layers/dropout.ts";
export { Flatten } from "./layers/flatten.ts";
export { Identity } from "./layers/identity.ts";
export type { Initializer } from "./layers/initializer.ts";
export { Lambda } from "./layers/lambda.ts";
export { ModuleList } from "./layers/module-list.ts";
export { BatchNorm, type BatchNormOptions } from "./layers/norms/batch-norm.ts";
export {
  DenseBatchNorm,
  type DenseBatchNormOptions,
  DenseLayerNorm,
  type DenseLayerNormOptions,
  type DenseNormOptions,
  DenseRMSNorm,
  type DenseRMSNormOptions,
} from "./layers/norms/dense-norm.ts";
export { LayerNorm, type LayerNormOptions } from "./layers/norms/layer-norm.ts";
export { RMSNorm, type RMSNormOptions } from "./layers/norms/rms-norm.ts";
export { Residual } from "./layers/residual.ts";
export { Sequential } from "./layers/sequential.ts";
export { Buffer, type BufferOptions } from "./module/buffer.ts";
export { countParameters, type ParameterCount } from "./module/count-parameters.ts";
export type { ForwardHook, ForwardPreHook, HookHandle } from "./module/forward-hooks.ts";
export { type AnyModule, Module } from "./module/module.ts";
export { Parameter, type ParameterOptions } from "./module/parameter.ts";
export type { LoadReport, LoadStateDictOptions, StateDict } from "./module/state-dict.ts";
export * as presets from "./presets/presets.ts";
