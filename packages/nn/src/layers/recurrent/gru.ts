import type { Tensor } from "@tapegrad/tensor";
import { gruCell } from "../../functional/recurrent/gru-cell.ts";
import { Recurrent, type RecurrentOptions } from "./recurrent.ts";

/** Options of {@link GRU}. */
export interface GRUOptions extends RecurrentOptions {
  /** Whether r multiplies `W_hn·h + b_hn`, as in PyTorch; otherwise h itself, as in the paper. True unless given. */
  readonly resetAfter?: boolean;
}

/**
 * Gated recurrent units over sequences: see `functional.gruCell` for a step.
 *
 * @param inputSize features of an input
 * @param hiddenSize features of the state
 * @throws {ShapeError} for extents below 1
 * @throws {ValueError} for a dropout that is no probability
 *
 * @example
 * ```ts
 * const gru = new GRU(3, 4, { numLayers: 2 });
 * const [output, h] = gru.forward(randn([5, 2, 3]));
 * [output.shape, h.shape]; // => [[5, 2, 4], [2, 2, 4]]
 * ```
 */
export class GRU extends Recurrent<[x: Tensor, h?: Tensor], readonly [output: Tensor, h: Tensor]> {
  readonly resetAfter: boolean;

  constructor(inputSize: number, hiddenSize: number, options: GRUOptions = {}) {
    super("GRU", 3, inputSize, hiddenSize, options, ["resetAfter"]);
    this.resetAfter = options.resetAfter ?? true;
  }

  /**
   * @param x `[time, batch, inputSize]`, `[batch, time, inputSize]` if `batchFirst`, or `[time, inputSize]`
   * @param h `[numLayers · directions, batch, hiddenSize]`, zeros unless given
   * @returns h of the last layer at every time, and the last h of every layer
   */
  override forward(x: Tensor, h?: Tensor): readonly [output: Tensor, h: Tensor] {
    const { resetAfter } = this;
    const [output, [last]] = this.run(x, { h }, (input, [state], weights) => [
      gruCell(input, state as Tensor, weights, { resetAfter }),
    ]);
    return [output, last as Tensor];
  }
}
