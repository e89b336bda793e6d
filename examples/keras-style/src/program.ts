import { manualSeed, type nn, train } from "tapegrad";
import { compareOrders } from "./compare-orders.ts";
import type { Samples, Sources } from "./load-data.ts";
import { imageNets, tableNets } from "./nets.ts";
import { type Options, readOptions, usage, UsageError } from "./options.ts";

/** Runs the programs that the command line names; returns the exit code. */
export async function runProgram(
  args: readonly string[],
  sources: Sources,
  write: (text: string) => void,
): Promise<number> {
  let options: Options;
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    write(`${error.message}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    write(usage);
    return 0;
  }
  for (const name of options.programs) {
    write(`\n── ${name} ${"─".repeat(Math.max(0, 60 - name.length))}\n`);
    if (name in tableNets) await trainTable(tableNets[name as keyof typeof tableNets], sources.table(), options, write);
    else {
      const samples = await sources.images(options.limit);
      if (name === "orders") write(await compareOrders(samples, options));
      else await trainImages(imageNets[name as keyof typeof imageNets], samples, options, write);
    }
  }
  return 0;
}

/** Ten classes, given as numbers: sparse categorical cross-entropy. */
async function trainImages(
  build: () => nn.Sequential,
  { train: [x, y], test }: Samples,
  { epochs, seed, dryRun }: Options,
  write: (text: string) => void,
): Promise<void> {
  manualSeed(seed);
  const model = new train.Model(build());
  write(String(train.summary(model.net, [784])));
  model.compile({ optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"] });
  const history = await model.fit(x, y, { epochs, batchSize: 128, validationSplit: 0.1, seed, dryRun, verbose: 0 });
  write(`loss      ${figures(history.loss)}\nval loss  ${figures(history.history["valLoss"])}`);
  write(tested(await model.evaluate(...test, { batchSize: 500 })));
}

/** One probability: binary cross-entropy. */
async function trainTable(
  build: () => nn.Sequential,
  { train: [x, y], test }: Samples,
  { epochs, seed, dryRun }: Options,
  write: (text: string) => void,
): Promise<void> {
  manualSeed(seed);
  const model = new train.Model(build());
  write(String(train.summary(model.net, [10])));
  model.compile({ optimizer: "adam", loss: "binary_crossentropy", metrics: ["accuracy"] });
  const history = await model.fit(x, y, { epochs: 4 * epochs, batchSize: 32, seed, dryRun, verbose: 0 });
  write(`loss      ${figures(history.loss)}`);
  write(tested(await model.evaluate(...test)));
}

function tested({ loss = Number.NaN, accuracy = Number.NaN }: train.Logs): string {
  return `test loss ${loss.toFixed(4)}, test accuracy ${(100 * accuracy).toFixed(2)} %`;
}

const figures = (values: readonly number[] | undefined): string =>
  (values ?? []).map((value) => value.toFixed(4)).join(" ");
