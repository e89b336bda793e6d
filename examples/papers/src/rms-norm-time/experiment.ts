import { Generator, nn, optim } from "tapegrad";
import { type Experiment, experiment, type Measures, type Run } from "../house/experiment.ts";
import { type Panel, seriesOf } from "../house/figure.ts";
import { type Images, images } from "../house/images.ts";
import { mean, spread } from "../house/spread.ts";
import { trainClassifier } from "../house/train-classifier.ts";
import { interleavedMedians } from "./timing.ts";
import { callOf, type NormName, norms, stepsOf, workloads } from "./workloads.ts";

const normNames = ["LayerNorm", "RMSNorm", "pRMSNorm", "none"] as const satisfies NormName[];
const widths = { norm: [64, 256, 1024], "GRU step": [64, 128, 256] } as const;
const ways = ["eager", "compiled"] as const;
const passes = ["forward", "forward and backward"] as const;

/** What is timed, with all norms in turn. */
type Timed = {
  readonly what: keyof typeof widths;
  readonly way: (typeof ways)[number];
  readonly pass: (typeof passes)[number];
  readonly width: number;
};
/** A network that is trained. */
type Trained = { readonly what: "accuracy"; readonly norm: NormName };
type Condition = Timed | Trained;
type Runs = readonly Run<Condition>[];

/** Microseconds of a step with each norm. */
function time(condition: Timed, seed: number, dryRun: boolean): Measures {
  const { what } = condition;
  const width = dryRun ? 16 : condition.width;
  const generator = new Generator(seed);
  // A norm alone has nothing to be measured without it.
  const compared = normNames.filter((name) => what !== "norm" || name !== "none");
  const calls = Object.fromEntries(
    compared.map((name) => [name, callOf(workloads[what](name, width, generator), condition, generator)]),
  );
  const pace = dryRun ? { sample: 0.01, rounds: 1 } : { sample: 10, rounds: 21 };
  const times = Object.entries(interleavedMedians(calls, pace));
  return Object.fromEntries(times.map(([name, milliseconds]) => [name, (1000 * milliseconds) / stepsOf[what]]));
}

async function train(data: Images, norm: NormName, seed: number, dryRun: boolean): Promise<Measures> {
  const generator = new Generator(seed);
  const hidden = (from: number): nn.Module[] => [
    new nn.Dense(from, 128, { init: "heNormal", biasInit: "zeros", generator }),
    norms[norm](128),
    new nn.ReLU(),
  ];
  const net = new nn.Sequential(...hidden(784), ...hidden(128), new nn.Dense(128, 10, { generator }));
  const { accuracy } = await trainClassifier(net, data, {
    optimizer: (params) => new optim.Adam(params, { lr: 1e-3 }),
    ...{ batchSize: 64, every: 500, looks: 3, seed, dryRun },
  });
  return { accuracy: accuracy.at(-1)! };
}

const valuesOf = (runs: Runs, name: string): readonly number[] =>
  runs.map(({ measures }) => (measures[name] as number | undefined) ?? Number.NaN);

/** Time in units of that of LayerNorm in the same run. */
const ratiosOf = (runs: Runs, name: NormName): readonly number[] => {
  const references = valuesOf(runs, "LayerNorm");
  return valuesOf(runs, name).map((value, i) => value / references[i]!);
};

/** Three digits: `1,280 µs`. */
const microseconds = (value: number): string => `${Number(value.toPrecision(3)).toLocaleString("en-US")} µs`;

function panel(runs: Runs, what: Timed["what"], way: Timed["way"]): Panel {
  const own = runs.filter(({ condition }) => condition.what === what && condition.way === way) as readonly Run<Timed>[];
  return {
    title: `${what}, ${way}`,
    x: { label: "width", scale: "log", domain: [64, what === "norm" ? 1024 : 256] },
    y: { label: "time / time with LayerNorm", domain: [0, 1.8] },
    series: (["RMSNorm", "pRMSNorm"] as const).flatMap((norm) =>
      seriesOf(
        own,
        ({ pass }) => `${norm}, ${pass}`,
        (run) => [[run.condition.width, ratiosOf([run], norm)[0]!]],
      ),
    ),
  };
}

const timed = (Object.keys(widths) as Timed["what"][]).flatMap((what) =>
  ways.flatMap((way) => passes.flatMap((pass) => widths[what].map((width): Timed => ({ what, way, pass, width })))),
);
const isOf =
  (own: Timed) =>
  ({ condition }: Run<Condition>): boolean =>
    JSON.stringify(condition) === JSON.stringify(own);

/** Times and accuracy with RMSNorm and pRMSNorm, in units of LayerNorm. */
export const rmsNormTime: Experiment = experiment<Images, Condition, Measures>({
  title: "RMSNorm and pRMSNorm against LayerNorm: time and accuracy",
  paper: {
    title: "Zhang and Sennrich, Root Mean Square Layer Normalization (2019)",
    link: "https://arxiv.org/abs/1910.07467",
  },
  conditions: [...timed, ...normNames.map((norm): Trained => ({ what: "accuracy", norm }))],
  seeds: 3,
  prepare: (dryRun) => images({ flatten: true, limit: 20_000 }, dryRun),
  run({ data, condition, seed, dryRun }) {
    if (condition.what === "accuracy") return train(data, condition.norm, seed, dryRun);
    return time(condition, seed, dryRun);
  },
  table: (runs) => [
    ["", "LayerNorm", "RMSNorm", "pRMSNorm", "none"],
    ...timed.map((condition) => {
      const own = runs.filter(isOf(condition));
      const { what, way, pass, width } = condition;
      return [
        `${what}, ${way}, ${pass}, ${width}`,
        microseconds(mean(valuesOf(own, "LayerNorm"))),
        ...(["RMSNorm", "pRMSNorm", "none"] as const).map((name) =>
          name === "none" && what === "norm" ? "" : `× ${spread(ratiosOf(own, name), 2)}`,
        ),
      ];
    }),
    [
      "test accuracy",
      ...normNames.map((norm) => {
        const own = runs.filter(({ condition }) => condition.what === "accuracy" && condition.norm === norm);
        const percents = valuesOf(own, "accuracy").map((part) => 100 * part);
        return `${spread(percents, 2)} %`;
      }),
    ],
  ],
  figure: (runs) => ({
    title: "Time with RMSNorm and pRMSNorm in units of that with LayerNorm",
    description:
      "Time over the width, for a norm alone and for a step of a gated recurrent unit, eager and compiled, forward and with the gradient.",
    panels: (Object.keys(widths) as Timed["what"][]).flatMap((what) => ways.map((way) => panel(runs, what, way))),
  }),
});
