import { Generator, nn, noGrad, optim, type Tensor } from "tapegrad";
import { type Experiment, experiment, type Run } from "../house/experiment.ts";
import { seriesOf } from "../house/figure.ts";
import { type Images, images } from "../house/images.ts";
import { measured } from "../house/measured.ts";
import { spread } from "../house/spread.ts";
import { trainClassifier } from "../house/train-classifier.ts";

const norms = ["none", "BatchNorm"] as const;
const shares = [15, 50, 85] as const;

type Condition = { readonly norm: (typeof norms)[number] };
type Measures = {
  /** Updates so far, at each look. */
  readonly updates: readonly number[];
  readonly accuracy: readonly number[];
  /** Percentiles over the test images of what goes into the sigmoid of one unit of the last hidden layer, at each look. */
  readonly percentile15: readonly number[];
  readonly percentile50: readonly number[];
  readonly percentile85: readonly number[];
};

/** Three hidden layers of 100 sigmoids; before each a BatchNorm or none. Returns the network and its part before the last sigmoid. */
function networkOf({ norm }: Condition, seed: number): { readonly net: nn.Sequential; readonly body: nn.Sequential } {
  const generator = new Generator(seed);
  const dense = (from: number, to: number): nn.Dense => {
    const layer = new nn.Dense(from, to, { biasInit: "zeros" });
    // "small random Gaussian values"; the paper does not say how small.
    nn.init.normal(layer.weight, { std: 0.1, generator });
    return layer;
  };
  const before = (from: number): readonly nn.Module[] => [
    dense(from, 100),
    ...(norm === "none" ? [] : [new nn.BatchNorm(100)]),
  ];
  const body = new nn.Sequential(...before(784), new nn.Sigmoid(), ...before(100), new nn.Sigmoid(), ...before(100));
  return { net: new nn.Sequential(body, new nn.Sigmoid(), dense(100, 10)), body };
}

/** Percentiles of a column. */
function percentiles(values: Tensor): number[] {
  const sorted = Float64Array.from(values.data).toSorted();
  return shares.map((share) => sorted[Math.round((share / 100) * (sorted.length - 1))]!);
}

async function run(data: Images, condition: Condition, seed: number, dryRun: boolean): Promise<Measures> {
  const { net, body } = networkOf(condition, seed);
  const seen: number[][] = [];
  const some = data.test.x.slice([0, 1000]);
  const looks = await trainClassifier(net, data, {
    optimizer: (params) => new optim.SGD(params, { lr: 0.1 }),
    ...{ batchSize: 60, every: 500, looks: 40, seed, dryRun },
    onLook() {
      body.eval();
      seen.push(percentiles(noGrad(() => body.forward(some).at([], 0))));
      body.train();
    },
  });
  const [percentile15, percentile50, percentile85] = shares.map((_, i) => seen.map((values) => values[i]!));
  return {
    updates: looks.updates,
    accuracy: looks.accuracy,
    ...{ percentile15: percentile15!, percentile50: percentile50!, percentile85: percentile85! },
  };
}

/** Of one seed, since the unit is another one in each. */
const firstOf = (runs: readonly Run<Condition, Measures>[]): readonly Run<Condition, Measures>[] =>
  runs.filter(({ seed }) => seed === 0);

/** The sigmoid network of section 4.1. */
export const batchNormSigmoid: Experiment = experiment<Images, Condition, Measures>({
  title: "A sigmoid network with and without BatchNorm: accuracy, and what goes into one unit",
  paper: {
    title: "Ioffe and Szegedy, Batch Normalization (2015), section 4.1",
    link: "https://arxiv.org/abs/1502.03167",
  },
  conditions: norms.map((norm) => ({ norm })),
  seeds: 3,
  prepare: (dryRun) => images({ flatten: true }, dryRun),
  run: ({ data, condition, seed, dryRun }) => run(data, condition, seed, dryRun),
  table: (runs) => [
    ["norm", "accuracy after 500", "after 2,000", "after 20,000 updates"],
    ...norms.map((norm) => {
      const after = (updates: number): string =>
        `${spread(
          measured(runs, { norm }, (own) => 100 * (own.accuracy[own.updates.indexOf(updates)] ?? Number.NaN)),
          2,
        )} %`;
      return [norm, after(500), after(2000), after(20_000)];
    }),
  ],
  figure: (runs) => ({
    title: "Accuracy, and percentiles of what goes into one unit",
    description:
      "Test accuracy over the updates is higher with BatchNorm from the first look on. The 15th, 50th and 85th percentile of the unit's input with seed 0 spread and slide down without BatchNorm, and with it tremble about their places.",
    panels: [
      {
        title: "test accuracy",
        x: { label: "updates" },
        y: { label: "accuracy" },
        series: seriesOf(
          runs,
          ({ norm }) => norm,
          ({ measures: { updates, accuracy } }) => updates.map((x, i) => [x, accuracy[i]!]),
        ),
      },
      ...norms.map((norm) => ({
        title: norm === "none" ? "input of one unit, without a norm" : "input of one unit, with BatchNorm",
        x: { label: "updates" },
        y: { label: "input of the sigmoid" },
        series: shares.flatMap((share) =>
          seriesOf(
            firstOf(runs).filter(({ condition }) => condition.norm === norm),
            () => `percentile ${share}`,
            ({ measures }) => measures.updates.map((x, i) => [x, measures[`percentile${share}`][i]!]),
          ),
        ),
      })),
    ],
  }),
});
