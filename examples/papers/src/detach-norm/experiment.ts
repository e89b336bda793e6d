import { Generator, nn, optim } from "tapegrad";
import { type Experiment, experiment } from "../house/experiment.ts";
import { seriesOf } from "../house/figure.ts";
import { type Images, images } from "../house/images.ts";
import { measured } from "../house/measured.ts";
import { spread } from "../house/spread.ts";
import { trainClassifier } from "../house/train-classifier.ts";

/** What stands before each ReLU, over all channels and positions. */
const norms = {
  none: () => [],
  LayerNorm: (shape) => [new nn.LayerNorm(shape)],
  "LayerNorm-simple": (shape) => [new nn.LayerNorm(shape, { affine: false })],
  "DetachNorm, mean": (shape) => [new nn.DetachNorm(shape, { detach: "mean" })],
  "DetachNorm, deviation": (shape) => [new nn.DetachNorm(shape, { detach: "deviation" })],
  DetachNorm: (shape) => [new nn.DetachNorm(shape)],
  AdaNorm: (shape) => [new nn.AdaNorm(shape)],
} as const satisfies Record<string, (shape: readonly number[]) => readonly nn.Module[]>;

const [count, batchSize, epochs] = [10_000, 32, 3] as const;

type Condition = { readonly norm: keyof typeof norms };
type Measures = {
  /** Part of the test images that are right after each epoch, in percent. */
  readonly accuracy: readonly number[];
  /** Mean cross-entropy of the batches of each epoch. */
  readonly loss: readonly number[];
};

/** Twice a convolution of 5×5 and a maximum of 2×2, from 1 over 20 to 50 channels; then a dense layer. */
function networkOf({ norm }: Condition, seed: number): nn.Sequential {
  const generator = new Generator(seed);
  const block = (from: number, to: number, extent: number): readonly nn.Module[] => [
    new nn.Conv2d(from, to, 5, { generator }),
    ...norms[norm]([to, extent, extent]),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
  ];
  const head = new nn.Dense(50 * 4 * 4, 10, { generator });
  return new nn.Sequential(...block(1, 20, 24), ...block(20, 50, 8), new nn.Flatten(), head);
}

async function run(data: Images, condition: Condition, seed: number, dryRun: boolean): Promise<Measures> {
  const { loss, accuracy } = await trainClassifier(networkOf(condition, seed), data, {
    optimizer: (params) => new optim.Adam(params, { lr: 1e-3 }),
    ...{ batchSize, every: Math.ceil(count / batchSize), looks: epochs, seed, dryRun },
  });
  return { accuracy: accuracy.map((value) => 100 * value), loss };
}

/** LayerNorm with derivatives of its statistics, and without. */
export const detachNorm: Experiment = experiment<Images, Condition, Measures>({
  title: "LayerNorm without parameters and without gradients of its statistics, and AdaNorm",
  paper: {
    title: "Xu et al., Understanding and Improving Layer Normalization (2019)",
    link: "https://arxiv.org/abs/1911.07013",
  },
  conditions: (Object.keys(norms) as Condition["norm"][]).map((norm) => ({ norm })),
  seeds: 3,
  prepare: (dryRun) => images({ flatten: false, limit: count, testLimit: 5000 }, dryRun),
  run: ({ data, condition, seed, dryRun }) => run(data, condition, seed, dryRun),
  table: (runs) => [
    ["norm", "accuracy after 1 epoch", "after 3 epochs", "training loss of the last epoch"],
    ...(Object.keys(norms) as Condition["norm"][]).map((norm) => {
      const percent = (look: number): string =>
        `${spread(
          measured(runs, { norm }, ({ accuracy }) => accuracy.at(look)!),
          2,
        )} %`;
      return [
        norm,
        percent(0),
        percent(-1),
        spread(
          measured(runs, { norm }, ({ loss }) => loss.at(-1)!),
          3,
        ),
      ];
    }),
  ],
  figure: (runs) => ({
    title: "Test accuracy and training loss after each epoch",
    description:
      "Test accuracy after each of three epochs on the left, training loss of each on the right: without a norm, with LayerNorm, LayerNorm-simple, three forms of DetachNorm and AdaNorm.",
    panels: (["accuracy", "loss"] as const).map((of) => ({
      title: of === "accuracy" ? "test accuracy" : "training loss",
      x: { label: "epoch", ticks: [1, 2, 3] },
      y: { label: of === "accuracy" ? "right test images in percent" : "cross-entropy" },
      series: seriesOf(
        runs,
        ({ norm }) => norm,
        ({ measures }) => measures[of].map((value, epoch) => [epoch + 1, value]),
      ),
    })),
  }),
});
