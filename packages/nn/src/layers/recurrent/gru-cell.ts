import type { Tensor } from "@tapegrad/tensor";
import { gruCell } from "../../functional/recurrent/gru-cell.ts";
import { type CellOptions, checkCellOptions } from "./cell-parameters.ts";
import { RecurrentCell } from "./recurrent-cell.ts";

/** Options of {@link GRUCell}. */
export interface GRUCellOptions extends CellOptions {
  /** Whether r multiplies `W_hn·h + b_hn`, as in PyTorch; otherwise h itself, as in the paper. True unless given. */
  readonly resetAfter?: boolean;
}

/**
 * One step of a gated recurrent unit: see `functional.gruCell`.
 *
 * @param inputSize features of an input
 * @param hiddenSize features of the state
 * @throws {ShapeError} for extents below 1
 *
 * @example
 * ```ts
 * const cell = new GRUCell(3, 4);
 * cell.forward(randn([2, 3])).shape; // => [2, 4]
 * cell.weightIh.shape; // => [12, 3]
 * ```
 */
export class GRUCell extends RecurrentCell<Tensor[], Tensor> {
  readonly resetAfter: boolean;

  constructor(inputSize: number, hiddenSize: number, options: GRUCellOptions = {}) {
    checkCellOptions("GRUCell", inputSize, hiddenSize, options, ["resetAfter"]);
    super(3, inputSize, hiddenSize, options);
    this.resetAfter = options.resetAfter ?? true;
  }

  /**
   * @param x `[..., inputSize]`
   * @param h `[..., hiddenSize]`, zeros unless given
   * @returns the new h
   */
  override forward(x: Tensor, h: Tensor = this.zeroState(x)): Tensor {
    return gruCell(x, h, this, { resetAfter: this.resetAfter });
  }
}
