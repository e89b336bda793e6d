import { qkNorm, selu } from "./kindred-norms.ts";
import type { GivenFacts } from "./norm-facts.ts";
import { facts as accumulatedBatchNorm } from "./activation/accumulated-batch-norm.ts";
import { facts as adaNorm } from "./activation/ada-norm.ts";
import { facts as adaptiveBatchNorm } from "./activation/adaptive-batch-norm.ts";
import { facts as adaptiveInstanceNorm } from "./activation/adaptive-instance-norm.ts";
import { facts as adaptiveLayerNorm } from "./activation/adaptive-layer-norm.ts";
import { facts as batchInstanceNorm } from "./activation/batch-instance-norm.ts";
import { facts as batchLayerNorm } from "./activation/batch-layer-norm.ts";
import { facts as batchNorm } from "./activation/batch-norm.ts";
import { facts as batchRenorm } from "./activation/batch-renorm.ts";
import { facts as clusterNorm } from "./activation/cluster-norm.ts";
import { facts as conditionalBatchNorm } from "./activation/conditional-batch-norm.ts";
import { facts as detachNorm } from "./activation/detach-norm.ts";
import { facts as divisiveNorm, inverseFacts as inverseDivisiveNorm } from "./activation/divisive-norm.ts";
import { facts as dynamicErf } from "./activation/dynamic-erf.ts";
import { facts as dynamicTanh } from "./activation/dynamic-tanh.ts";
import { facts as evoNormB0 } from "./activation/evo-norm-b0.ts";
import { facts as evoNormS0 } from "./activation/evo-norm-s0.ts";
import { facts as film } from "./activation/film.ts";
import { facts as filterResponseNorm } from "./activation/filter-response-norm.ts";
import { facts as ghostBatchNorm } from "./activation/ghost-batch-norm.ts";
import { facts as globalResponseNorm } from "./activation/global-response-norm.ts";
import { facts as graphNorm } from "./activation/graph-norm.ts";
import { facts as groupNorm } from "./activation/group-norm.ts";
import { facts as instanceNorm } from "./activation/instance-norm.ts";
import { facts as iterNorm } from "./activation/iter-norm.ts";
import { facts as l1BatchNorm } from "./activation/l1-batch-norm.ts";
import {
  facts as layerNorm,
  scalingFacts as layerNormScaling,
  simpleFacts as layerNormSimple,
} from "./activation/layer-norm.ts";
import { facts as lipschitzNorm } from "./activation/lipschitz-norm.ts";
import { facts as localResponseNorm } from "./activation/local-response-norm.ts";
import { facts as meanOnlyBatchNorm } from "./activation/mean-only-batch-norm.ts";
import { facts as mixtureNorm } from "./activation/mixture-norm.ts";
import { facts as normalize } from "./activation/normalize.ts";
import {
  facts as pairNorm,
  individualFacts as pairNormSI,
  simultaneousFacts as pairNormSCS,
} from "./activation/pair-norm.ts";
import { facts as pixelNorm } from "./activation/pixel-norm.ts";
import { facts as positionalNorm } from "./activation/positional-norm.ts";
import { facts as powerNorm } from "./activation/power-norm.ts";
import { facts as recurrentBatchNorm } from "./activation/recurrent-batch-norm.ts";
import { facts as rmsNorm, partialFacts as partialRMSNorm } from "./activation/rms-norm.ts";
import { facts as scaleNorm } from "./activation/scale-norm.ts";
import { facts as spade } from "./activation/spade.ts";
import { facts as switchableNorm } from "./activation/switchable-norm.ts";
import { facts as transNorm } from "./activation/trans-norm.ts";
import { facts as unsupervisedClusterNorm } from "./activation/unsupervised-cluster-norm.ts";

export { AccumulatedBatchNorm, type AccumulatedBatchNormOptions } from "./activation/accumulated-batch-norm.ts";
export { AdaNorm } from "./activation/ada-norm.ts";
export { AdaptiveBatchNorm } from "./activation/adaptive-batch-norm.ts";
export { AdaptiveInstanceNorm, type AdaptiveInstanceNormOptions } from "./activation/adaptive-instance-norm.ts";
export { AdaptiveLayerNorm, type AdaptiveLayerNormOptions } from "./activation/adaptive-layer-norm.ts";
export { BatchInstanceNorm, type BatchInstanceNormOptions } from "./activation/batch-instance-norm.ts";
export { BatchLayerNorm, type BatchLayerNormOptions } from "./activation/batch-layer-norm.ts";
export { type BatchFamilyOptions, BatchNorm, type BatchNormOptions } from "./activation/batch-norm.ts";
export { BatchRenorm, type BatchRenormOptions } from "./activation/batch-renorm.ts";
export { ClusterNorm, type ClusterNormOptions } from "./activation/cluster-norm.ts";
export { ConditionalBatchNorm, type ConditionalBatchNormOptions } from "./activation/conditional-batch-norm.ts";
export { DetachNorm } from "./activation/detach-norm.ts";
export { DivisiveNorm, type DivisiveNormOptions } from "./activation/divisive-norm.ts";
export { DynamicErf, type DynamicErfOptions } from "./activation/dynamic-erf.ts";
export { DynamicTanh, type DynamicTanhOptions } from "./activation/dynamic-tanh.ts";
export { EvoNormB0, type EvoNormB0Options } from "./activation/evo-norm-b0.ts";
export { EvoNormS0, type EvoNormS0Options } from "./activation/evo-norm-s0.ts";
export { FiLM } from "./activation/film.ts";
export { FilterResponseNorm, type FilterResponseNormOptions } from "./activation/filter-response-norm.ts";
export { GhostBatchNorm } from "./activation/ghost-batch-norm.ts";
export { GlobalResponseNorm, type GlobalResponseNormOptions } from "./activation/global-response-norm.ts";
export { GraphNorm, type GraphNormOptions } from "./activation/graph-norm.ts";
export { GroupNorm, type GroupNormOptions } from "./activation/group-norm.ts";
export { InstanceNorm, type InstanceNormOptions } from "./activation/instance-norm.ts";
export { IterNorm, type IterNormOptions } from "./activation/iter-norm.ts";
export { L1BatchNorm, type L1BatchNormOptions } from "./activation/l1-batch-norm.ts";
export { LayerNorm, type LayerNormOptions } from "./activation/layer-norm.ts";
export { LocalResponseNorm } from "./activation/local-response-norm.ts";
export { MeanOnlyBatchNorm, type MeanOnlyBatchNormOptions } from "./activation/mean-only-batch-norm.ts";
export { MixtureNorm, type MixtureNormOptions } from "./activation/mixture-norm.ts";
export { UnitNorm } from "./activation/normalize.ts";
export { PairNorm, type PairNormOptions } from "./activation/pair-norm.ts";
export { PixelNorm, type PixelNormOptions } from "./activation/pixel-norm.ts";
export { PositionalNorm, type PositionalNormOptions } from "./activation/positional-norm.ts";
export { PowerNorm, type PowerNormOptions } from "./activation/power-norm.ts";
export { RecurrentBatchNorm, type RecurrentBatchNormOptions } from "./activation/recurrent-batch-norm.ts";
export { RMSNorm, type RMSNormOptions } from "./activation/rms-norm.ts";
export { ScaleNorm, type ScaleNormOptions } from "./activation/scale-norm.ts";
export { SPADE, type SPADEOptions } from "./activation/spade.ts";
export { SwitchableNorm, type SwitchableNormOptions } from "./activation/switchable-norm.ts";
export { TransNorm } from "./activation/trans-norm.ts";
export {
  UnsupervisedClusterNorm,
  type UnsupervisedClusterNormOptions,
} from "./activation/unsupervised-cluster-norm.ts";
export { AdaptiveLayerNormZero } from "./adaptive-layer-norm-zero.ts";
export type { ModulationOptions } from "./modulation.ts";
export type { StatisticsSetsOptions } from "./statistics-sets.ts";

/** Names of these norms: of their functions, or of variants. */
export type ActivationNormName =
  | "batchNorm"
  | "ghostBatchNorm"
  | "accumulatedBatchNorm"
  | "batchLayerNorm"
  | "meanOnlyBatchNorm"
  | "batchRenorm"
  | "l1BatchNorm"
  | "batchInstanceNorm"
  | "switchableNorm"
  | "iterNorm"
  | "evoNormB0"
  | "evoNormS0"
  | "conditionalBatchNorm"
  | "spade"
  | "adaptiveBatchNorm"
  | "transNorm"
  | "recurrentBatchNorm"
  | "clusterNorm"
  | "unsupervisedClusterNorm"
  | "mixtureNorm"
  | "powerNorm"
  | "layerNorm"
  | "adaptiveLayerNorm"
  | "positionalNorm"
  | "rmsNorm"
  | "pixelNorm"
  | "layerNormSimple"
  | "layerNormScaling"
  | "partialRMSNorm"
  | "scaleNorm"
  | "adaNorm"
  | "detachNorm"
  | "groupNorm"
  | "instanceNorm"
  | "adaptiveInstanceNorm"
  | "film"
  | "localResponseNorm"
  | "divisiveNorm"
  | "inverseDivisiveNorm"
  | "dynamicTanh"
  | "dynamicErf"
  | "selu"
  | "filterResponseNorm"
  | "globalResponseNorm"
  | "normalize"
  | "qkNorm"
  | "pairNorm"
  | "pairNormSI"
  | "pairNormSCS"
  | "graphNorm"
  | "lipschitzNorm";

const rows: Readonly<Record<ActivationNormName, GivenFacts>> = {
  batchNorm,
  ghostBatchNorm,
  accumulatedBatchNorm,
  batchLayerNorm,
  meanOnlyBatchNorm,
  batchRenorm,
  l1BatchNorm,
  batchInstanceNorm,
  switchableNorm,
  iterNorm,
  evoNormB0,
  evoNormS0,
  conditionalBatchNorm,
  spade,
  adaptiveBatchNorm,
  transNorm,
  recurrentBatchNorm,
  clusterNorm,
  unsupervisedClusterNorm,
  mixtureNorm,
  powerNorm,
  layerNorm,
  adaptiveLayerNorm,
  positionalNorm,
  rmsNorm,
  pixelNorm,
  layerNormSimple,
  layerNormScaling,
  partialRMSNorm,
  scaleNorm,
  adaNorm,
  detachNorm,
  groupNorm,
  instanceNorm,
  adaptiveInstanceNorm,
  film,
  localResponseNorm,
  divisiveNorm,
  inverseDivisiveNorm,
  dynamicTanh,
  dynamicErf,
  selu,
  filterResponseNorm,
  globalResponseNorm,
  normalize,
  qkNorm,
  pairNorm,
  pairNormSI,
  pairNormSCS,
  graphNorm,
  lipschitzNorm,
};

/** What is known about these norms, by their names. The default, which `export *` leaves out. */
export default rows;
