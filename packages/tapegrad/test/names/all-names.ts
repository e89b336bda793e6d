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
