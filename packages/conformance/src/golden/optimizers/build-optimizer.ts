import * as optim from "@tapegrad/optim";
import type { Tensor } from "@tapegrad/tensor";
import type { GoldenCase } from "../format.ts";
import { settings } from "../settings.ts";

type Config = GoldenCase["config"];
type Params = Iterable<Tensor> | Iterable<{ readonly params: Iterable<Tensor> }>;

/** One row for each optimizer of PyTorch. */
export const optimizerTable: Readonly<Record<string, (params: Params, options: object) => optim.Optimizer>> = {
  SGD: (params, options) => new optim.SGD(params, options),
  Adam: (params, options) => new optim.Adam(params, options),
  AdamW: (params, options) => new optim.AdamW(params, options),
  Adamax: (params, options) => new optim.Adamax(params, options),
  NAdam: (params, options) => new optim.NAdam(params, options),
  RAdam: (params, options) => new optim.RAdam(params, options),
  RMSprop: (params, options) => new optim.RMSprop(params, options),
  Adagrad: (params, options) => new optim.Adagrad(params, options),
  Adadelta: (params, options) => new optim.Adadelta(params, options),
};

const names = {
  lr: "lr",
  betas: "betas",
  eps: "eps",
  weight_decay: "weightDecay",
  maximize: "maximize",
  momentum: "momentum",
  dampening: "dampening",
  nesterov: "nesterov",
  amsgrad: "amsgrad",
  momentum_decay: "momentumDecay",
  decoupled_weight_decay: "decoupledWeightDecay",
  alpha: "alpha",
  centered: "centered",
  lr_decay: "lrDecay",
  initial_accumulator_value: "initialAccumulatorValue",
  rho: "rho",
  groups: null,
  params: null,
} as const;

/** Options of one of our optimizers from those of PyTorch's. */
export function optimizerOptions(config: Config): Readonly<Record<string, unknown>> {
  return settings<Record<string, unknown>>(config, names);
}

/** The optimizer that a case describes, in the groups that it names. */
export function buildOptimizer(op: string, config: Config, params: Readonly<Record<string, Tensor>>): optim.Optimizer {
  const make = optimizerTable[op]!;
  const groups = config["groups"] as readonly (Config & { readonly params: readonly string[] })[] | undefined;
  if (groups === undefined) return make(Object.values(params), optimizerOptions(config));
  return make(
    groups.map((group) => ({
      ...optimizerOptions(group),
      params: group.params.map((name) => params[name]!),
    })),
    optimizerOptions(config),
  );
}
