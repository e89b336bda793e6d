import { datasets, Generator, nn, optim, randperm } from "tapegrad";
import { bestOf } from "../house/best-of.ts";
import { type Experiment, experiment, type Run } from "../house/experiment.ts";
import { type Panel, seriesOf } from "../house/figure.ts";
import type { Images } from "../house/images.ts";
import { spread } from "../house/spread.ts";
import { trainClassifier } from "../house/train-classifier.ts";

const width = 64;
const rates = [0.05, 0.1, 0.2, 0.5, 1] as const;

/** Makes one of the layers of a network. */
type Layer = (from: number, to: number, generator: Generator, place: "hidden" | "last") => readonly nn.Module[];

const dense = (from: number, to: number, generator: Generator): nn.Dense =>
  new nn.Dense(from, to, { init: "heNormal", biasInit: "zeros", generator });
/** Cosines are in [−1, 1], from which a softmax over ten classes cannot be certain: the last ones have a trained factor. */
const scaleAt = (place: "hidden" | "last"): { scale?: number } => (place === "last" ? { scale: 10 } : {});

const layers = {
  plain: (from, to, generator) => [dense(from, to, generator)],
  BatchNorm: (from, to, generator, place) => [
    dense(from, to, generator),
    ...(place === "last" ? [] : [new nn.BatchNorm(to)]),
  ],
  weightNorm: (from, to, generator) => [nn.norms.weightNorm(dense(from, to, generator))],
  centeredWeightNorm: (from, to, generator) => [nn.norms.centeredWeightNorm(dense(from, to, generator))],
  CosineDense: (from, to, generator, place) => [new nn.CosineDense(from, to, { generator, ...scaleAt(place) })],
  CenteredCosineDense: (from, to, generator, place) => [
    new nn.CenteredCosineDense(from, to, { generator, ...scaleAt(place) }),
  ],
} as const satisfies Record<string, Layer>;
type Weights = keyof typeof layers;
const names = Object.keys(layers) as readonly Weights[];

type Condition = { readonly weights: Weights; readonly rate: number };
type Measures = {
  readonly updates: readonly number[];
  readonly loss: readonly number[];
  readonly accuracy: readonly number[];
};
type Runs = readonly Run<Condition, Measures>[];

/** Five hidden layers of rectified units. */
function networkOf(weights: Weights, seed: number): nn.Sequential {
  const generator = new Generator(seed);
  const layer: Layer = layers[weights];
  return new nn.Sequential(
    ...[64, width, width, width, width].flatMap((from) => [...layer(from, width, generator, "hidden"), new nn.ReLU()]),
    ...layer(width, 10, generator, "last"),
  );
}

/** The digits less the mean of all pixels, 500 of them to test. */
function digits(): Images {
  const { x, y } = datasets.digits({ scale: 1 / 16 });
  const order = randperm(x.shape[0]!, { generator: new Generator(0) });
  const centred = x.sub(x.mean()).indexSelect(0, order);
  const labels = y.indexSelect(0, order);
  return {
    train: { x: centred.slice([500, undefined]), y: labels.slice([500, undefined]) },
    test: { x: centred.slice([0, 500]), y: labels.slice([0, 500]) },
  };
}

/** The runs at the rate that ended with the lowest loss. */
const bestWith = (runs: Runs, weights: Weights): Runs =>
  bestOf(
    runs.filter(({ condition }) => condition.weights === weights),
    ({ rate }) => rate,
    ({ loss }) => loss.at(-1)!,
  );

function panel(runs: Runs, of: "loss" | "error"): Panel {
  return {
    title: of === "loss" ? "training loss, each at its best rate" : "test error, each at its best rate",
    x: { label: "updates" },
    y:
      of === "loss"
        ? { label: "cross-entropy", scale: "log", domain: [1e-4, 3] }
        : { label: "error", scale: "log", domain: [0.01, 1] },
    series: names.flatMap((weights) =>
      seriesOf(
        bestWith(runs, weights),
        () => weights,
        ({ measures: { updates, loss, accuracy } }) =>
          updates.map((x, i) => [x, of === "loss" ? loss[i]! : 1 - accuracy[i]!]),
      ),
    ),
  };
}

/** Networks whose weights or products are normalized, on small digits. */
export const centeredWeights: Experiment = experiment<Images, Condition, Measures>({
  title: "Centered WeightNorm and cosines against plain layers, BatchNorm and WeightNorm, on 1,797 digits",
  paper: {
    title:
      "Huang et al., Centered Weight Normalization in Accelerating Training of Deep Neural Networks (2017), and Luo et al., Cosine Normalization (2017)",
    link: "https://openaccess.thecvf.com/content_iccv_2017/html/Huang_Centered_Weight_Normalization_ICCV_2017_paper.html",
  },
  conditions: names.flatMap((weights) => rates.map((rate) => ({ weights, rate }))),
  seeds: 3,
  prepare: digits,
  run: ({ data, condition: { weights, rate }, seed, dryRun }) =>
    trainClassifier(networkOf(weights, seed), data, {
      optimizer: (params) => new optim.SGD(params, { lr: rate }),
      ...{ batchSize: 64, every: 40, looks: 25, seed, dryRun },
    }),
  table: (runs) => [
    ["layers", "best rate", "training loss after 200", "after 1,000 updates", "test error after 200", "after 1,000"],
    ...names.map((weights) => {
      const own = bestWith(runs, weights);
      const loss = (look: number): string =>
        spread(
          own.map(({ measures }) => measures.loss.at(look) ?? Number.NaN),
          4,
        );
      const error = (look: number): string =>
        `${spread(
          own.map(({ measures }) => 100 * (1 - (measures.accuracy.at(look) ?? Number.NaN))),
          2,
        )} %`;
      return [weights, String(own[0]?.condition.rate ?? ""), loss(4), loss(-1), error(4), error(-1)];
    }),
  ],
  figure: (runs) => ({
    title: "Training loss and test error over the updates",
    description:
      "All six networks learn the digits; the curves show how fast the loss falls and how low the test error gets.",
    panels: [panel(runs, "loss"), panel(runs, "error")],
  }),
});
