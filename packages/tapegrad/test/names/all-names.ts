import {
  kerasActivations,
  kerasCallbacks,
  kerasConstraints,
  kerasInitializers,
  kerasLosses,
  kerasMetrics,
  kerasOptimizers,
  kerasRegularizers,
  kerasSchedules,
} from "./keras-names.ts";
import { kerasLayers } from "./keras-layers.ts";
import type { NameTable } from "./name-table.ts";
import peers from "./peers.json" with { type: "json" };
import { torchFunctional, torchInit, torchNn, torchOptim, torchSchedules, torchUtils } from "./torch-names.ts";

/** Names of PyTorch 1.13 and of what 2.x has added, and of Keras 3, by module. Names only. */
export const peerNames: Readonly<Record<keyof typeof peers, readonly string[]>> = peers;

/** What there is here for each of them, by module. */
export const nameTables: Readonly<Record<keyof typeof peers, NameTable>> = {
  "torch.nn": torchNn,
  "torch.nn.functional": torchFunctional,
  "torch.nn.init": torchInit,
  "torch.nn.utils": torchUtils,
  "torch.optim": torchOptim,
  "torch.optim.lr_scheduler": torchSchedules,
  "keras.layers": kerasLayers,
  "keras.losses": kerasLosses,
  "keras.metrics": kerasMetrics,
  "keras.optimizers": kerasOptimizers,
  "keras.optimizers.schedules": kerasSchedules,
  "keras.activations": kerasActivations,
  "keras.initializers": kerasInitializers,
  "keras.regularizers": kerasRegularizers,
  "keras.constraints": kerasConstraints,
  "keras.callbacks": kerasCallbacks,
};

/** Names of ours that rows give and that are not there yet. Whoever makes one takes it out here. */
export const coming: readonly string[] = [
  // Lazy layers, lists of modules and parameters, parametrizations.
  "nn.ModuleDict nn.ParameterDict nn.ParameterList nn.lazy nn.parametersToVector nn.vectorToParameters",
  "nn.parametrizations.spectralNorm nn.parametrizations.weightNorm nn.parametrize.cached",
  "nn.parametrize.isParametrized nn.parametrize.registerParametrization nn.parametrize.removeParametrizations",
  // Attention and stacks of it.
  "nn.AdditiveAttention nn.Attention nn.Transformer nn.TransformerDecoder nn.TransformerDecoderLayer",
  "nn.TransformerEncoder",
  // Packed sequences.
  "nn.functional.packPaddedSequence nn.functional.packSequence nn.functional.padPackedSequence",
  "nn.functional.padSequence nn.functional.unpackSequence nn.functional.unpadSequence",
  // Activations.
  "nn.HardShrink nn.RReLU nn.SoftShrink nn.TanhShrink nn.functional.gumbelSoftmax nn.functional.hardShrink",
  "nn.functional.rrelu nn.functional.softShrink nn.functional.tanhShrink nn.functional.sparsePlus",
  "nn.functional.sparseSigmoid nn.functional.sparsemax nn.functional.squareplus",
  // Losses.
  "nn.AdaptiveLogSoftmaxWithLoss nn.CircleLoss nn.MultiLabelMarginLoss nn.MultiLabelSoftMarginLoss",
  "nn.MultiMarginLoss nn.SoftMarginLoss nn.TripletMarginLoss nn.TripletMarginWithDistanceLoss",
  "nn.functional.circleLoss nn.functional.multiMarginLoss nn.functional.multilabelMarginLoss",
  "nn.functional.multilabelSoftMarginLoss nn.functional.softMarginLoss nn.functional.tripletMarginLoss",
  "nn.functional.tripletMarginWithDistanceLoss",
].flatMap((names) => names.split(" "));
