import type { Tensor } from "@tapegrad/tensor";
import { lstmCell, type LSTMState } from "../../functional/recurrent/lstm-cell.ts";
import { type CellOptions, checkCellOptions } from "./cell-parameters.ts";
import { RecurrentCell } from "./recurrent-cell.ts";

/**
 * One step of a long short-term memory: see `functional.lstmCell`.
 *
 * @param inputSize features of an input
 * @param hiddenSize features of h and of c
 * @throws {ShapeError} for extents below 1
 *
 * @example
 * ```ts
 * const cell = new LSTMCell(3, 4);
 * const [h, c] = cell.forward(randn([2, 3]));
 * [h.shape, c.shape]; // => [[2, 4], [2, 4]]
 * cell.weightIh.shape; // => [16, 3]
 * ```
 */
export class LSTMCell extends RecurrentCell<[x: Tensor, state?: LSTMState], LSTMState> {
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    checkCellOptions("LSTMCell", inputSize, hiddenSize, options, []);
    super(4, inputSize, hiddenSize, options);
  }

  /**
   * @param x `[..., inputSize]`
   * @param state h and c, each `[..., hiddenSize]`, zeros unless given
   * @returns the new h and c
   */
  override forward(x: Tensor, state: LSTMState = [this.zeroState(x), this.zeroState(x)]): LSTMState {
    return lstmCell(x, state, this);
  }
}
