import { activations } from "./activations/activations.ts";
import { init } from "./init/init.ts";
import { losses } from "./losses/losses.ts";
import { norms } from "./norms/norms.ts";
import { ops } from "./ops/ops.ts";
import { optimizers } from "./optimizers/optimizers.ts";
import type { CaseRunner } from "./run-case.ts";
import { secondOrderRunner } from "./second-order/second-order.ts";
import { trainingRunner } from "./training/training.ts";

/** How the cases of each family run: one line for each. */
export const families: Readonly<Record<string, CaseRunner>> = {
  activations,
  init,
  losses,
  norms,
  ops,
  optimizers,
  "second-order": secondOrderRunner(),
  training: trainingRunner(),
};
