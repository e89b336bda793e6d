import { expectNumber, fraction, nonNegative } from "../expect-number.ts";

/** Options that all relatives of Adam have. */
export interface MomentSettings {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
}

/**
 * Checks the options that all relatives of Adam have.
 *
 * @throws {ValueError} `Adam: expected betas[0] in [0, 1), got 1.`
 */
export function expectMoments(name: string, { lr, betas, eps, weightDecay }: MomentSettings): void {
  expectNumber(name, "lr", lr, nonNegative);
  expectNumber(name, "betas[0]", betas[0], fraction);
  expectNumber(name, "betas[1]", betas[1], fraction);
  expectNumber(name, "eps", eps, nonNegative);
  expectNumber(name, "weightDecay", weightDecay, nonNegative);
}
