import { runCommand } from "@tapegrad/example-command-line";
import { manualSeed, type nn, train } from "tapegrad";
import { compareOrders } from "./compare-orders.ts";
import type { Samples, Sources } from "./load-data.ts";
import { imageNets, tableNets } from "./nets.ts";
import { type Options, readOptions, usage } from "./options.ts";

/** Runs the programs that the command line names; returns the exit code. */
export function runProgram(args: readonly string[], sources: Sources, write: (text: string) => void): Promise<number> {
  return runCommand(args, {
    usage,
    readOptions,
    write,
    run: async (options) => {
      for (const name of options.programs) {
        write(`\n── ${name} ${"─".repeat(Math.max(0, 60 - name.length))}\n`);
        await runNamed(name, sources, options, write);
      }
    },
  });
}

async function runNamed(
  name: string,
  sources: Sources,
  options: Options,
  write: (text: string) => void,
): Promise<void> {
  if (name in tableNets) {
    const { epochs } = options;
    const settings = { loss: "binary_crossentropy", epochs: 4 * epochs, batchSize: 32 };
    await trainAndTest(tableNets[name as keyof typeof tableNets], sources.table(), { ...options, ...settings }, write);
    return;
  }
  const samples = await sources.images(options.limit);
  if (name === "orders") write(await compareOrders(samples, options));
  else {
    const settings = { loss: "sparse_categorical_crossentropy", batchSize: 128, validationSplit: 0.1 };
    await trainAndTest(imageNets[name as keyof typeof imageNets], samples, { ...options, ...settings }, write);
  }
}

/** What differs between the images and the table. */
interface Settings extends Options {
  readonly loss: string;
  readonly batchSize: number;
  readonly validationSplit?: number;
}

async function trainAndTest(
  build: () => nn.Sequential,
  { train: [x, y], test }: Samples,
  { loss, epochs, batchSize, validationSplit = 0, seed, dryRun }: Settings,
  write: (text: string) => void,
): Promise<void> {
  manualSeed(seed);
  const model = new train.Model(build());
  write(String(model.summary({ inputShape: x.shape.slice(1) })));
  model.compile({ optimizer: "adam", loss, metrics: ["accuracy"] });
  const history = await model.fit(x, y, { epochs, batchSize, validationSplit, seed, dryRun, verbose: 0 });
  write(`loss      ${figures(history.loss)}`);
  if (validationSplit > 0) write(`val loss  ${figures(history.history["valLoss"])}`);
  write(tested(await model.evaluate(...test, { batchSize: 500 })));
}

function tested({ loss = Number.NaN, accuracy = Number.NaN }: train.Logs): string {
  return `test loss ${loss.toFixed(4)}, test accuracy ${(100 * accuracy).toFixed(2)} %`;
}

const figures = (values: readonly number[] | undefined): string =>
  (values ?? []).map((value) => value.toFixed(4)).join(" ");
