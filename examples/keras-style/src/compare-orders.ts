import { manualSeed, train } from "tapegrad";
import type { Samples } from "./load-data.ts";
import { orderedNet } from "./nets.ts";
import type { Options } from "./options.ts";

const norms = ["BatchNorm", "LayerNorm"] as const;
const orders = ["before", "after"] as const;
const seeds = 5;

/** Trains both orders over five seeds, and gives the table of their test accuracies. */
export async function compareOrders(samples: Samples, { epochs, dryRun, seed: first }: Options): Promise<string> {
  const lines = ["norm       activation  mean     lowest   highest"];
  for (const norm of norms) {
    for (const order of orders) {
      const accuracies: number[] = [];
      for (let seed = first; seed < first + seeds; seed++) {
        manualSeed(seed);
        const model = new train.Model(orderedNet(norm, order));
        model.compile({ optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"] });
        await model.fit(...samples.train, { epochs, batchSize: 128, seed, dryRun, verbose: 0 });
        const { accuracy = Number.NaN } = await model.evaluate(...samples.test, { batchSize: 500 });
        accuracies.push(accuracy);
      }
      const mean = accuracies.reduce((sum, value) => sum + value, 0) / seeds;
      const figures = [mean, Math.min(...accuracies), Math.max(...accuracies)].map(percent);
      lines.push([norm.padEnd(11), `norm ${order}`.padEnd(12), figures.join("  ")].join(""));
    }
  }
  const [, y] = samples.test;
  lines.push(
    "",
    `Test accuracy over ${seeds} seeds, ${y.size} images, ${epochs} epochs. Ranges that overlap show no difference, and what`,
    "shows one here need not show it for another network, learning rate or data set.",
  );
  return lines.join("\n");
}

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
