import { WeightAverage } from "@tapegrad/optim";
import { assign } from "@tapegrad/tensor";
import { toTensor } from "../format.ts";
import type { CaseRunner } from "../run-case.ts";
import { toTensors } from "../subject.ts";

/** Changes the parameters step by step; compares their average after each change. */
export const runAverage: CaseRunner = ({ config, params: initial = {}, steps = [] }, check) => {
  const params = toTensors(initial);
  const names = Object.keys(params);
  const { mode, decay } = config;
  const average = new WeightAverage(Object.values(params), mode === "ema" ? { decay: decay as number } : {});
  steps.forEach((step, i) => {
    for (const [name, value] of Object.entries(step.params ?? {})) assign(params[name]!, toTensor(value));
    average.update();
    for (const [name, want] of Object.entries(step.averaged ?? {})) {
      check.tensor(`steps[${i}].averaged.${name}`, average.averages[names.indexOf(name)], want);
    }
  });
};
