import { type Tensor, zeros } from "@tapegrad/tensor";
import type { Comparison } from "../comparison.ts";
import { type GoldenCase, goldenTensor, type GoldenGradients, toTensor } from "../format.ts";
import { isObject } from "../reader.ts";
import type { CaseRunner } from "../run-case.ts";
import { toTensors } from "../subject.ts";
import { buildOptimizer } from "./build-optimizer.ts";

/** Steps with given gradients; compares the parameters after each step and the state after the last. */
export const runOptimizer: CaseRunner = optimizerRunner((step) => step);

/** The same with every step run by what `wrap` makes of it. */
export function optimizerRunner(wrap: (step: () => void) => () => void): CaseRunner {
  return (golden, check) => runSteps(golden, check, wrap);
}

function runSteps(golden: GoldenCase, check: Comparison, wrap: (step: () => void) => () => void): void {
  if (golden.error !== undefined) {
    check.throws(() => buildOptimizer(golden.op, golden.config, { p0: zeros([1], { dtype: "float64" }) }));
    return;
  }
  const params = toTensors(golden.params ?? {});
  for (const param of Object.values(params)) param.requiresGrad_();
  const optimizer = buildOptimizer(golden.op, golden.config, params);
  const step = wrap(() => optimizer.step());
  (golden.steps ?? []).forEach(({ grads = {}, paramsAfter = {} }, i) => {
    setGradients(params, grads);
    step();
    for (const [name, want] of Object.entries(paramsAfter)) {
      check.tensor(`steps[${i}].paramsAfter.${name}`, params[name], want);
    }
  });
  const { state } = optimizer.stateDict();
  const order = optimizer.groups.flatMap((group) => group.params);
  const wanted = golden.stateAfter as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  for (const [name, entries] of Object.entries(wanted ?? {})) {
    const own = state[order.indexOf(params[name]!)] ?? {};
    for (const [key, want] of Object.entries(entries)) {
      const label = `stateAfter.${name}.${key}`;
      const got = own[key];
      if (got === undefined) check.fail(`${label}: expected such a state, got none`);
      else if (isObject(want)) check.tensor(label, got, goldenTensor(want, label));
      else check.number(label, got.item(), want as number);
    }
  }
}

/** Gives every parameter its gradient, or none. */
export function setGradients(params: Readonly<Record<string, Tensor>>, grads: GoldenGradients): void {
  for (const [name, param] of Object.entries(params)) {
    const grad = grads[name];
    param.grad = grad === null || grad === undefined ? undefined : toTensor(grad);
  }
}
