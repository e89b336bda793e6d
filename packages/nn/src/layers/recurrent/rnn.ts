import type { Tensor } from "@tapegrad/tensor";
import { checkRNNActivation, type RNNActivation, rnnCell } from "../../functional/recurrent/rnn-cell.ts";
import { Recurrent, type RecurrentOptions } from "./recurrent.ts";

/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentOptions {
  /** "tanh" unless given. */
  readonly activation?: RNNActivation;
}

/**
 * A plain recurrent network over sequences: see `functional.rnnCell` for a step.
 *
 * @param inputSize features of an input
 * @param hiddenSize features of the state
 * @throws {ShapeError} for extents below 1
 * @throws {ValueError} for an unknown activation or a dropout that is no probability
 *
 * @example
 * ```ts
 * const rnn = new RNN(3, 4, { batchFirst: true });
 * const [output, h] = rnn.forward(randn([2, 5, 3]));
 * [output.shape, h.shape]; // => [[2, 5, 4], [1, 2, 4]]
 * Object.keys(rnn.stateDict()); // => ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
 * ```
 */
export class RNN extends Recurrent<[x: Tensor, h?: Tensor], readonly [output: Tensor, h: Tensor]> {
  readonly activation: RNNActivation;

  constructor(inputSize: number, hiddenSize: number, options: RNNOptions = {}) {
    const { activation = "tanh" } = options;
    checkRNNActivation("RNN", activation);
    super("RNN", 1, inputSize, hiddenSize, options, ["activation"]);
    this.activation = activation;
  }

  /**
   * @param x `[time, batch, inputSize]`, `[batch, time, inputSize]` if `batchFirst`, or `[time, inputSize]`
   * @param h `[numLayers · directions, batch, hiddenSize]`, zeros unless given
   * @returns h of the last layer at every time, and the last h of every layer
   */
  override forward(x: Tensor, h?: Tensor): readonly [output: Tensor, h: Tensor] {
    const { activation } = this;
    const [output, [last]] = this.run(x, { h }, (input, [state], weights) => [
      rnnCell(input, state as Tensor, weights, { activation }),
    ]);
    return [output, last as Tensor];
  }
}
