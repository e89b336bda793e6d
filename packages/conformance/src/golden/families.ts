import { activations } from "./activations/activations.ts";
import { losses } from "./losses/losses.ts";
import { ops } from "./ops/ops.ts";
import { optimizers } from "./optimizers/optimizers.ts";
import type { CaseRunner } from "./run-case.ts";
import { training } from "./training/training.ts";

/** How the cases of each family run: one line for each. */
export const families: Readonly<Record<string, CaseRunner>> = {
  activations,
  losses,
  ops,
  optimizers,
  training,
};
