import type { Tensor } from "@tapegrad/tensor";
import { checkRNNActivation, type RNNActivation, rnnCell } from "../../functional/recurrent/rnn-cell.ts";
import { type CellOptions, checkCellOptions } from "./cell-parameters.ts";
import { RecurrentCell } from "./recurrent-cell.ts";

/** Options of {@link RNNCell}. */
export interface RNNCellOptions extends CellOptions {
  /** "tanh" unless given. */
  readonly activation?: RNNActivation;
}

/**
 * One step of a plain recurrent network: see `functional.rnnCell`.
 *
 * @param inputSize features of an input
 * @param hiddenSize features of the state
 * @throws {ShapeError} for extents below 1
 * @throws {ValueError} for an unknown activation
 *
 * @example
 * ```ts
 * const cell = new RNNCell(3, 4);
 * cell.forward(randn([2, 3])).shape; // => [2, 4]
 * Object.keys(cell.stateDict()); // => ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
 * ```
 */
export class RNNCell extends RecurrentCell<Tensor[], Tensor> {
  readonly activation: RNNActivation;

  constructor(inputSize: number, hiddenSize: number, options: RNNCellOptions = {}) {
    const { activation = "tanh" } = options;
    checkCellOptions("RNNCell", inputSize, hiddenSize, options, ["activation"]);
    checkRNNActivation("RNNCell", activation);
    super(1, inputSize, hiddenSize, options);
    this.activation = activation;
  }

  /**
   * @param x `[..., inputSize]`
   * @param h `[..., hiddenSize]`, zeros unless given
   * @returns the new h
   */
  override forward(x: Tensor, h: Tensor = this.zeroState(x)): Tensor {
    return rnnCell(x, h, this, { activation: this.activation });
  }
}
