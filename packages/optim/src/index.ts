/** For optimizers and schedules of one's own: what their options are unless given, and may be. */
export { type Option, option, type OptionTable, ranges, required, type ValueRange } from "@tapegrad/tensor/internal";
export { Adadelta, type AdadeltaOptions, type AdadeltaSettings } from "./algorithms/adadelta.ts";
export { Adagrad, type AdagradOptions, type AdagradSettings } from "./algorithms/adagrad.ts";
export { Adam, type AdamOptions, type AdamSettings } from "./algorithms/adam.ts";
export { AdamW } from "./algorithms/adam-w.ts";
export { Adamax, type AdamaxOptions, type AdamaxSettings } from "./algorithms/adamax.ts";
export type { DescentOptions } from "./algorithms/descent-options.ts";
export { Lion, type LionOptions, type LionSettings } from "./algorithms/lion.ts";
export type { MomentOptions } from "./algorithms/moment-options.ts";
export { Muon, type MuonOptions, type MuonSettings } from "./algorithms/muon.ts";
export { NAdam, type NAdamOptions, type NAdamSettings } from "./algorithms/nadam.ts";
export { RAdam, type RAdamOptions, type RAdamSettings } from "./algorithms/radam.ts";
export { RMSprop, type RMSpropOptions, type RMSpropSettings } from "./algorithms/rmsprop.ts";
export { SGD, type SGDOptions, type SGDSettings } from "./algorithms/sgd.ts";
export { WeightAverage, type WeightAverageOptions, type WeightAverageState } from "./averaging/weight-average.ts";
export { clipGradNorm, type ClipGradNormOptions } from "./clipping/clip-grad-norm.ts";
export { clipGradValue } from "./clipping/clip-grad-value.ts";
export { Optimizer } from "./optimizer/optimizer.ts";
export type { OptimizerState, SavedGroup } from "./optimizer/optimizer-state.ts";
export type { GroupOptions, ParamGroup, ParamsOrGroups } from "./optimizer/param-group.ts";
export type {
  CycledMomentum,
  LearningRateOption,
  SettingsOf,
  Slot,
  SlotState,
  UpdateBatch,
  UpdateRule,
} from "./optimizer/update-rule.ts";
export { layerwiseWeightDecay } from "./penalties/layerwise-weight-decay.ts";
export { ChainedScheduler, type ChainedSchedulerOptions } from "./schedules/chained-scheduler.ts";
export { ConstantLR, type ConstantLROptions } from "./schedules/constant-lr.ts";
export { CosineAnnealingLR, type CosineAnnealingLROptions } from "./schedules/cosine-annealing-lr.ts";
export {
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
} from "./schedules/cosine-annealing-warm-restarts.ts";
export { CyclicLR, type CyclicLROptions, type CyclicMode } from "./schedules/cyclic-lr.ts";
export { ExponentialLR, type ExponentialLROptions } from "./schedules/exponential-lr.ts";
export { LinearLR, type LinearLROptions } from "./schedules/linear-lr.ts";
export type { MomentumCycleOptions } from "./schedules/momentum-cycle.ts";
export { MultiStepLR, type MultiStepLROptions } from "./schedules/multi-step-lr.ts";
export { OneCycleLR, type OneCycleLROptions } from "./schedules/one-cycle-lr.ts";
export { PolynomialLR, type PolynomialLROptions } from "./schedules/polynomial-lr.ts";
export {
  type PlateauState,
  ReduceLROnPlateau,
  type ReduceLROnPlateauOptions,
} from "./schedules/reduce-lr-on-plateau.ts";
export * as presets from "./presets.ts";
export { type AnyOptimizer, Schedule, type ScheduleState } from "./schedules/schedule.ts";
export { SequentialLR, type SequentialLROptions } from "./schedules/sequential-lr.ts";
export { StepLR, type StepLROptions } from "./schedules/step-lr.ts";
