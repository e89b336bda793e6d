import { compile } from "@tapegrad/compile";
import { functional as f, type Module } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { type GoldenCase, goldenTensor, type GoldenTensors, toTensor } from "../golden/format.ts";
import type { Config } from "../golden/layers.ts";
import { buildOptimizer } from "../golden/optimizers/build-optimizer.ts";
import { record } from "../golden/reader.ts";
import type { CaseRunner } from "../golden/run-case.ts";
import { live, toTensors } from "../golden/subject.ts";
import { RecurrentModel } from "../golden/training/recurrent-model.ts";
import { sequential } from "../golden/training/sequential.ts";
import { TransformerModel } from "../golden/training/transformer-model.ts";

function modelOf(spec: Config): Module {
  if (spec["type"] === "Recurrent") return new RecurrentModel(spec);
  return spec["type"] === "Transformer" ? new TransformerModel(spec) : sequential(spec);
}

/** Runs a case of training.json with the whole step compiled: forward, backward and optimizer. */
export const compiledTraining: CaseRunner = (golden, check) => {
  const { config, batches = [], losses = [], firstGrads = {} } = golden;
  const model = modelOf(config["model"] as Config).to("float64");
  model.loadStateDict(toTensors(golden.stateBefore ?? {}));
  const { type, ...settings } = config["optimizer"] as Config;
  const parameters = live(model, "parameters");
  const optimizer = buildOptimizer(type as string, settings, parameters);
  const step = compile((input: Tensor, target: Tensor) => {
    const logits = model.forward(input);
    const loss = f.crossEntropy(logits.reshape([target.size, -1]), target);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return { logits, loss };
  });
  const given = batches.map(({ input, target }) => ({
    input: toTensor(input as GoldenTensors[string]),
    target: toTensor(target as GoldenTensors[string]).flatten(),
  }));
  losses.forEach((want, i) => {
    const { input, target } = given[i % given.length]!;
    const { logits, loss } = step(input, target);
    check.number(`losses[${i}]`, loss.item(), want);
    if (i > 0) return;
    check.tensor("firstOutputs", logits, golden.firstOutputs as GoldenTensors[string]);
    for (const [key, grad] of Object.entries(firstGrads))
      check.tensor(`firstGrads.${key}`, parameters[key]?.grad, grad);
  });
  const state = model.stateDict();
  const after = record(goldenTensor)(required(golden, "stateAfter"), `${golden.name}:stateAfter`);
  for (const [key, want] of Object.entries(after)) check.tensor(`stateAfter.${key}`, state[key], want);
  model.eval();
  const evaluate = compile((input: Tensor) => model.forward(input));
  check.tensor("evalOutput", evaluate(toTensor(required(golden, "evalInput"))), required(golden, "evalOutput"));
};

function required<K extends keyof GoldenCase>(golden: GoldenCase, field: K): NonNullable<GoldenCase[K]> {
  const value = golden[field];
  if (value === undefined) throw new Error(`training: expected ${field} in ${golden.name}.`);
  return value;
}
