import { Generator, nn, optim } from "tapegrad";
import { type Experiment, experiment } from "../house/experiment.ts";
import { seriesOf } from "../house/figure.ts";
import { type Images, images } from "../house/images.ts";
import { measured } from "../house/measured.ts";
import { spread } from "../house/spread.ts";
import { trainClassifier } from "../house/train-classifier.ts";

/** A norm of so many channels with the activation that follows. */
const norms = {
  BatchNorm: (channels) => [new nn.BatchNorm(channels), new nn.ReLU()],
  GroupNorm: (channels) => [new nn.GroupNorm(4, channels), new nn.ReLU()],
  // Over channels and positions, but with γ and β for each channel: a single group.
  LayerNorm: (channels) => [new nn.GroupNorm(1, channels), new nn.ReLU()],
  InstanceNorm: (channels) => [new nn.InstanceNorm(channels, { affine: true }), new nn.ReLU()],
  "FRN and TLU": (channels) => [new nn.FilterResponseNorm(channels), new nn.TLU({ channels })],
} as const satisfies Record<string, (channels: number) => readonly nn.Module[]>;
const batchSizes = [32, 8, 4, 2] as const;

const [count, epochs] = [10_000, 5] as const;

type Condition = { readonly norm: keyof typeof norms; readonly batch: (typeof batchSizes)[number] };
type Measures = {
  /** Part of the test images that are wrong after the last epoch, in percent. */
  readonly error: number;
  /** Mean cross-entropy of the batches of the last epoch. */
  readonly loss: number;
};

/** Three convolutions with strides, from 1 over 8 and 16 to 16 channels of 14×14, 7×7 and 4×4; mean and dense layer. */
function networkOf({ norm }: Condition, seed: number): nn.Sequential {
  const generator = new Generator(seed);
  const block = (from: number, to: number): readonly nn.Module[] => [
    new nn.Conv2d(from, to, 3, { stride: 2, padding: 1, bias: false, init: "kaimingUniform", generator }),
    ...norms[norm](to),
  ];
  const head = new nn.Dense(16, 10, { generator });
  return new nn.Sequential(...block(1, 8), ...block(8, 16), ...block(16, 16), new nn.GlobalAvgPool(), head);
}

async function run(data: Images, condition: Condition, seed: number, dryRun: boolean): Promise<Measures> {
  const { batch } = condition;
  const every = Math.floor(count / batch);
  const [highest, all] = [(0.1 * batch) / 32, every * epochs];
  const { loss, accuracy } = await trainClassifier(networkOf(condition, seed), data, {
    optimizer: (params) => new optim.SGD(params, { lr: highest, momentum: 0.9, weightDecay: 1e-4 }),
    // Up in the first tenth, then down to 0 along a cosine.
    rateOf: (update) => highest * Math.min((update + 1) / (all / 10), 0.5 + 0.5 * Math.cos((Math.PI * update) / all)),
    ...{ batchSize: batch, every, looks: epochs, seed, dryRun },
  });
  return { error: 100 * (1 - accuracy.at(-1)!), loss: loss.at(-1)! };
}

/** Norms over and beside the batch, which becomes small. */
export const batchSizeSweep: Experiment = experiment<Images, Condition, Measures>({
  title: "Five norms in a small convolutional network: batches of 32, 8, 4 and 2",
  paper: {
    title: "Wu and He, Group Normalization (2018); Singh and Krishnan, Filter Response Normalization (2019)",
    link: "https://arxiv.org/abs/1803.08494",
  },
  conditions: (Object.keys(norms) as Condition["norm"][]).flatMap((norm) =>
    batchSizes.map((batch) => ({ norm, batch })),
  ),
  seeds: 3,
  prepare: (dryRun) => images({ flatten: false, limit: count, testLimit: 5000 }, dryRun),
  run: ({ data, condition, seed, dryRun }) => run(data, condition, seed, dryRun),
  table: (runs) => [
    ["norm", ...batchSizes.map((batch) => `test error, batch ${batch}`)],
    ...(Object.keys(norms) as Condition["norm"][]).map((norm) => [
      norm,
      ...batchSizes.map(
        (batch) =>
          `${spread(
            measured(runs, { norm, batch }, ({ error }) => error),
            2,
          )} %`,
      ),
    ]),
  ],
  figure: (runs) => ({
    title: "Test error and training loss over the batch size",
    description:
      "For BatchNorm, GroupNorm, LayerNorm, InstanceNorm, and FRN with TLU: test error on the left and training loss of the last epoch on the right, for batches of 2, 4, 8 and 32.",
    panels: (["error", "loss"] as const).map((of) => ({
      title: of === "error" ? "test error" : "training loss of the last epoch",
      x: { label: "images in a batch", scale: "log", domain: [2, 32], ticks: batchSizes },
      y: { label: of === "error" ? "wrong test images in percent" : "cross-entropy" },
      series: seriesOf(
        runs,
        ({ norm }) => norm,
        ({ condition, measures }) => [[condition.batch, measures[of]]],
      ),
    })),
  }),
});
