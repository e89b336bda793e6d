import { Generator, nn, noGrad, optim, randn, type Tensor } from "tapegrad";
import { bestOf } from "../house/best-of.ts";
import { type Experiment, experiment, type Run } from "../house/experiment.ts";
import { type Panel, seriesOf } from "../house/figure.ts";
import { type Images, images } from "../house/images.ts";
import { mean, spread } from "../house/spread.ts";
import { trainClassifier } from "../house/train-classifier.ts";
import { slopeOf, varianceInTheory } from "./theory.ts";

const gammas = [0.5, 0.75, 1] as const;
const widths = [16, 32, 64, 128, 256, 512] as const;
/** Units of each hidden layer of the network that is trained. */
const trained = 128;
const rates = [1, 5, 25, 125] as const;
/** How rates of layers stand to each other; "none" is the network as it is drawn. */
const rules = ["equal at first", "mean field"] as const;

/** Exponents of the second hidden layer's and the output's sum over the units before. */
type Exponents = { readonly inner: number; readonly outer: number };
type Condition = Exponents & { readonly rule: "none" | (typeof rules)[number]; readonly rate: number };
type Measures = {
  /** Of the output of an untrained network, for each width. */
  readonly variance: readonly number[];
  readonly updates: readonly number[];
  readonly accuracy: readonly number[];
};
type Runs = readonly Run<Condition, Measures>[];

/** The network of the paper with two hidden layers of sigmoids; all weights are N(0, 1), all factors in the sums. */
function networkOf({ inner, outer }: Exponents, sizes: readonly number[], generator: Generator): nn.Sequential {
  const [inputs, width, outputs] = sizes as [number, number, number];
  return new nn.Sequential(
    // Not scaled by a width: what goes into the first sigmoids is as large as the inputs are.
    new nn.ScaledDense(inputs, width, { gamma: 0.5, activation: "sigmoid", generator }),
    new nn.ScaledDense(width, width, { gamma: inner, activation: "sigmoid", generator }),
    new nn.ScaledDense(width, outputs, { gamma: outer, generator }),
  );
}

/** Mean square of the outputs of random networks, whose mean is 0. */
function varianceOf(exponents: Exponents, width: number, generator: Generator, dryRun: boolean): number {
  // Many outputs share hidden layers, and are not correlated over what the last layer can be.
  const [inputs, outputs, draws] = [10, 512, dryRun ? 1 : 8];
  const squares = Array.from({ length: draws }, () => {
    const x = randn([1, inputs], { generator });
    const unit = x.mul(Math.sqrt(inputs) / x.norm().item()); // mean square 1
    return networkOf(exponents, [inputs, width, outputs], generator).forward(unit).square().mean().item();
  });
  return mean(squares);
}

/**
 * SGD with rates by which, at first, each layer changes the output equally fast at every width and γ. Once what is above the first
 * layer has learned, its gradient is a sum of N equal signs and no longer a random one: "mean field" divides its rate by N for that.
 */
function optimizerOf({ inner, outer, rule, rate }: Condition, params: readonly Tensor[]): optim.Optimizer {
  const last = rate * trained ** (2 * outer - 1);
  const second = last * trained ** (2 * inner - 1);
  const first = rule === "mean field" ? second / trained : second;
  return new optim.SGD(
    params.map((param, layer) => ({ params: [param], lr: [first, second, last][layer]! })),
    { lr: last },
  );
}

async function run(data: Images, condition: Condition, seed: number, dryRun: boolean): Promise<Measures> {
  const generator = new Generator(seed);
  if (condition.rule === "none") {
    const some = dryRun ? widths.slice(0, 2) : widths;
    const variance = noGrad(() => some.map((width) => varianceOf(condition, width, generator, dryRun)));
    return { variance, updates: [], accuracy: [] };
  }
  const { updates, accuracy } = await trainClassifier(networkOf(condition, [784, trained, 10], generator), data, {
    optimizer: (params) => optimizerOf(condition, params),
    ...{ batchSize: 20, every: 500, looks: 6, seed, dryRun },
  });
  return { variance: [], updates, accuracy };
}

const withExponents = (runs: Runs, { inner, outer }: Exponents): Runs =>
  runs.filter(({ condition }) => condition.inner === inner && condition.outer === outer);

/** The trainings at the rate that ended best. */
const bestWith = (runs: Runs, exponents: Exponents, rule: Condition["rule"]): Runs =>
  bestOf(
    withExponents(runs, exponents).filter(({ condition }) => condition.rule === rule),
    ({ rate }) => rate,
    ({ accuracy }) => -accuracy.at(-1)!,
  );

/** Mean and deviation of the accuracy at the end, and the rate; nothing for exponents with which nothing was trained. */
function accuracyWith(runs: Runs, exponents: Exponents, rule: Condition["rule"]): string {
  const best = bestWith(runs, exponents, rule);
  if (best.length === 0) return "";
  const percents = best.map(({ measures }) => 100 * measures.accuracy.at(-1)!);
  return `${spread(percents, 1)} % (rate ${best[0]!.condition.rate})`;
}

const labelOf = ({ inner, outer }: Exponents): string => `γ₁ = ${inner}, γ₂ = ${outer}`;

/** Variance over widths, one of the exponents fixed at 1. */
function variancePanel(runs: Runs, fixed: keyof Exponents): Panel {
  const own = runs.filter(({ condition }) => condition[fixed] === 1 && condition.rule === "none");
  return {
    title: `variance of the output, ${fixed === "inner" ? "γ₁" : "γ₂"} = 1`,
    x: { label: "units of each hidden layer", scale: "log", domain: [16, 512] },
    y: { label: "variance", scale: "log", domain: [1e-4, 1] },
    series: seriesOf(own, labelOf, ({ measures }) => measures.variance.map((value, i) => [widths[i]!, value])),
  };
}

function accuracyPanel(runs: Runs, rule: (typeof rules)[number]): Panel {
  return {
    title: `test accuracy, rates ${rule}`,
    x: { label: "updates" },
    y: { label: "accuracy", domain: [0.3, 0.9] },
    series: trainedPairs.flatMap((pair) =>
      seriesOf(bestWith(runs, pair, rule), labelOf, ({ measures: { updates, accuracy } }) =>
        updates.map((x, i) => [x, accuracy[i]!]),
      ),
    ),
  };
}

const pairs = gammas.flatMap((inner) => gammas.map((outer): Exponents => ({ inner, outer })));
const trainedPairs = pairs.filter(({ inner, outer }) => inner === outer || (inner !== 0.75 && outer !== 0.75));

/** Variance of the output at initialisation, and accuracy, by the powers of the width that sums are divided by. */
export const widthScaling: Experiment = experiment<Images, Condition, Measures>({
  title: "Sums over N units divided by N^γ: variance of the output, and accuracy",
  paper: {
    title: "Yu and Spiliopoulos, Normalization effects on deep neural networks (2022)",
    link: "https://arxiv.org/abs/2209.01018",
  },
  conditions: [
    ...pairs.map((pair): Condition => ({ ...pair, rule: "none", rate: 0 })),
    ...rules.flatMap((rule) =>
      trainedPairs.flatMap((pair) => rates.map((rate): Condition => ({ ...pair, rule, rate }))),
    ),
  ],
  seeds: 3,
  prepare: (dryRun) => images({ flatten: true, limit: 10_000, testLimit: 2000 }, dryRun),
  run: ({ data, condition, seed, dryRun }) => run(data, condition, seed, dryRun),
  table: (runs) => [
    [
      ...["γ₁", "γ₂", "slope", "1 − 2γ₂", "variance at 512", "in theory"],
      ...rules.map((rule) => `accuracy, rates ${rule}`),
    ],
    ...pairs.map((pair) => {
      const drawn = withExponents(runs, pair).filter(({ condition }) => condition.rule === "none");
      const slopes = drawn.map(({ measures }) => slopeOf(widths, measures.variance));
      return [
        ...[String(pair.inner), String(pair.outer), spread(slopes, 3), String(1 - 2 * pair.outer)],
        mean(drawn.map(({ measures }) => measures.variance.at(-1)!)).toPrecision(3),
        varianceInTheory(512, pair).toPrecision(3),
        ...rules.map((rule) => accuracyWith(runs, pair, rule)),
      ];
    }),
  ],
  figure: (runs) => ({
    title: "Variance of the output over the width, and accuracy over the updates",
    description:
      "On logarithmic scales the variance falls along straight lines, the steeper the larger γ₂, and along one line for all γ₁. Two diagrams have the test accuracy of five pairs of exponents, for two rules of rates.",
    panels: [
      variancePanel(runs, "inner"),
      variancePanel(runs, "outer"),
      ...rules.map((rule) => accuracyPanel(runs, rule)),
    ],
  }),
});
