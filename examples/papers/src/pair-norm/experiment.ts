import { compile, Generator, nn, noGrad, optim, type Tensor } from "tapegrad";
import { type Experiment, experiment, type Run } from "../house/experiment.ts";
import { type Panel, seriesOf } from "../house/figure.ts";
import { measured } from "../house/measured.ts";
import { spread } from "../house/spread.ts";
import { type Graph, graphOf, type Known } from "./graph.ts";
import { type GraphNetwork, networks, type NormName, relativeDistance } from "./networks.ts";

const depths = [2, 4, 8, 16, 32] as const;
const knowns = ["all nodes", "training nodes"] as const satisfies Known[];

type Condition = {
  /** Which nodes have features. */
  readonly known: Known;
  readonly network: keyof typeof networks;
  readonly norm: NormName;
  readonly depth: number;
};
type Measures = {
  /** Test accuracy where that of the validation nodes was best first. */
  readonly accuracy: number;
  /** Mean distance between nodes at the end, in units of their length. */
  readonly distance: number;
};
type Runs = readonly Run<Condition, Measures>[];

const networkNames = ["SGC", "GCN"] as const;
const normNames = ["none", "PairNorm", "PairNorm-SI"] as const;

/** Part of the nodes whose largest logit is that of their class. */
function accuracyOf(logits: Tensor, { y }: Graph, part: Tensor): number {
  const right = logits.argmax({ axis: 1 }).eq(y);
  return right.indexSelect(0, part).to("float32").mean().item();
}

/** Trains on all nodes at once; gives the test accuracy of the update that was best on the validation nodes. */
function trained(network: GraphNetwork, graph: Graph, updates: number): number {
  const { train, validation, test } = graph.parts;
  const labels = graph.y.indexSelect(0, train);
  const optimizer = new optim.Adam(network.parameters(), { lr: 0.01, weightDecay: 5e-4 });
  const step = compile(() => {
    optimizer.zeroGrad();
    nn.functional.crossEntropy(network.forward().indexSelect(0, train), labels).backward();
    optimizer.step();
  });
  const evaluate = compile(() => noGrad(() => network.forward()));
  let best = { validation: -1, test: 0 };
  for (let update = 1; update <= updates; update++) {
    network.train();
    step();
    if (update % 5 !== 0 && update !== updates) continue;
    network.eval();
    const logits = evaluate();
    const accuracy = accuracyOf(logits, graph, validation);
    if (accuracy > best.validation) best = { validation: accuracy, test: accuracyOf(logits, graph, test) };
  }
  return best.test;
}

function run({ known, network: name, norm, depth }: Condition, seed: number, dryRun: boolean): Measures {
  const graph = graphOf(seed, known);
  const network = networks[name]({ graph, norm, depth: dryRun ? 3 : depth, generator: new Generator(seed) });
  const accuracy = trained(network, graph, dryRun ? 1 : 200);
  return { accuracy, distance: relativeDistance(network.eval()) };
}

function panel(runs: Runs, known: Known, network: Condition["network"], of: keyof Measures): Panel {
  return {
    title: `${network} ${of}, features of ${known}`,
    x: { label: "depth", scale: "log", domain: [2, 32] },
    y: of === "accuracy" ? { label: "accuracy", domain: [0, 1] } : { label: "distance / length", domain: [0, 1.5] },
    series: seriesOf(
      runs.filter(({ condition }) => condition.known === known && condition.network === network),
      ({ norm }) => norm,
      ({ condition: { depth }, measures }) => [[depth, measures[of]]],
    ),
  };
}

/** Over-smoothing of graph networks with and without PairNorm. */
export const pairNorm: Experiment = experiment<undefined, Condition, Measures>({
  title: "PairNorm against over-smoothing: accuracy and distances of nodes by depth",
  paper: {
    title: "Zhao and Akoglu, PairNorm: Tackling Oversmoothing in GNNs (2020)",
    link: "https://arxiv.org/abs/1909.12223",
  },
  conditions: knowns.flatMap((known) =>
    networkNames.flatMap((network) =>
      normNames.flatMap((norm) => depths.map((depth) => ({ known, network, norm, depth }))),
    ),
  ),
  seeds: 3,
  prepare: () => undefined,
  run: ({ condition, seed, dryRun }) => run(condition, seed, dryRun),
  table: (runs) => [
    [
      "features of",
      "network",
      "norm",
      ...depths.map((depth) => `accuracy at depth ${depth}`),
      "distance at 2",
      "at 32",
    ],
    ...knowns.flatMap((known) =>
      networkNames.flatMap((network) =>
        normNames.map((norm) => {
          const values = (of: keyof Measures, depth: number): readonly number[] =>
            measured(runs, { known, network, norm, depth }, (measures) => measures[of]);
          const percent = (depth: number): string =>
            `${spread(
              values("accuracy", depth).map((part) => 100 * part),
              1,
            )} %`;
          const distances = [2, 32].map((depth) => spread(values("distance", depth), 2));
          return [known, network, norm, ...depths.map(percent), ...distances];
        }),
      ),
    ),
  ],
  figure: (runs) => ({
    title: "Test accuracy and distances of nodes over the depth",
    description:
      "Without a norm accuracy falls to chance and the distance of nodes to nothing as the depth grows. With PairNorm accuracy of SGC stays, and rises where only training nodes have features; that of GCN falls later, least with PairNorm-SI.",
    panels: knowns.flatMap((known) => [
      panel(runs, known, "SGC", "accuracy"),
      panel(runs, known, "GCN", "accuracy"),
      panel(runs, known, "GCN", "distance"),
    ]),
  }),
});
