import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectNoTrace } from "@tapegrad/tensor/internal";
import { normalCdf } from "../init/normal-quantile.ts";
import { expectModule } from "../module/expect-module.ts";
import type { AnyModule } from "../module/module.ts";
import { BatchNorm } from "../norms/activation/batch-norm.ts";
import { BatchRenorm } from "../norms/activation/batch-renorm.ts";
import { GhostBatchNorm } from "../norms/activation/ghost-batch-norm.ts";
import { activationAfter } from "./activation-after.ts";

/** How undecided the neurons behind a norm are. */
export interface LayerEntropy {
  /** The name of the norm in the model. */
  readonly name: string;
  /** Mean entropy of on and off over the channels, in bits: from 0, always the same, to 1. */
  readonly entropy: number;
  /**
   * The name of the activation right behind the norm: a rectifier or an `Activation` in a Sequential, or what a DenseBatchNorm was
   * given; undefined where none is known.
   */
  readonly activation: string | undefined;
}

type Norm = BatchNorm | BatchRenorm | GhostBatchNorm;

/** Whether the neurons behind a module are on by its γ and β. */
export function isRanked(module: AnyModule): module is Norm & AnyModule {
  return [BatchNorm, BatchRenorm, GhostBatchNorm].some((Class) => module instanceof Class);
}

/** Entropy of what happens with probability p, in bits, given p and 1 − p, of which either may be tiny. */
function entropyOf(p: number, q: number): number {
  const term = (x: number): number => (x === 0 ? 0 : -x * Math.log2(x));
  return term(p) + term(q);
}

/** The mean over the channels of a norm. */
function meanEntropy({ features, weight, bias }: Norm): number {
  const at = (t: Tensor | undefined, i: number, standard: number): number => (t === undefined ? standard : t.data[i]!);
  let sum = 0;
  for (let i = 0; i < features; i++) {
    const [gain, shift] = [Math.abs(at(weight, i, 1)), at(bias, i, 0)];
    // A channel of gain 0 is constant: on or off for good.
    if (gain !== 0) sum += entropyOf(normalCdf(-shift / gain), normalCdf(shift / gain));
  }
  return sum / features;
}

/**
 * The layers of a model by how undecided their neurons are, lowest first: which may become linear, or go, without much harm.
 *
 * Behind a BatchNorm a neuron is about `N(β, γ²)` and off with probability `P(z ≤ 0) = Φ(−β/|γ|)`; the entropy of on and
 * off, `−p·log₂p − (1 − p)·log₂(1 − p)`, is averaged over the channels. A channel of γ = 0 is constant and has entropy 0,
 * whatever β is; without γ and β they are 1 and 0. Every BatchNorm, BatchRenorm and GhostBatchNorm is ranked, equal ones in the order
 * of the model; whether a rectifier follows, which it is about, `activation` tells where that can be seen.
 *
 * @throws {CompileError} while a function is traced
 * @see Liao et al., Till the Layers Collapse (2025), https://arxiv.org/abs/2412.15077
 * @example
 * const net = new Sequential(new Dense(2, 4), new BatchNorm(4), new ReLU(), new Dense(4, 2), new BatchNorm(2));
 * const norm = net.at(1) as BatchNorm;
 * assign(norm.bias!, ones([4]));
 * pruning.layerEntropy(net).map(({ name }) => name); // => ["1", "4"]
 * pruning.layerEntropy(net)[0]; // => { name: "1", entropy: 0.6311, activation: "2" }
 */
export function layerEntropy(model: AnyModule, ...none: []): LayerEntropy[] {
  expectNothing("layerEntropy", none);
  expectModule("layerEntropy", "model", model);
  expectNoTrace("layerEntropy", "Call it before.");
  const rows = model.namedModules().flatMap(([name, module]): LayerEntropy[] => {
    if (!isRanked(module)) return [];
    return [{ name, entropy: meanEntropy(module), activation: activationAfter(model, module)?.name }];
  });
  return rows.sort((a, b) => a.entropy - b.entropy);
}
