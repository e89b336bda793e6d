import { ValueError } from "../errors.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { quoted } from "../options/value-range.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Distribution } from "./distribution.ts";

/**
 * Kullback–Leibler divergence of two distributions of one kind: `KL(p ‖ q) = E_p[log p(x) − log q(x)]`, in nats, for each
 * element of the batch; batches broadcast.
 *
 * @throws {ValueError} for distributions of different kinds
 * @example
 * const { Normal, klDivergence } = distributions;
 * klDivergence(new Normal(1, 2), new Normal(0, 1)).item(); // => 1.306853
 */
export function klDivergence<D extends Distribution>(p: D, q: NoInfer<D>, ...none: []): Tensor {
  expectNothing("klDivergence", none);
  for (const [name, given] of Object.entries<unknown>({ p, q })) {
    if (!(given instanceof Distribution)) {
      throw new ValueError(`klDivergence: expected ${name} to be a distribution, got ${quoted(given)}.`);
    }
  }
  if (p.constructor !== q.constructor) {
    throw new ValueError(
      `klDivergence: expected two distributions of one kind, got ${p.constructor.name} and ${q.constructor.name}. ` +
        "Estimate it from draws: the mean of p.logProb(x) − q.logProb(x).",
    );
  }
  return p.divergence(q);
}
