import { chunk, type Tensor } from "@tapegrad/tensor";
import { linear } from "../linear.ts";
import { type CellWeights, checkCell } from "./cell-weights.ts";

/** The output and the memory of an LSTM. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/**
 * One step of a long short-term memory:
 *
 * ```
 * i, f, g, o = the four parts of W_ih·x + b_ih + W_hh·h + b_hh
 * c' = σ(f) ⊙ c + σ(i) ⊙ tanh(g)
 * h' = σ(o) ⊙ tanh(c')
 * ```
 *
 * @param x `[..., in]`
 * @param state h and c, each `[..., hidden]`
 * @param weights four gates in the order i, f, g, o
 * @returns the new h and c, each `[..., hidden]`, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 *
 * Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; forget gate: Gers et al. 2000,
 * https://doi.org/10.1162/089976600300015015
 *
 * @example
 * ```ts
 * const weights = { weightIh: zeros([4, 1]), weightHh: zeros([4, 1]), biasIh: tensor([0, 0, 9, 0]) };
 * const [h, c] = lstmCell(tensor([[1]]), [tensor([[0]]), tensor([[1]])], weights);
 * c.item(); // => 1.0000
 * h.item(); // => 0.3808
 * ```
 */
export function lstmCell(x: Tensor, [h, c]: LSTMState, weights: CellWeights): LSTMState {
  checkCell("lstmCell", 4, x, { h, c }, weights);
  const { weightIh, weightHh, biasIh, biasHh } = weights;
  const sum = linear(x, weightIh, biasIh).add(linear(h, weightHh, biasHh)); // [..., 4·hidden]
  const [input, forget, candidate, output] = chunk(sum, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
  const memory = forget.sigmoid().mul(c).add(input.sigmoid().mul(candidate.tanh()));
  return [output.sigmoid().mul(memory.tanh()), memory];
}
