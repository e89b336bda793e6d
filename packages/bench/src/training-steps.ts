import { BatchNorm, Dense, functional, LayerNorm, type Module, ReLU, RMSNorm, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { Generator, randint, randn, type Tensor } from "@tapegrad/tensor";

/** A whole training step with Adam: forward, loss, backward, update. Returns the loss. */
export type Step = () => number;

/** A row of the table: what is trained, and a maker of its step. */
export interface TrainingCase {
  readonly name: string;
  readonly build: () => Step;
}

const batch = 32;

function step(model: Sequential, x: Tensor, lossOf: (output: Tensor) => Tensor): Step {
  const optimizer = new Adam(model.parameters(), { lr: 1e-3 });
  return () => {
    optimizer.zeroGrad();
    const loss = lossOf(model.forward(x));
    loss.backward();
    optimizer.step();
    return loss.item();
  };
}

/** 10-64-32-1, a binary classifier with BatchNorm. */
function binaryClassifier(): Step {
  const generator = new Generator(0);
  const x = randn([batch, 10], { generator });
  const y = randint(0, 2, [batch, 1], { generator }).to("float32");
  const model = new Sequential(
    new Dense(10, 64),
    new BatchNorm(64),
    new ReLU(),
    new Dense(64, 32),
    new BatchNorm(32),
    new ReLU(),
    new Dense(32, 1),
  );
  return step(model, x, (output) => functional.binaryCrossEntropyWithLogits(output, y));
}

/** 784-64-32-10, a digit classifier. */
function digitClassifier(norm: (features: number) => Module): Step {
  const generator = new Generator(0);
  const x = randn([batch, 784], { generator });
  const y = randint(0, 10, [batch], { generator });
  const model = new Sequential(
    new Dense(784, 64),
    norm(64),
    new ReLU(),
    new Dense(64, 32),
    norm(32),
    new ReLU(),
    new Dense(32, 10),
  );
  return step(model, x, (output) => functional.crossEntropy(output, y));
}

/** The training steps that are timed. */
export const trainingCases: readonly TrainingCase[] = [
  { name: "10-64-32-1 BatchNorm B32", build: binaryClassifier },
  { name: "784-64-32-10 BatchNorm B32", build: () => digitClassifier((n) => new BatchNorm(n)) },
  { name: "784-64-32-10 LayerNorm B32", build: () => digitClassifier((n) => new LayerNorm(n)) },
  { name: "784-64-32-10 RMSNorm B32", build: () => digitClassifier((n) => new RMSNorm(n)) },
];
