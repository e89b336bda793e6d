import { assign, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectTensor, quoted, settleOptions, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { checkFloat, type RandomOptions, randomTable, zeros } from "./fill.ts";
import { fansOf, kaimingNormal } from "./variance-scaling.ts";

/** Options of {@link fixup}. */
export interface FixupOptions extends RandomOptions {
  /** Which fan keeps its variance, of the activations or of the gradients; `fanIn` unless given. The authors' code has `fanOut`. */
  readonly mode?: "fanIn" | "fanOut";
}

const table: OptionTable<FixupOptions> = { mode: option(ranges.oneOf("fanIn", "fanOut"), "fanIn"), ...randomTable };

/**
 * Fixup: fills the weights of residual branches so that deep residual networks train without norms. Of L branches with m
 * layers each, the last layer is 0, and the others are He's normal ones times `L^(−1/(2m − 2))`.
 *
 * The rest is up to the model: a last layer of zeros, one number as a bias before each layer and activation, one number as a
 * factor in each branch.
 *
 * @param branches the weights of each branch, of layout `[out, in, ...]`, in the order in which they run
 * @see Zhang, Dauphin and Ma 2019, https://arxiv.org/abs/1901.09321
 * @throws {ShapeError} for a weight of fewer than two axes
 * @throws {ValueError} for a branch without weights
 * @example
 * const branches = [1, 2].map(() => new Sequential(new Dense(8, 16), new ReLU(), new Dense(16, 8)));
 * fixup(branches.map((branch) => branch.parameters().filter((weight) => weight.ndim > 1)));
 * branches[1].forward(ones([1, 8])).sub(branches[1].at(2).bias).abs().max().item(); // => 0
 */
export function fixup(branches: readonly (readonly Tensor[])[], options: FixupOptions = {}): void {
  const { mode, generator } = settleOptions("fixup", options, table);
  const given: unknown = branches;
  if (!Array.isArray(given) || !given.every((branch) => Array.isArray(branch))) {
    throw new ValueError(`fixup: expected branches to be a list of lists of tensors, got ${quoted(given)}.`);
  }
  for (const weights of branches) {
    if (weights.length === 0) {
      throw new ValueError("fixup: expected the weights of at least one layer in every branch, got none.");
    }
    for (const weight of weights) {
      expectTensor("fixup", "a weight", weight);
      checkFloat("fixup", weight);
      fansOf("fixup", weight);
    }
  }
  for (const weights of branches) {
    const scale = branches.length ** (-1 / (2 * weights.length - 2));
    weights.forEach((weight, layer) => {
      if (layer === weights.length - 1) zeros(weight);
      else assign(kaimingNormal(weight, { mode, generator }), weight.detach().mul(scale));
    });
  }
}
