import { tensor } from "@tapegrad/tensor";
import {
  expectValue,
  normalizeAxis,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { axesBut, outputAxis, type Weighted } from "../norms/computed-weight.ts";
import { type AmountOptions, amountOf, withoutLowest } from "./lowest.ts";
import { maskOf, type Pruned, setMask } from "./pruned-weight.ts";

/** Options of {@link lnStructured}. */
export interface LnStructuredOptions extends AmountOptions {
  /** Which norm, from 1 on, `Infinity` too; 2 unless given. */
  readonly n?: number;
  /** The axis whose entries are pruned: that of the outputs unless given, 1 for transposed convolutions and 0 for others. */
  readonly axis?: number | undefined;
}

const table: OptionTable<LnStructuredOptions> = {
  n: option({ text: "≥ 1", has: (n): n is number => typeof n === "number" && n >= 1 }, 2),
  axis: optional(ranges.integer),
  of: amountOf,
};

/**
 * Prunes the part `amount` of the channels of a module's weight whose norms `‖w‖_n` are lowest, whole channels each:
 * those of the outputs, or of `axis`.
 *
 * Changes the module and returns it, as `l1Unstructured` does. A channel that is pruned altogether already does not
 * count as remaining; biases stay.
 *
 * @param amount in [0, 1]
 * @throws {ValueError} when the module has no parameter `weight`, or for another amount
 * @throws {ShapeError} for an axis that the weight does not have
 * @throws {CompileError} while a function is traced
 * @see Li et al. 2017, https://arxiv.org/abs/1608.08710
 * @example
 * const layer = new Dense(2, 2);
 * layer.weight = new Parameter(tensor([[3, 0], [-2, 2]]));
 * pruning.lnStructured(layer, 0.5).weight.toArray(); // => [[3, 0], [0, 0]]
 * pruning.lnStructured(pruning.remove(layer), 0.5, { axis: 1 }).weight.toArray(); // => [[3, 0], [0, 0]]
 */
export function lnStructured<M extends Weighted>(
  module: M,
  amount: number,
  options: LnStructuredOptions = {},
): M & Pruned {
  const { n, axis: given, of } = settleOptions("lnStructured", options, table);
  expectValue("lnStructured", "amount", amount, ranges.unit);
  const mask = maskOf("lnStructured", module);
  const axis = normalizeAxis("lnStructured", given ?? outputAxis(module), mask.ndim);
  const others = axesBut("lnStructured", mask, axis);
  const norms = module.weight.detach().norm({ p: n, axis: others });
  const kept = mask.detach().abs().max({ axis: others });
  const stay = tensor(withoutLowest(norms.data, kept.data, amount, of), { dtype: mask.dtype });
  return setMask(module, mask.mul(stay.reshape(mask.shape.map((extent, i) => (i === axis ? extent : 1)))));
}
