import { type Tensor } from "@tapegrad/tensor";
import { expectNothing, type OptionTable, settleOptions } from "@tapegrad/tensor/internal";
import { activationOf } from "../activations/activation.ts";
import { linear } from "../dense/dense.ts";
import { applyAffine } from "../norms/affine.ts";
import { layerNorm } from "../norms/activation/layer-norm.ts";
import {
  type CellOptions,
  type CellPlan,
  cellTable,
  type CellWeights,
  checkCell,
  RecurrentCell,
} from "./recurrent-cell.ts";
import type { OptionsOf } from "../module/options-of.ts";
import { activationRow as activation, type GateActivations } from "./gate-activations.ts";
import type { PackedSequence } from "./packed-sequence.ts";
import { Recurrent, type RecurrentOptions, recurrentTable } from "./recurrent.ts";

/** Options of {@link rnnCell}. */
export interface RNNCellArguments extends Pick<GateActivations, "activation"> {}

const plan: CellPlan = { gates: 1, norms: { gain: 1 } };
const cellArguments: OptionTable<RNNCellArguments> = { activation };

/**
 * One step of a plain recurrent network: `h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh)`; with a gain,
 * `h' = tanh(LN(W_ih·x + W_hh·h; gain) + b_ih + b_hh)`.
 *
 * @param x `[..., in]`
 * @param h `[..., hidden]`
 * @param weights one gate
 * @returns `[..., hidden]`, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 * @see Elman 1990, https://doi.org/10.1207/s15516709cog1402_1; layer norm: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450
 * @example
 * const weights = { weightIh: tensor([[1, 2]]), weightHh: tensor([[3]]) };
 * rnnCell(tensor([[1, -1]]), tensor([[2]]), weights, { activation: "relu" }).toArray(); // => [[5]]
 * const cell = new RNNCell(3, 4);
 * cell.forward(randn([2, 3])).shape; // => [2, 4]
 * Object.keys(cell.stateDict()); // => ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
 */
export function rnnCell(x: Tensor, h: Tensor, weights: CellWeights, options: RNNCellArguments = {}): Tensor {
  const { activation } = settleOptions("rnnCell", options, cellArguments);
  checkCell("rnnCell", plan, x, { h }, weights);
  const { weightIh, weightHh, biasIh, biasHh, gain } = weights;
  const sum =
    gain === undefined
      ? linear(x, weightIh, biasIh).add(linear(h, weightHh, biasHh))
      : applyAffine(
          layerNorm(linear(x, weightIh).add(linear(h, weightHh)), gain.size, { weight: gain, bias: biasIh }),
          undefined,
          biasHh,
        );
  return activationOf("rnnCell", activation)(sum);
}

/** Options of {@link RNNCell}. */
export interface RNNCellOptions extends RNNCellArguments, CellOptions {}

/** {@link rnnCell} as a layer; zeros stand for an h that is not given. */
export class RNNCell extends RecurrentCell<RNNCellOptions, Tensor[], Tensor> {
  static override readonly name: string = "RNNCell";

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions & OptionsOf<"RNN"> = {}) {
    super(plan, inputSize, hiddenSize, options, { activation, ...cellTable });
    // A wrong word is refused here.
    activationOf("RNNCell", this.options.activation);
  }

  override forward(x: Tensor, h: Tensor = this.zeroState(x), ...none: []): Tensor {
    expectNothing("RNNCell.forward", none);
    return rnnCell(x, h, this, { activation: this.options.activation });
  }
}

/** Options of {@link RNN}. */
export interface RNNOptions extends RNNCellArguments, RecurrentOptions {}

/**
 * A plain recurrent network over sequences: {@link rnnCell} at every step.
 *
 * @example
 * const rnn = new RNN(3, 4, { batchFirst: true });
 * const [output, h] = rnn.forward(randn([2, 5, 3]));
 * [output.shape, h.shape]; // => [[2, 5, 4], [1, 2, 4]]
 * Object.keys(rnn.stateDict()); // => ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
 */
export class RNN extends Recurrent<
  RNNOptions,
  [x: Tensor, h?: Tensor, mask?: Tensor],
  readonly [output: Tensor, h: Tensor]
> {
  static override readonly name: string = "RNN";

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions & OptionsOf<"RNN"> = {}) {
    super(plan, inputSize, hiddenSize, options, { activation, ...recurrentTable });
    // A wrong word is refused here.
    activationOf("RNN", this.options.activation);
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
    expectNothing("RNN.forward", none);
    // Not by its name, which would be looked up at every step.
    const activation = activationOf("RNN", this.options.activation);
    const [output, [last]] = this.run(x, mask, { h }, (input, [state], weights) => [
      rnnCell(input, state!, weights, { activation }),
    ]);
    return [output, last!];
  }
}
