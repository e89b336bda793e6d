import type { Tensor } from "@tapegrad/tensor";

/** A step that was taken, and by how much it changed the gradient. */
export interface Correction {
  readonly step: Tensor;
  readonly change: Tensor;
  /** 1 / (change · step) */
  readonly rho: number;
}

/** Product of two vectors. */
export function dot(a: Tensor, b: Tensor): number {
  return a.mul(b).sum().item();
}

/**
 * `−H·g`, with the inverse Hessian H that corrections say, over `scale·I`: the two loops of L-BFGS.
 *
 * @param corrections from the oldest to the newest
 * @see Nocedal, Updating Quasi-Newton Matrices with Limited Storage (1980), https://doi.org/10.1090/S0025-5718-1980-0572855-7
 */
export function quasiNewtonDirection(gradient: Tensor, corrections: readonly Correction[], scale: number): Tensor {
  let direction = gradient.neg();
  const shares = corrections.toReversed().map(({ step, change, rho }) => {
    const share = rho * dot(step, direction);
    direction = direction.sub(change.mul(share));
    return share;
  });
  shares.reverse();
  direction = direction.mul(scale);
  corrections.forEach(({ step, change, rho }, i) => {
    direction = direction.add(step.mul(shares[i]! - rho * dot(change, direction)));
  });
  return direction;
}
