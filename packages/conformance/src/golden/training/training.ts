import { functional as f, type Module } from "@tapegrad/nn";
import { Adam, AdamW, type Optimizer, SGD } from "@tapegrad/optim";
import { FormatError, type Tensor } from "@tapegrad/tensor";
import type { Comparison } from "../comparison.ts";
import { type GoldenCase, goldenTensor, type GoldenTensors, toTensor } from "../format.ts";
import { record } from "../reader.ts";
import type { CaseRunner } from "../run-case.ts";
import { settings } from "../settings.ts";
import { live, toTensors } from "../subject.ts";
import { RecurrentModel } from "./recurrent-model.ts";
import { sequential, type Spec } from "./sequential.ts";
import { TransformerModel } from "./transformer-model.ts";

const models: Readonly<Record<string, (spec: Spec) => Module>> = {
  Sequential: sequential,
  Recurrent: (spec) => new RecurrentModel(spec),
  Transformer: (spec) => new TransformerModel(spec),
};

type BuildOptimizer = (model: Module, spec: Spec) => Pick<Optimizer<never>, "step" | "zeroGrad">;

const optimizers: Readonly<Record<string, BuildOptimizer>> = {
  SGD: (model, spec) => new SGD(model.parameters(), settings(spec, { type: null, lr: "lr", momentum: "momentum" })),
  Adam: (model, spec) => new Adam(model.parameters(), settings(spec, { type: null, lr: "lr" })),
  AdamW: (model, spec) =>
    new AdamW(model.parameters(), settings(spec, { type: null, lr: "lr", weight_decay: "weightDecay" })),
};

/** The entry of a table under the type of a specification. */
function typed<T>(table: Readonly<Record<string, T>>, name: string, spec: Spec): T {
  const type = String(spec["type"]);
  const found = Object.hasOwn(table, type) ? table[type] : undefined;
  if (found === undefined) throw new FormatError(`training: expected a known ${name}, got ${type}.`);
  return found;
}

/** A field that every training has. */
function required<K extends keyof GoldenCase>(golden: GoldenCase, field: K): NonNullable<GoldenCase[K]> {
  const value = golden[field];
  if (value === undefined) throw new FormatError(`training: expected ${field} in ${golden.name}, got none.`);
  return value;
}

/** Runs a case of training.json: a whole training, from the loss of every step to the trained model. */
export const training: CaseRunner = (golden, check) => {
  const [spec, optimizerSpec] = [golden.config["model"], golden.config["optimizer"]] as [Spec, Spec];
  if (golden.config["loss"] !== "cross_entropy") throw new FormatError("training: expected the loss cross_entropy.");
  const model = typed(models, "model", spec)(spec);
  model.loadStateDict(toTensors(required(golden, "stateBefore")));
  const optimizer = typed(optimizers, "optimizer", optimizerSpec)(model, optimizerSpec);
  const batches = required(golden, "batches").map(({ input, target }) => ({
    input: toTensor(input as GoldenTensors[string]),
    target: toTensor(target as GoldenTensors[string]).flatten(),
  }));
  for (const [i, want] of required(golden, "losses").entries()) {
    const { input, target } = batches[i % batches.length] as { input: Tensor; target: Tensor };
    const logits = model.forward(input);
    const loss = f.crossEntropy(logits.reshape([target.size, -1]), target);
    optimizer.zeroGrad();
    loss.backward();
    check.number(`losses[${i}]`, loss.item(), want);
    if (i === 0) compareFirst(golden, logits, model, check);
    optimizer.step();
  }
  const state = model.stateDict();
  const after = record(goldenTensor)(required(golden, "stateAfter"), `${golden.name}:stateAfter`);
  check.same("keys of stateAfter", Object.keys(state).join(), Object.keys(after).join());
  for (const [key, want] of Object.entries(after)) check.tensor(`stateAfter.${key}`, state[key], want);
  model.eval();
  check.tensor("evalOutput", model.forward(toTensor(required(golden, "evalInput"))), required(golden, "evalOutput"));
};

/** Holds logits and gradients of the first step against the fixture. */
function compareFirst(golden: GoldenCase, logits: Tensor, model: Module, check: Comparison): void {
  check.tensor("firstOutputs", logits, required(golden, "firstOutputs"));
  const parameters = live(model, "parameters");
  const wanted = required(golden, "firstGrads");
  check.same("keys of firstGrads", Object.keys(wanted).join(), Object.keys(parameters).join());
  for (const [key, want] of Object.entries(wanted)) check.tensor(`firstGrads.${key}`, parameters[key]?.grad, want);
}
