import {
  BatchNorm,
  Conv2d,
  Dense,
  Flatten,
  functional as f,
  GELU,
  GroupNorm,
  GRU,
  Lambda,
  LayerNorm,
  MaxPool2d,
  type Module,
  MultiHeadAttention,
  ReLU,
  RMSNorm,
  Sequential,
} from "@tapegrad/nn";
import { Generator, randint, type Tensor, tensor } from "@tapegrad/tensor";
import { integer, nat, record } from "fast-check";
import { permutation, seeds, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { asExpected } from "./naive.ts";

const classes = 3;

interface Model {
  readonly build: (generator: Generator) => Module;
  /** Shape of one sample. */
  readonly sample: readonly number[];
}

const models: Readonly<Record<string, Model>> = {
  "dense layers with norms": {
    sample: [5],
    build: (generator) =>
      new Sequential(
        new Dense(5, 8, { generator }),
        new BatchNorm(8),
        new ReLU(),
        new Dense(8, 6, { generator }),
        new LayerNorm(6),
        new GELU(),
        new RMSNorm(6),
        new Dense(6, classes, { generator }),
      ),
  },
  convolution: {
    sample: [2, 6, 6],
    build: (generator) =>
      new Sequential(
        new Conv2d(2, 4, 3, { padding: 1, generator }),
        new BatchNorm(4),
        new GroupNorm(2, 4),
        new ReLU(),
        new MaxPool2d(2),
        new Flatten(),
        new Dense(36, classes, { generator }),
      ),
  },
  recurrence: {
    sample: [4, 3],
    build: (generator) => {
      const gru = new GRU(3, classes, { batchFirst: true, bidirectional: true, generator });
      const last = new Sequential(
        new Lambda((x) => gru.forward(x)[0].slice([], -1)),
        new Dense(6, classes, { generator }),
      );
      return Object.assign(last, { gru });
    },
  },
  attention: {
    sample: [4, 6],
    build: (generator) =>
      new Sequential(
        new MultiHeadAttention(6, 2, { batchFirst: true, causal: true, generator }),
        new Flatten(),
        new Dense(24, classes, { generator }),
      ),
  },
};

/** What a step of training gives. */
interface Result {
  readonly logits: Tensor;
  readonly loss: Tensor;
  readonly gradients: readonly (readonly [string, Tensor | undefined])[];
  readonly buffers: readonly (readonly [string, Tensor])[];
}

const inputs = record({ batch: integer({ min: 2, max: 9 }), order: nat(), seed: seeds });

/** A batch in another order gives the outputs in that order, the same loss, gradients and running statistics. */
export const permutedBatches: readonly CrossCheck[] = Object.entries(models).map(([name, { build, sample }]) =>
  crossCheck(
    `${name} on permuted batches`,
    inputs,
    ({ batch, order, seed }, check) => {
      const x = source(seed)(batch, ...sample);
      const target = randint(0, classes, [batch], { generator: new Generator(seed) });
      const index = tensor(permutation(batch, order), { dtype: "int32" });
      const run = (shuffle: boolean): Result => {
        const arrange = (t: Tensor): Tensor => (shuffle ? t.indexSelect(0, index) : t);
        const model = build(new Generator(seed)).to("float64");
        const logits = model.forward(arrange(x));
        const loss = f.crossEntropy(logits, arrange(target));
        loss.backward();
        return {
          logits: shuffle ? logits : logits.indexSelect(0, index),
          loss,
          gradients: model.namedParameters().map(([key, parameter]) => [key, parameter.grad] as const),
          buffers: model.namedBuffers(),
        };
      };
      const [straight, permuted] = [run(false), run(true)];
      check.tensor("logits", permuted.logits, asExpected(straight.logits));
      check.tensor("loss", permuted.loss, asExpected(straight.loss));
      for (const key of ["gradients", "buffers"] as const) {
        straight[key].forEach(([label, want], i) => {
          check.tensor(`${key} ${label}`, permuted[key][i]?.[1], want === undefined ? null : asExpected(want));
        });
      }
    },
    { tol: { rtol: 1e-8, atol: 1e-10 }, runs: 20 },
  ),
);
