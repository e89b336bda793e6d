import { expectNothing } from "@tapegrad/tensor/internal";
import { expectModule } from "../module/expect-module.ts";
import type { AnyModule } from "../module/module.ts";
import { Parameter } from "../module/parameter.ts";
import { walk } from "../module/walk.ts";
import { isPruned } from "./pruned-weight.ts";

/** How much of something is 0. */
export interface Sparsity {
  /** Number of elements that are 0. */
  readonly zeros: number;
  /** Number of elements. */
  readonly size: number;
  /** `zeros / size`, 0 where there is nothing. */
  readonly sparsity: number;
}

/** What {@link sparsity} says. */
export interface SparsityReport extends Sparsity {
  /** Of each weight, in the order of the parameters. */
  readonly weights: readonly (Sparsity & { readonly name: string })[];
}

const part = (zeros: number, size: number): Sparsity => ({ zeros, size, sparsity: size === 0 ? 0 : zeros / size });

/**
 * How much of the weights of a model is 0: of each, and of all. Weights are the parameters of two axes and more, under their
 * masks where they are pruned; biases, and the gains of norms, do not count. A weight that is shared counts where it is found
 * first.
 *
 * @example
 * const net = new Sequential(pruning.l1Unstructured(new Dense(4, 2), 0.75), new ReLU(), new Dense(2, 1));
 * const { weights, zeros, size, sparsity } = pruning.sparsity(net);
 * [zeros, size, sparsity]; // => [6, 10, 0.6]
 * weights[0]; // => { name: "0.weight", zeros: 6, size: 8, sparsity: 0.75 }
 */
export function sparsity(model: AnyModule, ...none: []): SparsityReport {
  expectNothing("sparsity", none);
  expectModule("sparsity", "model", model);
  const seen = new Set<Parameter>();
  const weights: (Sparsity & { readonly name: string })[] = [];
  for (const { node, path, tensors } of walk(model, { repeat: false })) {
    for (const [field, value] of tensors) {
      if (!(value instanceof Parameter) || value.ndim < 2 || seen.has(value)) continue;
      seen.add(value);
      const isMasked = isPruned(node) && value === node.weightOrig;
      const { data, size } = isMasked ? node.weight.detach() : value;
      let zeros = 0;
      for (const element of data) if (element === 0) zeros++;
      weights.push({ name: [...path, isMasked ? "weight" : field].join("."), ...part(zeros, size) });
    }
  }
  const total = (of: "zeros" | "size"): number => weights.reduce((sum, weight) => sum + weight[of], 0);
  return { weights, ...part(total("zeros"), total("size")) };
}
