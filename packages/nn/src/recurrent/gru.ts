import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";
import { linear } from "../dense/dense.ts";
import { layerNorm } from "../norms/activation/layer-norm.ts";
import {
  type CellOptions,
  type CellPlan,
  cellTable,
  type CellWeights,
  checkCell,
  product,
  RecurrentCell,
} from "./recurrent-cell.ts";
import type { OptionsOf } from "../module/options-of.ts";
import { type GateActivations, gateFunctions, gateTable } from "./gate-activations.ts";
import type { PackedSequence } from "./packed-sequence.ts";
import { Recurrent, type RecurrentOptions, recurrentTable } from "./recurrent.ts";

/** Options of {@link gruCell}. */
export interface GRUCellArguments extends GateActivations {
  /** Whether r multiplies the product `W_hn·h + b_hn`, as in PyTorch and cuDNN; otherwise h itself, as in the paper. True unless given. */
  readonly resetAfter?: boolean;
}

const plan: CellPlan = { gates: 3, norms: { gainIh: 3, gainHh: 3 } };
const cellArguments: OptionTable<GRUCellArguments> = { resetAfter: option(ranges.flag, true), ...gateTable };

/**
 * One step of a gated recurrent unit:
 *
 * ```
 * r  = σ(W_ir·x + b_ir + W_hr·h + b_hr)
 * z  = σ(W_iz·x + b_iz + W_hz·h + b_hz)
 * n  = tanh(W_in·x + b_in + r ⊙ (W_hn·h + b_hn))
 * h' = (1 − z) ⊙ n + z ⊙ h
 * ```
 *
 * `recurrentActivation` stands in place of σ, and `activation` in place of tanh. With gains each product is `LN(W·x; gain) + b`,
 * one norm for r and z together and one for n.
 *
 * @param x `[..., in]`
 * @param h `[..., hidden]`
 * @param weights three gates in the order r, z, n
 * @returns `[..., hidden]`, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 * @see Cho et al. 2014, https://arxiv.org/abs/1406.1078; layer norm: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
 * @example
 * const weights = { weightIh: zeros([3, 1]), weightHh: zeros([3, 1]), biasIh: tensor([0, 9, 0]) };
 * gruCell(tensor([[1]]), tensor([[2]]), weights).item(); // => 1.9998
 * const cell = new GRUCell(3, 4);
 * cell.forward(randn([2, 3])).shape; // => [2, 4]
 * cell.weightIh.shape; // => [12, 3]
 */
export function gruCell(x: Tensor, h: Tensor, weights: CellWeights, options: GRUCellArguments = {}): Tensor {
  const { resetAfter, ...named } = settleOptions("gruCell", options, cellArguments);
  const { activation, recurrentActivation } = gateFunctions("gruCell", named);
  checkCell("gruCell", plan, x, { h }, weights);
  const { weightIh, weightHh, biasIh, biasHh, gainIh, gainHh } = weights;
  const hidden = h.shape.at(-1)!;
  const [gatesOfInput, ofInput] = products(x, weightIh, biasIh, gainIh, hidden);
  const gates = (ofState: Tensor): readonly [reset: Tensor, update: Tensor] => {
    const both = recurrentActivation(gatesOfInput.add(ofState));
    return [part(both, 0, hidden), part(both, hidden, 2 * hidden)];
  };
  if (resetAfter) {
    const [gatesOfState, ofState] = products(h, weightHh, biasHh, gainHh, hidden);
    const [reset, update] = gates(gatesOfState);
    return blend(activation(ofInput.add(reset.mul(ofState))), update, h);
  }
  const fromRows = (state: Tensor, start: number, stop?: number): Tensor => {
    const rows = (t: Tensor | undefined): Tensor | undefined => t?.slice([start, stop]);
    return product(state, rows(weightHh)!, rows(biasHh), rows(gainHh));
  };
  const [reset, update] = gates(fromRows(h, 0, 2 * hidden));
  return blend(activation(ofInput.add(fromRows(reset.mul(h), 2 * hidden))), update, h);
}

/** A product for r and z, and for n; with a gain either is normalized for itself. */
function products(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  gain: Tensor | undefined,
  hidden: number,
): readonly [gates: Tensor, candidate: Tensor] {
  const raw = linear(x, weight, gain === undefined ? bias : undefined); // [..., 3·hidden]
  const of = (start: number, stop: number): Tensor => {
    const product = part(raw, start, stop);
    if (gain === undefined) return product;
    const [weight, shift] = [gain, bias].map((rows) => rows?.slice([start, stop]));
    return layerNorm(product, stop - start, { weight, bias: shift });
  };
  return [of(0, 2 * hidden), of(2 * hidden, 3 * hidden)];
}

/** Elements of the last axis. */
function part(x: Tensor, start: number, stop: number): Tensor {
  return x.slice(...x.shape.slice(0, -1).map((): [] => []), [start, stop]);
}

/** `(1 − z) ⊙ n + z ⊙ h`, as a step from the candidate towards h. */
function blend(n: Tensor, update: Tensor, h: Tensor): Tensor {
  return n.add(update.mul(h.sub(n)));
}

/** Options of {@link GRUCell}. */
export interface GRUCellOptions extends GRUCellArguments, CellOptions {}

/** {@link gruCell} as a layer; zeros stand for an h that is not given. */
export class GRUCell extends RecurrentCell<GRUCellOptions, Tensor[], Tensor> {
  static override readonly name: string = "GRUCell";

  constructor(inputSize: number, hiddenSize: number, options: GRUCellOptions & OptionsOf<"GRU"> = {}) {
    super(plan, inputSize, hiddenSize, options, { ...cellArguments, ...cellTable });
    // A wrong word is refused here.
    gateFunctions("GRUCell", this.options);
  }

  override forward(x: Tensor, h: Tensor = this.zeroState(x), ...none: []): Tensor {
    expectNothing("GRUCell.forward", none);
    const { resetAfter, activation, recurrentActivation } = this.options;
    return gruCell(x, h, this, { resetAfter, activation, recurrentActivation });
  }
}

/** Options of {@link GRU}. */
export interface GRUOptions extends GRUCellArguments, RecurrentOptions {}

/**
 * Gated recurrent units over sequences: {@link gruCell} at every step.
 *
 * @example
 * const gru = new GRU(3, 4, { numLayers: 2 });
 * const [output, h] = gru.forward(randn([5, 2, 3]));
 * [output.shape, h.shape]; // => [[5, 2, 4], [2, 2, 4]]
 */
export class GRU extends Recurrent<
  GRUOptions,
  [x: Tensor, h?: Tensor, mask?: Tensor],
  readonly [output: Tensor, h: Tensor]
> {
  static override readonly name: string = "GRU";

  constructor(inputSize: number, hiddenSize: number, options: GRUOptions & OptionsOf<"GRU"> = {}) {
    super(plan, inputSize, hiddenSize, options, { ...cellArguments, ...recurrentTable });
    // A wrong word is refused here.
    gateFunctions("GRU", this.options);
  }

  /** From zeros, all steps: what may be called on any of the three recurrent layers. */
  override forward(x: Tensor): readonly [output: Tensor, h: Tensor];
  /** Packed sequences give packed outputs, and the states that each sequence has at its own end. */
  override forward(x: PackedSequence, h?: Tensor): readonly [output: PackedSequence, h: Tensor];
  /**
   * @param x `[time, batch, inputSize]`, `[batch, time, inputSize]` if `batchFirst`, or `[time, inputSize]`
   * @param h `[numLayers · directions, batch, hiddenSize]`, zeros unless given
   * @param mask which steps count, bool of shape `[time, batch]`, or as x: at others the state goes on as it is, and the
   * output is as `zeroOutputForMask` says; all unless given
   * @returns h of the last layer at every time, and the last h of every layer
   */
  override forward(x: Tensor, h?: Tensor, mask?: Tensor, ...none: []): readonly [output: Tensor, h: Tensor];
  override forward(
    x: Tensor | PackedSequence,
    h?: Tensor,
    mask?: Tensor,
    ...none: []
  ): readonly [output: Tensor | PackedSequence, h: Tensor] {
    expectNothing("GRU.forward", none);
    // Not by their names, which would be looked up at every step.
    const options = { resetAfter: this.options.resetAfter, ...gateFunctions("GRU", this.options) };
    const [output, [last]] = this.run(x, mask, { h }, (input, [state], weights) => [
      gruCell(input, state!, weights, options),
    ]);
    return [output, last!];
  }
}
