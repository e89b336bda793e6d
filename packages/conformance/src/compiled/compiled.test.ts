import "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { activationAdapters } from "../golden/activations/activations.ts";
import { Comparison } from "../golden/comparison.ts";
import { readExclusions } from "../golden/excluded.ts";
import { readFamily } from "../golden/format.ts";
import { goldenFolder } from "../golden/golden-rows.ts";
import { lossAdapters } from "../golden/losses/losses.ts";
import { normAdapters } from "../golden/norms/norms.ts";
import { opAdapters } from "../golden/ops/ops.ts";
import { optimizersWith } from "../golden/optimizers/optimizers.ts";
import { optimizerRunner } from "../golden/optimizers/run-optimizer.ts";
import { callRunner, type CaseRunner, type Running } from "../golden/run-case.ts";
import { secondOrderRunner } from "../golden/second-order/second-order.ts";
import { trainingRunner } from "../golden/training/training.ts";

/** Forward and backward as one compiled function. */
const compiled: Running = { wrap: (fn) => compile(fn), twice: true };
const runners: Readonly<Record<string, CaseRunner>> = {
  activations: callRunner(activationAdapters, compiled),
  losses: callRunner(lossAdapters, compiled),
  norms: callRunner(normAdapters, compiled),
  optimizers: optimizersWith(optimizerRunner((step) => compile(step))),
  ops: callRunner(opAdapters, compiled),
  "second-order": secondOrderRunner(compiled),
  training: trainingRunner(compiled),
};
const excluded = readExclusions();
/** Errors that depend on the values of tensors, which a compiled function does not look at. */
const errorsOfValues = ["error/binary_cross_entropy-range", "error/gaussian_nll_loss-negative-variance"];

describe("PyTorch's results, compiled", () => {
  it.each(Object.entries(runners))(
    "%s",
    (family, run) => {
      const { cases } = readFamily(join(goldenFolder, `${family}.json`));
      const failures: string[] = [];
      let count = 0;
      for (const golden of cases) {
        if (errorsOfValues.includes(golden.name)) continue;
        if (excluded.some((one) => one.family === family && one.case === golden.name)) continue;
        const check = new Comparison(golden.tol);
        try {
          run(golden, check);
        } catch (error) {
          check.fail(String(error).split("\n")[0]!);
        }
        count += check.count;
        failures.push(...check.failures.map((failure) => `${golden.name}: ${failure}`));
      }
      console.log(`${family}: ${cases.length} cases, ${count} comparisons`);
      expect(failures).toEqual([]);
      expect(count).toBeGreaterThan(cases.length);
    },
    240_000,
  );
});
