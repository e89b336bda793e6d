import { type nn, type optim, type Tensor, train } from "tapegrad";
import type { Images } from "./images.ts";

/** How a network is trained. */
export interface ClassifierTraining {
  readonly optimizer: (params: Tensor[]) => optim.Optimizer;
  readonly batchSize: number;
  /** Updates between two looks at the test part. */
  readonly every: number;
  /** How often to look; the training ends with the last look. */
  readonly looks: number;
  /** Decides about the order of batches. */
  readonly seed: number;
  /** Whether to try one batch only. */
  readonly dryRun: boolean;
  /** The learning rate of each update, counted from 0; that of the optimizer unless given. */
  readonly rateOf?: (update: number) => number;
  /** What else to do at a look. */
  readonly onLook?: () => void;
}

/** What was seen at each look. */
export interface Looks {
  /** Updates so far. */
  readonly updates: readonly number[];
  /** Mean cross-entropy of the batches since the look before. */
  readonly loss: readonly number[];
  /** Part of the test images that are right, from 0 to 1. */
  readonly accuracy: readonly number[];
}

/** Trains a network that gives logits, and looks at the test part on the way. */
export async function trainClassifier(net: nn.Module, images: Images, training: ClassifierTraining): Promise<Looks> {
  const { optimizer, batchSize, every, looks, seed, dryRun, rateOf, onLook } = training;
  const model = new train.Model(net).compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });
  const { history } = await model.fit(images.train.x, images.train.y, {
    ...{ batchSize, seed, dryRun, verbose: 0 },
    // An epoch is what lies between two looks: the next one reads on where it ends.
    epochs: looks,
    stepsPerEpoch: every,
    validationData: [images.test.x, images.test.y],
    callbacks: [
      ...(rateOf ? [new train.LearningRateSchedule(rateOf, { per: "update" })] : []),
      { onEpochEnd: () => onLook?.() },
    ],
  });
  const accuracy = history["valAccuracy"]!;
  return { updates: accuracy.map((_, look) => (look + 1) * every), loss: history["loss"]!, accuracy };
}
