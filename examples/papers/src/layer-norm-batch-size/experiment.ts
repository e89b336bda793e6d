import { Generator, nn, optim } from "tapegrad";
import { type Experiment, experiment, type Run } from "../house/experiment.ts";
import { type Panel, seriesOf } from "../house/figure.ts";
import { type Images, images } from "../house/images.ts";
import { measured } from "../house/measured.ts";
import { spread } from "../house/spread.ts";
import { trainClassifier } from "../house/train-classifier.ts";

type Layers = (features: number) => readonly nn.Module[];
const nothing: Layers = () => [];
// The running variance is divided like that of batches: what was trained is tested.
const batchNorm: Layers = (features) => [new nn.BatchNorm(features, { runningVariance: "biased" })];
const layerNorm: Layers = (features) => [new nn.LayerNorm(features)];

/** What stands before each ReLU, and after the last dense layer. */
const norms = {
  none: { hidden: nothing, logits: nothing },
  "BatchNorm, all layers": { hidden: batchNorm, logits: batchNorm },
  "BatchNorm, hidden layers": { hidden: batchNorm, logits: nothing },
  "LayerNorm, hidden layers": { hidden: layerNorm, logits: nothing },
} as const;
const batchSizes = [128, 4] as const;

const width = 128;
/** Images between two looks. */
const between = 12_800;
const looks = 12;

type Condition = { readonly norm: keyof typeof norms; readonly batch: (typeof batchSizes)[number] };
type Measures = {
  /** Mean cross-entropy of the batches since the look before. */
  readonly loss: readonly number[];
  /** Part of the test images that are wrong, in percent. */
  readonly error: readonly number[];
};

/** 784-128-128-10. */
function networkOf({ norm }: Condition, seed: number): nn.Sequential {
  const generator = new Generator(seed);
  const { hidden, logits } = norms[norm];
  const before = (from: number): readonly nn.Module[] => [
    new nn.Dense(from, width, { init: "kaimingUniform", generator }),
    ...hidden(width),
    new nn.ReLU(),
  ];
  const last = new nn.Dense(width, 10, { generator });
  return new nn.Sequential(...before(784), ...before(width), last, ...logits(10));
}

async function run(data: Images, condition: Condition, seed: number, dryRun: boolean): Promise<Measures> {
  const { loss, accuracy } = await trainClassifier(networkOf(condition, seed), data, {
    optimizer: (params) => new optim.Adam(params, { lr: 1e-3 }),
    ...{ batchSize: condition.batch, every: between / condition.batch, looks, seed, dryRun },
  });
  return { loss, error: accuracy.map((value) => 100 * (1 - value)) };
}

function panel(
  runs: readonly Run<Condition, Measures>[],
  batch: Condition["batch"],
  of: keyof Measures,
  domain: readonly [number, number],
): Panel {
  return {
    title: `${of === "error" ? "test error" : "training loss"}, batches of ${batch}`,
    x: { label: "images seen, in thousands" },
    y: { label: of === "error" ? "wrong test images in percent" : "cross-entropy", domain },
    series: seriesOf(
      runs.filter(({ condition }) => condition.batch === batch),
      ({ norm }) => norm,
      ({ measures }) => measures[of].map((value, look) => [((look + 1) * between) / 1000, value]),
    ),
  };
}

/** The perceptron of section 6.6 at two batch sizes. */
export const layerNormBatchSize: Experiment = experiment<Images, Condition, Measures>({
  title: "LayerNorm and BatchNorm in a perceptron: batches of 128 and of 4",
  paper: {
    title: "Ba, Kiros and Hinton, Layer Normalization (2016), section 6.6",
    link: "https://arxiv.org/abs/1607.06450",
  },
  conditions: batchSizes.flatMap((batch) =>
    (Object.keys(norms) as Condition["norm"][]).map((norm) => ({ norm, batch })),
  ),
  seeds: 3,
  prepare: (dryRun) => images({ flatten: true, testLimit: 5000 }, dryRun),
  run: ({ data, condition, seed, dryRun }) => run(data, condition, seed, dryRun),
  table: (runs) => [
    ["batch", "norm", "error after 12,800 images", "error after 153,600", "training loss at the end"],
    ...batchSizes.flatMap((batch) =>
      (Object.keys(norms) as Condition["norm"][]).map((norm) => {
        const at = (look: number, of: keyof Measures): string =>
          spread(
            measured(runs, { norm, batch }, (measures) => measures[of].at(look)!),
            2,
          );
        return [String(batch), norm, `${at(0, "error")} %`, `${at(-1, "error")} %`, at(-1, "loss")];
      }),
    ),
  ],
  figure: (runs) => ({
    title: "Training loss and test error at two batch sizes",
    description:
      "Training loss above and test error below, over the images seen, for batches of 128 on the left and of 4 on the right: without a norm, with BatchNorm on all layers and on the hidden ones, and with LayerNorm on the hidden ones.",
    panels: [
      ...batchSizes.map((batch) => panel(runs, batch, "loss", [0, 1.6])),
      ...batchSizes.map((batch) => panel(runs, batch, "error", [10, 26])),
    ],
  }),
});
