import {
  BatchNorm,
  Conv2d,
  Dense,
  Flatten,
  LayerNorm,
  MaxPool2d,
  type Module,
  Parameter,
  ReLU,
  RMSNorm,
  Sequential,
} from "@tapegrad/nn";
import { noGrad } from "@tapegrad/autograd";
import { assign, type Tensor, zerosLike } from "@tapegrad/tensor";
import { digest } from "../digest.ts";
import type { NormName, StepRow } from "../rows/row.ts";
import { GRUClassifier } from "./gru-classifier.ts";
import { LanguageModel } from "./language-model.ts";
import { LSTMClassifier } from "./lstm-classifier.ts";
import { load, type Program, resultProgram, type Tensors, tensorsOf, trainingProgram } from "./program.ts";

const norms: Readonly<Record<NormName, (features: number) => Module>> = {
  BatchNorm: (features) => new BatchNorm(features),
  LayerNorm: (features) => new LayerNorm(features),
  // As that of the peers.
  RMSNorm: (features) => new RMSNorm(features, { eps: 1e-5 }),
};

/** What a row means in our framework. */
export function programOf(row: StepRow): Program {
  const tensors = tensorsOf(row);
  switch (row.kind) {
    case "mlp":
      return trainingProgram(load(mlp(row.sizes, row.norm), tensors), tensors);
    case "cnn":
      return trainingProgram(load(cnn(row.channels), tensors), tensors);
    case "transformer": {
      const [symbols = 0] = tensors["embedding.weight"]!.shape;
      const [time = 0] = tensors["position"]!.shape;
      return trainingProgram(load(new LanguageModel({ ...row, symbols, time }), tensors), tensors);
    }
    case "lstm":
      return trainingProgram(load(new LSTMClassifier(row.features), tensors), tensors);
    case "gru":
      return trainingProgram(load(new GRUClassifier(row.features), tensors), tensors);
    case "norm":
      return normProgram(row.norm, row.features, tensors);
    case "inference": {
      const model = load(mlp(row.sizes, row.norm), tensors).eval();
      return resultProgram((x) => noGrad(() => model.forward(x)), [tensors["x"]!]);
    }
    case "matmul": {
      const [a, b] = [tensors["a"]!, tensors["b"]!];
      return resultProgram(() => a.matmul(b), []);
    }
  }
}

function mlp(sizes: readonly number[], norm: NormName): Module {
  const layers = sizes.slice(1).flatMap((to, i) => {
    const layer = new Dense(sizes[i]!, to);
    return i === sizes.length - 2 ? [layer] : [layer, norms[norm](to), new ReLU()];
  });
  return new Sequential(...layers);
}

function cnn(channels: readonly number[]): Module {
  const blocks = channels
    .slice(1)
    .flatMap((to, i) => [new Conv2d(channels[i]!, to, 5), new BatchNorm(to), new ReLU(), new MaxPool2d(2)]);
  return new Sequential(...blocks, new Flatten(), new Dense(16 * channels.at(-1)!, 10));
}

/** Output, and gradients of the input and of γ and β for a given cotangent. The output stays where it is, as a peer's does. */
function normProgram(name: NormName, features: number, tensors: Tensors): Program {
  const { "norm.weight": weight, "norm.bias": bias } = tensors;
  const norm = load(norms[name](features), { weight, ...(bias && { bias }) } as Tensors);
  const x = new Parameter(tensors["x"]!);
  const cotangent = tensors["cotangent"]!;
  const leaves = [x, ...norm.parameters()];
  const output = zerosLike(x);
  return {
    run: () => {
      for (const leaf of leaves) leaf.grad = undefined;
      const y = norm.forward(x);
      y.backward(cotangent);
      assign(output, y.detach());
      return y.detach().slice(0).slice(0);
    },
    inputs: [],
    values: () => leaves.map((leaf) => digest((leaf.grad as Tensor).data)),
    compared: 1,
  };
}
