import { Generator, nn, noGrad, randn, type Tensor } from "tapegrad";
import { type Experiment, experiment, type Run } from "../house/experiment.ts";
import { type Panel, seriesOf } from "../house/figure.ts";
import { measured } from "../house/measured.ts";
import { spread } from "../house/spread.ts";

const width = 128;
const samples = 256;

/** What follows the dense layer, whose weights have variance 1/width. */
const networks = {
  SELU: () => [new nn.SELU()],
  "SELU, AlphaDropout(0.05)": (generator) => [new nn.SELU(), new nn.AlphaDropout(0.05, { generator })],
  ReLU: () => [new nn.ReLU()],
  "LayerNorm, ReLU": () => [new nn.LayerNorm(width), new nn.ReLU()],
  tanh: () => [new nn.Tanh()],
} as const satisfies Record<string, (generator: Generator) => readonly nn.Module[]>;

/** Mean and variance of the inputs. */
const inputs = { "mean 0, variance 1": [0, 1], "mean 0.5, variance 1.5": [0.5, 1.5] } as const;

type Condition = { readonly network: keyof typeof networks; readonly input: keyof typeof inputs };
/** Of all units of a layer and all samples; the input is layer 0. */
type Moments = { readonly mean: readonly number[]; readonly variance: readonly number[] };

const conditions = Object.keys(inputs).flatMap((input) =>
  Object.keys(networks).map((network) => ({ network, input }) as Condition),
);

function measure({ network, input }: Condition, seed: number, depth: number): Moments {
  const generator = new Generator(seed);
  const [mean, variance] = inputs[input];
  let x: Tensor = randn([samples, width], { generator }).mul(Math.sqrt(variance)).add(mean);
  const moments: { mean: number[]; variance: number[] } = { mean: [], variance: [] };
  for (let layer = 0; layer <= depth; layer++) {
    moments.mean.push(x.mean().item());
    moments.variance.push(x.variance({ correction: 0 }).item());
    const dense = new nn.Dense(width, width, { init: "lecunNormal", biasInit: "zeros", generator });
    x = new nn.Sequential(dense, ...networks[network](generator)).forward(x);
  }
  return moments;
}

function panel(runs: readonly Run<Condition, Moments>[], input: Condition["input"], of: keyof Moments): Panel {
  return {
    title: `${of}; input of ${input}`,
    x: { label: "layer" },
    // What falls by half in each layer needs a scale of powers, on which 1e-12 is as good as 0.
    y: of === "mean" ? { label: "mean" } : { label: "variance", scale: "log", domain: [1e-12, 10] },
    series: seriesOf(
      runs.filter(({ condition }) => condition.input === input),
      ({ network }) => network,
      ({ measures }) => measures[of].map((value, layer) => [layer, of === "mean" ? value : Math.max(value, 1e-12)]),
    ),
  };
}

/** Mean and variance of activations through 100 layers. */
export const seluMoments: Experiment = experiment<undefined, Condition, Moments>({
  title: "Mean and variance through 100 layers: SELU against ReLU, tanh and LayerNorm",
  paper: {
    title: "Klambauer et al., Self-Normalizing Neural Networks (2017)",
    link: "https://arxiv.org/abs/1706.02515",
  },
  conditions,
  seeds: 5,
  prepare: () => undefined,
  run: ({ condition, seed, dryRun }) => noGrad(() => measure(condition, seed, dryRun ? 3 : 100)),
  table: (runs) => [
    ["input", "network", "mean after 10", "variance after 10", "mean at the end", "variance at the end"],
    ...conditions.map((condition) => {
      const at = (of: keyof Moments, layer: number): string =>
        spread(
          measured(runs, condition, (own) => own[of].at(layer) ?? Number.NaN),
          3,
        );
      return [
        condition.input,
        condition.network,
        at("mean", 10),
        at("variance", 10),
        at("mean", -1),
        at("variance", -1),
      ];
    }),
  ],
  figure: (runs) => ({
    title: "Mean and variance of activations, layer by layer",
    description:
      "With SELU both stay near 0 and 1 through all layers and return there from another input; with ReLU the variance falls to nothing, with tanh it falls slowly, after LayerNorm and ReLU both stand still elsewhere.",
    panels: (Object.keys(inputs) as Condition["input"][]).flatMap((input) => [
      panel(runs, input, "mean"),
      panel(runs, input, "variance"),
    ]),
  }),
});
