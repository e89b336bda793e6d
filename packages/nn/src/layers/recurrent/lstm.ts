import type { Tensor } from "@tapegrad/tensor";
import { lstmCell, type LSTMState } from "../../functional/recurrent/lstm-cell.ts";
import { Recurrent, type RecurrentOptions } from "./recurrent.ts";

/**
 * Long short-term memories over sequences: see `functional.lstmCell` for a step.
 *
 * @param inputSize features of an input
 * @param hiddenSize features of h and of c
 * @throws {ShapeError} for extents below 1
 * @throws {ValueError} for a dropout that is no probability
 *
 * @example
 * ```ts
 * const lstm = new LSTM(3, 4, { bidirectional: true });
 * const [output, [h, c]] = lstm.forward(randn([5, 2, 3]));
 * [output.shape, h.shape, c.shape]; // => [[5, 2, 8], [2, 2, 4], [2, 2, 4]]
 * ```
 */
export class LSTM extends Recurrent<[x: Tensor, state?: LSTMState], readonly [output: Tensor, state: LSTMState]> {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super("LSTM", 4, inputSize, hiddenSize, options);
  }

  /**
   * @param x `[time, batch, inputSize]`, `[batch, time, inputSize]` if `batchFirst`, or `[time, inputSize]`
   * @param state h and c, each `[numLayers · directions, batch, hiddenSize]`, zeros unless given
   * @returns h of the last layer at every time, and the last h and c of every layer
   */
  override forward(x: Tensor, state?: LSTMState): readonly [output: Tensor, state: LSTMState] {
    const [h0, c0] = state ?? [];
    const [output, [h, c]] = this.run(x, { h: h0, c: c0 }, (input, [hidden, memory], weights) =>
      lstmCell(input, [hidden as Tensor, memory as Tensor], weights),
    );
    return [output, [h as Tensor, c as Tensor]];
  }
}
