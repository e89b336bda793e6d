import { type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  firstUnexpected,
  type OptionTable,
  quoted,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { checkVector } from "../module/check-vector.ts";
import type { Weighted } from "../norms/computed-weight.ts";
import { type AmountOptions, amountOf, withoutLowest } from "./lowest.ts";
import { maskOf, type Pruned, setMask } from "./pruned-weight.ts";

const table: OptionTable<AmountOptions> = { of: amountOf };

/** Prunes the smallest elements of the weights of all modules together. */
function pruneSmallest(fn: string, modules: readonly Weighted[], amount: number, options: AmountOptions): void {
  const { of } = settleOptions(fn, options, table);
  expectValue(fn, "amount", amount, ranges.unit);
  const masks = modules.map((module) => maskOf(fn, module));
  const kept = joined(masks);
  const scores = joined(modules.map(({ weight }) => weight.detach().abs()));
  const stay = withoutLowest(scores, kept, amount, of);
  let begin = 0;
  modules.forEach((module, i) => {
    const { shape, dtype, size } = masks[i]!;
    setMask(module, tensor(stay.slice(begin, (begin += size)), { shape, dtype }));
  });
}

/** The elements of all tensors, one after the other. */
function joined(tensors: readonly Tensor[]): Float64Array {
  const elements = new Float64Array(tensors.reduce((total, { size }) => total + size, 0));
  let begin = 0;
  for (const { data, size } of tensors) {
    elements.set(data, begin);
    begin += size;
  }
  return elements;
}

/**
 * Prunes the part `amount` of a module's weight that is smallest, `|w|`: they are 0 from now on, and stay so while the
 * others are trained.
 *
 * Changes the module and returns it: `weightOrig`, the same parameter, takes the place of `weight`, which is
 * `weightOrig` under `weightMask`. Optimizers that train it go on, and the keys of the state dictionary are PyTorch's.
 * Pruning again prunes more: `amount` is a part of what remains, or with `of: "all"` of everything. As many as the rounded
 * product says (a half to the even number) are pruned; of equal ones the first.
 *
 * @param amount in [0, 1]
 * @throws {ValueError} when the module has no parameter `weight`, or another amount
 * @throws {CompileError} while a function is traced
 * @see Han et al. 2015, https://arxiv.org/abs/1506.02626
 * @example
 * const layer = new Dense(4, 1);
 * layer.weight = new Parameter(tensor([[3, -1, 2, -4]]));
 * pruning.l1Unstructured(layer, 0.5).weight.toArray(); // => [[3, 0, 0, -4]]
 * Object.keys(layer.stateDict()); // => ["bias", "weight_orig", "weight_mask"]
 */
export function l1Unstructured<M extends Weighted>(module: M, amount: number, options: AmountOptions = {}): M & Pruned {
  pruneSmallest("l1Unstructured", [module], amount, options);
  return module as M & Pruned;
}

/**
 * Prunes the part `amount` of the weights of several modules that is smallest in all of them together, as
 * {@link l1Unstructured} does in one: some lose more than others.
 *
 * @param modules each counts once
 * @param amount in [0, 1]
 * @throws {ValueError} when a module has no parameter `weight`, or for another amount; none is changed then
 * @throws {CompileError} while a function is traced
 * @example
 * const [a, b] = [new Dense(2, 1), new Dense(2, 1)];
 * a.weight = new Parameter(tensor([[1, 2]]));
 * b.weight = new Parameter(tensor([[3, -4]]));
 * pruning.globalUnstructured([a, b], 0.5);
 * [a.weight.toArray(), b.weight.toArray()]; // => [[[0, 0]], [[3, -4]]]
 */
export function globalUnstructured(modules: readonly Weighted[], amount: number, options: AmountOptions = {}): void {
  if (!Array.isArray(modules)) {
    throw new ValueError(`globalUnstructured: expected a list of modules, got ${quoted(modules)}.`);
  }
  pruneSmallest("globalUnstructured", [...new Set(modules as readonly Weighted[])], amount, options);
}

/**
 * Prunes a module's weight where a mask is 0, besides what is pruned already, as {@link l1Unstructured} does.
 *
 * @param mask of the shape of the weight, bools or numbers 0 and 1
 * @throws {ShapeError} for a mask of another shape
 * @throws {ValueError} when the module has no parameter `weight`, or the mask has other numbers
 * @throws {CompileError} while a function is traced
 * @example
 * const layer = new Dense(3, 1, { init: "ones" });
 * pruning.fromMask(layer, tensor([[1, 0, 1]])).weight.toArray(); // => [[1, 0, 1]]
 */
export function fromMask<M extends Weighted>(module: M, mask: Tensor, ...none: []): M & Pruned {
  expectNothing("fromMask", none);
  const before = maskOf("fromMask", module);
  expectTensor("fromMask", "mask", mask);
  checkVector("fromMask", "mask", mask, before.shape);
  const wrong = firstUnexpected(mask.data, { within: [[0, 0], [1, 1]], error: () => new ValueError("") }); // prettier-ignore
  if (wrong !== undefined) throw new ValueError(`fromMask: expected a mask of zeros and ones, got ${wrong}.`);
  return setMask(module, before.mul(mask.detach().to(before.dtype)));
}
