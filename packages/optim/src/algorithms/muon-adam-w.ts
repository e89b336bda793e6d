import { zerosLike } from "@tapegrad/tensor";
import { isLookupTable, option, optional, ranges } from "@tapegrad/tensor/internal";
import { Optimizer } from "../optimizer/optimizer.ts";
import type { ParamsOrGroups } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";
import type { UpdateBatch, UpdateRule } from "../optimizer/update-rule.ts";
import { updateAdam } from "./adam.ts";
import { betasRange } from "./moment-options.ts";
import { muonMomentum, type MuonOptions, muonTable, updateMuon } from "./muon.ts";

/** Options of {@link MuonAdamW}. */
export interface MuonAdamWOptions extends MuonOptions {
  /**
   * Whether AdamW takes all parameters of a group, as it should those of the last layer: if false, it takes only what has
   * fewer than two axes; unless given, also the tables of `Embedding` layers. Decided when the group is made.
   */
  readonly adamW?: boolean | undefined;
  /** Rate of AdamW, as part of `lr`; 0.1 unless given. */
  readonly adamLrRatio?: number;
  /** Decay of the moments of AdamW per step; `[0.9, 0.999]` unless given. */
  readonly adamBetas?: readonly [number, number];
  /** The `eps` of AdamW; 1e-8 unless given. */
  readonly adamEps?: number;
}

/** Complete settings of {@link MuonAdamW}. */
export type MuonAdamWSettings = Required<MuonAdamWOptions>;

const rule: UpdateRule<MuonAdamWOptions> = {
  name: "MuonAdamW",
  options: {
    ...muonTable,
    adamW: optional(ranges.flag),
    adamLrRatio: option(ranges.nonNegative, 0.1),
    adamBetas: option(betasRange, [0.9, 0.999]),
    adamEps: option(ranges.nonNegative, 1e-8),
  },
  momentum: muonMomentum,
  initialState(param, { adamW }) {
    const isOther = param.ndim < 2 || (adamW ?? isLookupTable(param));
    return isOther
      ? { exp_avg: zerosLike(param), exp_avg_sq: zerosLike(param) }
      : { momentum_buffer: zerosLike(param) };
  },
  replayable: true,
  update(batch) {
    const isMuons = ({ state }: { readonly state: object }): boolean => "momentum_buffer" in state;
    const [own, others] = [batch.slots.filter(isMuons), batch.slots.filter((slot) => !isMuons(slot))];
    if (own.length > 0) updateMuon({ ...batch, slots: own });
    if (others.length > 0) updateAdam(adamBatch({ ...batch, slots: others }), true);
  },
};

/** What AdamW sees of a step. */
function adamBatch(batch: UpdateBatch<MuonAdamWSettings>): Parameters<typeof updateAdam>[0] {
  const { params, lr, initialLr, settings } = batch.group;
  const { adamLrRatio, adamBetas: betas, adamEps: eps, weightDecay, maximize } = settings;
  const group = {
    params,
    lr: lr.mul(adamLrRatio),
    momentum: scalar(betas[0]),
    initialLr,
    settings: { lr: NaN, betas, eps, weightDecay, maximize, amsgrad: false, epsHat: false, biasCorrection: true },
  };
  return { ...batch, group };
}

/**
 * Muon for the matrices and kernels of a network, AdamW for all that Muon is not made for: what has fewer than two axes, and
 * the tables of `Embedding` layers.
 *
 * The last layer belongs to AdamW too, but looks like any other matrix: give it in a group with `adamW: true`.
 *
 * AdamW has the rate `lr · adamLrRatio`, so that one schedule moves both, and the same `weightDecay`. Unless given `lr` is 1e-3,
 * for Muon, and `weightDecay` 0.1.
 *
 * @throws {ValueError} for options outside their ranges
 * @see Jordan et al., Muon: An optimizer for hidden layers in neural networks (2024), https://kellerjordan.github.io/posts/muon
 * @example
 * const [weight, bias, head] = [ones([2, 2]), ones([2]), ones([3, 2])];
 * const optimizer = new MuonAdamW([{ params: [weight, bias] }, { params: [head], adamW: true }], { lr: 0.02 });
 * const { state } = optimizer.stateDict();
 * Object.keys(state[0] ?? {}); // => ["step", "momentum_buffer"]
 * Object.keys(state[1] ?? {}); // => ["step", "exp_avg", "exp_avg_sq"]
 * Object.keys(state[2] ?? {}); // => ["step", "exp_avg", "exp_avg_sq"]
 */
export class MuonAdamW extends Optimizer<MuonAdamWOptions> {
  static override readonly name: string = "MuonAdamW";

  constructor(params: ParamsOrGroups<MuonAdamWOptions>, options: MuonAdamWOptions = {}) {
    super(rule, params, options);
  }
}
