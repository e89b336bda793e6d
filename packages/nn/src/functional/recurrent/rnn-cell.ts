import { type Tensor, ValueError } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { linear } from "../linear.ts";
import { type CellWeights, checkCell } from "./cell-weights.ts";

/** What bends the state of a plain recurrent network. */
export type RNNActivation = "tanh" | "relu";

/** Options of {@link rnnCell}. */
export interface RNNCellArguments {
  /** "tanh" unless given. */
  readonly activation?: RNNActivation | undefined;
}

/** Throws unless `activation` is one that a plain recurrent network has. */
export function checkRNNActivation(fn: string, activation: unknown): void {
  if (activation !== "tanh" && activation !== "relu") {
    throw new ValueError(`${fn}: expected activation "tanh" or "relu", got ${JSON.stringify(activation)}.`);
  }
}

/**
 * One step of a plain recurrent network: `h' = tanh(W_ih·x + b_ih + W_hh·h + b_hh)`.
 *
 * @param x `[..., in]`
 * @param h `[..., hidden]`
 * @param weights one gate
 * @returns `[..., hidden]`, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 * @throws {ValueError} for an unknown activation
 *
 * Elman 1990, https://doi.org/10.1207/s15516709cog1402_1
 *
 * @example
 * ```ts
 * const weights = { weightIh: tensor([[1, 2]]), weightHh: tensor([[3]]) };
 * rnnCell(tensor([[1, -1]]), tensor([[2]]), weights, { activation: "relu" }).toArray(); // => [[5]]
 * ```
 */
export function rnnCell(x: Tensor, h: Tensor, weights: CellWeights, options: RNNCellArguments = {}): Tensor {
  checkOptions("rnnCell", options, ["activation"]);
  const { activation = "tanh" } = options;
  checkRNNActivation("rnnCell", activation);
  checkCell("rnnCell", 1, x, { h }, weights);
  const { weightIh, weightHh, biasIh, biasHh } = weights;
  const sum = linear(x, weightIh, biasIh).add(linear(h, weightHh, biasHh));
  return activation === "tanh" ? sum.tanh() : sum.relu();
}
