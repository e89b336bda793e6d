import { Generator, nn, optim } from "tapegrad";
import { type Experiment, experiment, type Run } from "../house/experiment.ts";
import { type Panel, seriesOf } from "../house/figure.ts";
import { type Images, images } from "../house/images.ts";
import { measured } from "../house/measured.ts";
import { mean, spread } from "../house/spread.ts";
import { trainClassifier } from "../house/train-classifier.ts";

/** Each with weights that were proposed for it. */
const activations = {
  ReLU: { init: "kaimingUniform", make: () => new nn.ReLU() },
  sigmoid: { init: "xavierUniform", make: () => new nn.Sigmoid() },
} as const;
const norms = ["none", "BatchNorm"] as const;
/** Multiples of a learning rate of 0.01. */
const rates = [1, 5, 30] as const;

const [depth, width] = [8, 100] as const;
const [every, looks] = [100, 30] as const;

type Condition = {
  readonly activation: keyof typeof activations;
  readonly norm: (typeof norms)[number];
  readonly rate: (typeof rates)[number];
};
type Measures = {
  /** Updates so far, at each look. */
  readonly updates: readonly number[];
  readonly accuracy: readonly number[];
};

/** Eight hidden layers; before each activation a BatchNorm or none. */
function networkOf({ activation, norm }: Condition, seed: number): nn.Sequential {
  const generator = new Generator(seed);
  const { init, make } = activations[activation];
  const hidden = Array.from({ length: depth }, (_, layer) => [
    new nn.Dense(layer === 0 ? 784 : width, width, { init, biasInit: "zeros", generator }),
    ...(norm === "none" ? [] : [new nn.BatchNorm(width)]),
    make(),
  ]);
  return new nn.Sequential(
    ...hidden.flat(),
    new nn.Dense(width, 10, { init: "xavierUniform", biasInit: "zeros", generator }),
  );
}

async function run(data: Images, condition: Condition, seed: number, dryRun: boolean): Promise<Measures> {
  const { updates, accuracy } = await trainClassifier(networkOf(condition, seed), data, {
    optimizer: (params) => new optim.SGD(params, { lr: 0.01 * condition.rate, momentum: 0.9 }),
    ...{ batchSize: 60, every, looks, seed, dryRun },
  });
  return { updates, accuracy };
}

const best = ({ accuracy }: Measures): number => Math.max(...accuracy);

/** The best accuracy of the rectified network without a norm at the lowest rate, as the paper counts steps to that of Inception. */
function targetOf(runs: readonly Run<Condition, Measures>[]): number {
  return mean(measured(runs, { activation: "ReLU", norm: "none", rate: 1 }, best));
}

/** Updates until the accuracy is first seen: NaN if it never is. */
function updatesTo(target: number, { updates, accuracy }: Measures): number {
  return updates[accuracy.findIndex((value) => value >= target)] ?? Number.NaN;
}

/** Mean and deviation of those that arrive, and how many do unless all. */
function arrivals(values: readonly number[]): string {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return "never";
  return spread(finite, 0) + (finite.length === values.length ? "" : ` (${finite.length} of ${values.length})`);
}

/** The accuracies from `lowest` up; what is below is drawn there. */
function panel(runs: readonly Run<Condition, Measures>[], activation: Condition["activation"], lowest: number): Panel {
  return {
    title: lowest === 0 ? activation : `${activation}, from ${lowest}`,
    x: { label: "updates" },
    y: { label: "test accuracy", domain: [lowest, 0.9] },
    series: seriesOf(
      runs.filter(({ condition }) => condition.activation === activation),
      ({ norm, rate }) => `${norm} ×${rate}`,
      ({ measures: { updates, accuracy } }) => updates.map((x, i) => [x, Math.max(accuracy[i]!, lowest)]),
    ),
  };
}

/** Deep networks of sigmoids and of ReLU, at rates that rise. */
export const deepSigmoid: Experiment = experiment<Images, Condition, Measures>({
  title: "Eight hidden layers of sigmoids, and of ReLU: learning rates with and without BatchNorm",
  paper: {
    title: "Ioffe and Szegedy, Batch Normalization (2015), section 4.2",
    link: "https://arxiv.org/abs/1502.03167",
  },
  conditions: (Object.keys(activations) as Condition["activation"][]).flatMap((activation) =>
    norms.flatMap((norm) => rates.map((rate) => ({ activation, norm, rate }))),
  ),
  seeds: 3,
  prepare: (dryRun) => images({ flatten: true, testLimit: 2000 }, dryRun),
  run: ({ data, condition, seed, dryRun }) => run(data, condition, seed, dryRun),
  table(runs) {
    const target = targetOf(runs);
    return [
      ["activation", "norm", "rate", "best accuracy", "updates to that of the first row"],
      ...deepSigmoid.conditions.map((condition) => [
        ...[condition["activation"], condition["norm"], `×${condition["rate"]}`].map(String),
        `${spread(
          measured(runs, condition, (measures) => 100 * best(measures)),
          1,
        )} %`,
        arrivals(measured(runs, condition, (measures) => updatesTo(target, measures))),
      ]),
    ];
  },
  figure: (runs) => ({
    title: "Test accuracy of deep networks over the updates",
    description:
      "Accuracy on test images over 3,000 updates for three learning rates, with BatchNorm and without: on the left with ReLU, on the right with sigmoids; the upper end magnified below.",
    panels: [0, 0.7].flatMap((lowest) => [panel(runs, "ReLU", lowest), panel(runs, "sigmoid", lowest)]),
  }),
});
