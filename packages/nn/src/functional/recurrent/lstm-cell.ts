import { chunk, type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { linear } from "../linear.ts";
import { checkVector } from "../../norms/check-vector.ts";
import { type CellWeights, checkCell } from "./cell-weights.ts";

/** The output and the memory of an LSTM. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/** Options of {@link lstmCell}. */
export interface LSTMCellArguments {
  /**
   * Weights `[3·hidden]` by which the gates see the memory: p_i and p_f multiply c, p_o multiplies c'. None unless given, as in PyTorch.
   */
  readonly peepholes?: Tensor | undefined;
}

/**
 * One step of a long short-term memory:
 *
 * ```
 * i, f, g, o = the four parts of W_ih·x + b_ih + W_hh·h + b_hh
 * c' = σ(f) ⊙ c + σ(i) ⊙ tanh(g)
 * h' = σ(o) ⊙ tanh(c')
 * ```
 *
 * With peepholes `p_i ⊙ c` is added to i, `p_f ⊙ c` to f and `p_o ⊙ c'` to o.
 *
 * @param x `[..., in]`
 * @param state h and c, each `[..., hidden]`
 * @param weights four gates in the order i, f, g, o
 * @returns the new h and c, each `[..., hidden]`, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 *
 * Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; forget gate: Gers et al. 2000,
 * https://doi.org/10.1162/089976600300015015; peepholes: Gers and Schmidhuber 2000, https://doi.org/10.1109/IJCNN.2000.861302
 *
 * @example
 * ```ts
 * const weights = { weightIh: zeros([4, 1]), weightHh: zeros([4, 1]), biasIh: tensor([0, 0, 9, 0]) };
 * const [h, c] = lstmCell(tensor([[1]]), [tensor([[0]]), tensor([[1]])], weights);
 * c.item(); // => 1.0000
 * h.item(); // => 0.3808
 * ```
 */
export function lstmCell(
  x: Tensor,
  [h, c]: LSTMState,
  weights: CellWeights,
  options: LSTMCellArguments = {},
): LSTMState {
  checkOptions("lstmCell", options, ["peepholes"]);
  const { peepholes } = options;
  checkCell("lstmCell", 4, x, { h, c }, weights);
  checkVector("lstmCell", "peepholes", peepholes, [3 * h.shape.at(-1)!]);
  const { weightIh, weightHh, biasIh, biasHh } = weights;
  const sum = linear(x, weightIh, biasIh).add(linear(h, weightHh, biasHh)); // [..., 4·hidden]
  const [input, forget, candidate, output] = chunk(sum, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
  const [toInput, toForget, toOutput] = peepholes === undefined ? [] : chunk(peepholes, 3);
  const gate = (from: Tensor, memory: Tensor, peephole: Tensor | undefined): Tensor =>
    (peephole === undefined ? from : from.add(memory.mul(peephole))).sigmoid();
  const memory = gate(forget, c, toForget)
    .mul(c)
    .add(gate(input, c, toInput).mul(candidate.tanh()));
  return [gate(output, memory, toOutput).mul(memory.tanh()), memory];
}
