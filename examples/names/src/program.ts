import { runCommand } from "@tapegrad/example-command-line";
import { datasets, Generator, manualSeed, nn, optim, train } from "tapegrad";
import { type CharacterModel, models } from "./models.ts";
import { type Options, readOptions, usage } from "./options.ts";
import { sampleNames } from "./sample-names.ts";

/** Runs the program with command line arguments; returns its exit code. */
export function runProgram(args: readonly string[], write: (line: string) => void): Promise<number> {
  return runCommand(args, { usage, readOptions, write, run: (options) => learnNames(options, write) });
}

async function learnNames({ model: name, steps, seed, dryRun }: Options, write: (line: string) => void): Promise<void> {
  manualSeed(seed);
  const { context, build, optimizer }: CharacterModel = models[name];
  const words = datasets.names({ shuffle: true, seed });
  const tokens = datasets.tokens(words);
  // 80 % to train with, 10 % to look at on the way, 10 % to test with in the end.
  const [first, second] = [Math.floor(0.8 * words.length), Math.floor(0.9 * words.length)];
  const part = (start: number, stop: number): datasets.Ngrams =>
    datasets.ngrams(words.slice(start, dryRun ? start + 20 : stop), { context, tokens });
  const [training, dev, test] = [part(0, first), part(first, second), part(second, words.length)];

  const net = build(tokens.size);
  const model = new train.Model(net).compile({ optimizer, loss: "crossEntropy" });
  const rounds = Math.max(1, Math.round(steps / 1000));
  const stepsPerEpoch = Math.ceil(steps / rounds);
  const rate = new optim.CosineAnnealingLR(model.optimizer!, { tMax: rounds });
  write(`${name}: ${nn.countParameters(net).total} parameters, ${rounds * stepsPerEpoch} steps of 64`);
  const begin = performance.now();
  await model.fit(training.x, training.y, {
    epochs: rounds,
    stepsPerEpoch,
    batchSize: 64,
    seed,
    validationData: [dev.x, dev.y],
    verbose: 0,
    dryRun,
    callbacks: [
      {
        onEpochEnd(epoch, logs) {
          rate.step();
          write(`step ${(epoch + 1) * stepsPerEpoch}  train ${fixed(logs["loss"])}  dev ${fixed(logs["valLoss"])}`);
        },
      },
    ],
  });
  write(`trained in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  const losses: string[] = [];
  for (const { x, y } of [training, dev, test]) {
    losses.push(fixed((await model.evaluate(x, y, { batchSize: 1024 }))["loss"]));
  }
  write(`loss: train ${losses[0]!}, dev ${losses[1]!}, test ${losses[2]!}`);

  const known = new Set(words);
  const drawn = await sampleNames({
    model,
    tokens,
    context,
    generator: new Generator(seed),
    count: dryRun ? 4 : 40,
    longest: dryRun ? 3 : 15,
  });
  const fresh = [...new Set(drawn)].filter((each) => each !== "" && !known.has(each));
  write(`new names, of ${drawn.length} drawn:\n${fresh.slice(0, 20).join("\n")}`);
}

function fixed(loss: number | undefined): string {
  return (loss ?? Number.NaN).toFixed(4);
}
