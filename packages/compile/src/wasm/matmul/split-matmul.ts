import type { Split } from "../loops/split.ts";
import type { MatmulPlan } from "./matmul-plan.ts";

/** Products of elements that repay a barrier. */
const leastProducts = 150_000;

/** How a product is shared: along the outermost axis of its stack, or else along its rows. */
export function splitMatmul({ spec, batch }: MatmulPlan, rowStep: number): Split | undefined {
  const [first] = batch;
  const products = batch.reduce((product, { size }) => product * size, spec.m * spec.n * spec.k);
  if (products < leastProducts) return undefined;
  if (first !== undefined) return { extent: first.size, step: 1 };
  return spec.m < 2 * rowStep ? undefined : { extent: spec.m, step: rowStep };
}
