/** For optimizers and schedules of one's own: what their options are unless given, and may be. */
export { type Option, option, type OptionTable, ranges, required, type ValueRange } from "@tapegrad/tensor/internal";
export type { HookHandle } from "@tapegrad/tensor";
export { Adadelta, type AdadeltaOptions, type AdadeltaSettings } from "./algorithms/adadelta.ts";
export { Adafactor, type AdafactorOptions, type AdafactorSettings } from "./algorithms/adafactor.ts";
export { Adagrad, type AdagradOptions, type AdagradSettings } from "./algorithms/adagrad.ts";
export { Adam, type AdamOptions, type AdamSettings } from "./algorithms/adam.ts";
export { AdamW } from "./algorithms/adam-w.ts";
export { Adamax, type AdamaxOptions, type AdamaxSettings } from "./algorithms/adamax.ts";
export { ASGD, type ASGDOptions, type ASGDSettings } from "./algorithms/asgd.ts";
export type { DecoupledDecayOptions } from "./algorithms/decoupled-decay.ts";
export type { DescentOptions } from "./algorithms/descent-options.ts";
export { Ftrl, type FtrlOptions, type FtrlSettings } from "./algorithms/ftrl.ts";
export { LAMB, type LAMBOptions, type LAMBSettings } from "./algorithms/lamb.ts";
export { LARS, type LARSOptions, type LARSSettings } from "./algorithms/lars.ts";
export { LBFGS, type LBFGSOptions, type LBFGSSettings } from "./algorithms/lbfgs/lbfgs.ts";
export { Lion, type LionOptions, type LionSettings } from "./algorithms/lion.ts";
export type { MomentOptions } from "./algorithms/moment-options.ts";
export { Muon, type MuonOptions, type MuonSettings } from "./algorithms/muon.ts";
export { MuonAdamW, type MuonAdamWOptions, type MuonAdamWSettings } from "./algorithms/muon-adam-w.ts";
export { NAdam, type NAdamOptions, type NAdamSettings } from "./algorithms/nadam.ts";
export { RAdam, type RAdamOptions, type RAdamSettings } from "./algorithms/radam.ts";
export { RMSprop, type RMSpropOptions, type RMSpropSettings } from "./algorithms/rmsprop.ts";
export { Rprop, type RpropOptions, type RpropSettings } from "./algorithms/rprop.ts";
export { SGD, type SGDOptions, type SGDSettings } from "./algorithms/sgd.ts";
export { SparseAdam, type SparseAdamOptions, type SparseAdamSettings } from "./algorithms/sparse-adam.ts";
export type { TrustOptions } from "./algorithms/trust-ratio.ts";
export { WeightAverage, type WeightAverageOptions, type WeightAverageState } from "./averaging/weight-average.ts";
export { clipGradAdaptive, type ClipGradAdaptiveOptions } from "./clipping/clip-grad-adaptive.ts";
export { clipGradNorm, type ClipGradNormOptions } from "./clipping/clip-grad-norm.ts";
export { clipGradRms } from "./clipping/clip-grad-rms.ts";
export { clipGradValue } from "./clipping/clip-grad-value.ts";
export { clipPerExample, type PerExampleGradients } from "./clipping/clip-per-example.ts";
export { Optimizer, type StateHook, type StepHook } from "./optimizer/optimizer.ts";
export type { OptimizerState, SavedGroup } from "./optimizer/optimizer-state.ts";
export type { GroupOptions, ParamGroup, ParamsOrGroups } from "./optimizer/param-group.ts";
export type {
  CycledMomentum,
  GroupRule,
  LearningRateOption,
  SettingsOf,
  Slot,
  SlotState,
  UpdateBatch,
  UpdateRule,
} from "./optimizer/update-rule.ts";
export { layerwiseWeightDecay } from "./penalties/layerwise-weight-decay.ts";
export type { Anneal } from "./schedules/anneal.ts";
export { ChainedScheduler, type ChainedSchedulerOptions } from "./schedules/chained-scheduler.ts";
export { ConstantLR, type ConstantLROptions } from "./schedules/constant-lr.ts";
export { CosineAnnealingLR, type CosineAnnealingLROptions } from "./schedules/cosine-annealing-lr.ts";
export {
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
} from "./schedules/cosine-annealing-warm-restarts.ts";
export { CyclicLR, type CyclicLROptions, type CyclicMode } from "./schedules/cyclic-lr.ts";
export { ExponentialLR, type ExponentialLROptions } from "./schedules/exponential-lr.ts";
export { LambdaLR, type LambdaLROptions, type LrLambda } from "./schedules/lambda-lr.ts";
export { LinearLR, type LinearLROptions } from "./schedules/linear-lr.ts";
export type { MomentumCycleOptions } from "./schedules/momentum-cycle.ts";
export { MultiplicativeLR, type MultiplicativeLROptions } from "./schedules/multiplicative-lr.ts";
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
export { SWALR, type SWALROptions } from "./schedules/swa-lr.ts";
