import { functional as f, type Module } from "@tapegrad/nn";
import { FormatError, type Tensor } from "@tapegrad/tensor";
import type { Comparison } from "../comparison.ts";
import { type GoldenCase, goldenTensor, type GoldenTensors, toTensor } from "../format.ts";
import type { Config } from "../layers.ts";
import { buildOptimizer, optimizerTable } from "../optimizers/build-optimizer.ts";
import { record } from "../reader.ts";
import { type CaseRunner, eager, type Running } from "../run-case.ts";
import { live, toTensors } from "../subject.ts";
import { RecurrentModel } from "./recurrent-model.ts";
import { sequential } from "./sequential.ts";
import { TransformerModel } from "./transformer-model.ts";

const models: Readonly<Record<string, (spec: Config) => Module>> = {
  Sequential: sequential,
  Recurrent: (spec) => new RecurrentModel(spec),
  Transformer: (spec) => new TransformerModel(spec),
};

/** The entry of a table under the type of a specification. */
function typed<T>(table: Readonly<Record<string, T>>, name: string, { type }: Config): T {
  const found = typeof type === "string" && Object.hasOwn(table, type) ? table[type] : undefined;
  if (found === undefined) throw new FormatError(`training: expected a known ${name}, got ${String(type)}.`);
  return found;
}

/** A field that every training has. */
function required<K extends keyof GoldenCase>(golden: GoldenCase, field: K): NonNullable<GoldenCase[K]> {
  const value = golden[field];
  if (value === undefined) throw new FormatError(`training: expected ${field} in ${golden.name}, got none.`);
  return value;
}

/** The runner of training.json: a whole training, from the loss of every step to the trained model. */
export function trainingRunner({ wrap }: Running = eager): CaseRunner {
  return (golden, check) => {
    const [spec, optimizerSpec] = [golden.config["model"], golden.config["optimizer"]] as [Config, Config];
    if (golden.config["loss"] !== "cross_entropy") throw new FormatError("training: expected the loss cross_entropy.");
    const model = typed(models, "model", spec)(spec).to("float64");
    model.loadStateDict(toTensors(required(golden, "stateBefore")));
    typed(optimizerTable, "optimizer", optimizerSpec);
    const { type, ...settings } = optimizerSpec;
    const optimizer = buildOptimizer(type as string, settings, live(model, "parameters"));
    const step = wrap((input: Tensor, target: Tensor) => {
      const logits = model.forward(input);
      const loss = f.crossEntropy(logits.reshape([target.size, -1]), target);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return { logits, loss };
    });
    const batches = required(golden, "batches").map(({ input, target }) => ({
      input: toTensor(input as GoldenTensors[string]),
      target: toTensor(target as GoldenTensors[string]).flatten(),
    }));
    for (const [i, want] of required(golden, "losses").entries()) {
      const { input, target } = batches[i % batches.length]!;
      const { logits, loss } = step(input, target);
      check.number(`losses[${i}]`, loss.item(), want);
      if (i === 0) compareFirst(golden, logits, model, check);
    }
    const state = model.stateDict();
    const after = record(goldenTensor)(required(golden, "stateAfter"), `${golden.name}:stateAfter`);
    check.same("keys of stateAfter", sorted(state), sorted(after));
    for (const [key, want] of Object.entries(after)) check.tensor(`stateAfter.${key}`, state[key], want);
    model.eval();
    const evaluate = wrap((input: Tensor) => model.forward(input));
    check.tensor("evalOutput", evaluate(toTensor(required(golden, "evalInput"))), required(golden, "evalOutput"));
  };
}

/** Holds logits and gradients of the first step against the fixture. */
function compareFirst(golden: GoldenCase, logits: Tensor, model: Module, check: Comparison): void {
  check.tensor("firstOutputs", logits, required(golden, "firstOutputs"));
  const parameters = live(model, "parameters");
  const wanted = required(golden, "firstGrads");
  check.same("keys of firstGrads", sorted(parameters), sorted(wanted));
  for (const [key, want] of Object.entries(wanted)) check.tensor(`firstGrads.${key}`, parameters[key]?.grad, want);
}

/** The keys in alphabetical order. */
function sorted(dict: object): string {
  return Object.keys(dict).toSorted().join();
}
