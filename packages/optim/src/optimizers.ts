import type { Tensor } from "@tapegrad/tensor";
import { resolveName } from "@tapegrad/tensor/internal";
import { Adadelta } from "./algorithms/adadelta.ts";
import { Adafactor } from "./algorithms/adafactor.ts";
import { Adagrad } from "./algorithms/adagrad.ts";
import { AdamW } from "./algorithms/adam-w.ts";
import { Adam } from "./algorithms/adam.ts";
import { Adamax } from "./algorithms/adamax.ts";
import { ASGD } from "./algorithms/asgd.ts";
import { Ftrl } from "./algorithms/ftrl.ts";
import { LAMB } from "./algorithms/lamb.ts";
import { LARS } from "./algorithms/lars.ts";
import { Lion } from "./algorithms/lion.ts";
import { MuonAdamW } from "./algorithms/muon-adam-w.ts";
import { Muon } from "./algorithms/muon.ts";
import { NAdam } from "./algorithms/nadam.ts";
import { RAdam } from "./algorithms/radam.ts";
import { RMSprop } from "./algorithms/rmsprop.ts";
import { Rprop } from "./algorithms/rprop.ts";
import { SGD } from "./algorithms/sgd.ts";
import { SparseAdam } from "./algorithms/sparse-adam.ts";
import { Optimizer } from "./optimizer/optimizer.ts";

/** Every optimizer by its name, but LBFGS, whose step needs a closure. */
export const optimizers: { readonly [name: string]: new (params: Iterable<Tensor>) => Optimizer } = {
  sgd: SGD,
  adam: Adam,
  adamW: AdamW,
  adamax: Adamax,
  nAdam: NAdam,
  rAdam: RAdam,
  rmsprop: RMSprop,
  adagrad: Adagrad,
  adadelta: Adadelta,
  lion: Lion,
  muon: Muon,
  muonAdamW: MuonAdamW,
  adafactor: Adafactor,
  lamb: LAMB,
  lars: LARS,
  ftrl: Ftrl,
  rprop: Rprop,
  asgd: ASGD,
  sparseAdam: SparseAdam,
};

/**
 * An optimizer as it is, or a new one of that name (case does not matter) with its standard options, for `params`.
 *
 * @param fn name of the function that was called, for the message
 * @throws {ValueError} `compile: expected an Optimizer or one of sgd, adam, adamW, …, got "adma". Did you mean "adam"?`
 */
export function resolveOptimizer(fn: string, optimizer: string | Optimizer, params: Iterable<Tensor>): Optimizer {
  if (optimizer instanceof Optimizer) return optimizer;
  const Class = resolveName(fn, "an Optimizer", optimizers, optimizer);
  return new Class(params);
}
