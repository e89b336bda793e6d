import type { Module } from "@tapegrad/nn";
import type { LossFunction } from "@tapegrad/nn/functional";
import { Optimizer } from "@tapegrad/optim";
import { resolveOptimizer } from "@tapegrad/optim/internal";
import { type Tensor, ValueError } from "@tapegrad/tensor";
import {
  option,
  optional,
  type OptionTable,
  ranges,
  required,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import type { Metric } from "../metrics/metric.ts";
import type { MetricFunction } from "../metrics/means/mean-metric.ts";
import { resolveMetric } from "../metrics/resolve-metric.ts";
import { Figures } from "./figures.ts";
import { lossOf } from "./loss.ts";
import { Steps } from "./steps.ts";

/** A metric: its name, itself, or a function of predictions and target that gives a figure for each sample. */
export type MetricChoice = string | Metric | MetricFunction;

/** What `Model.compile` takes. */
export interface CompileSettings {
  /** A name, with the optimizer's standard options; an optimizer; or what makes one for the parameters of the net. */
  readonly optimizer: string | Optimizer | ((params: Tensor[]) => Optimizer);
  /** A name, or a function of predictions and target, which gives the mean or one loss for each sample. */
  readonly loss: string | LossFunction | Module<[Tensor, Tensor]>;
  /** Names, metrics, or functions that give a figure for each sample, whose mean is meant; none unless given. Samples count alike. */
  readonly metrics?: readonly MetricChoice[];
  /**
   * Metrics in which samples count as much as in the loss: `sampleWeight` times `classWeight`. One whose name is among `metrics`
   * too is called `weightedAccuracy` and so on.
   */
  readonly weightedMetrics?: readonly MetricChoice[];
  /** Largest norm of all gradients together; no limit unless given. */
  readonly clipNorm?: number | undefined;
  /** How many threads compiled steps have, as many as pay unless given: see `CompileOptions`. */
  readonly threads?: number | "auto";
}

const optimizerRange: ValueRange<CompileSettings["optimizer"]> = {
  text: "to be an Optimizer, its name, or a function from parameters to one",
  has: (value): value is CompileSettings["optimizer"] =>
    typeof value === "string" || typeof value === "function" || value instanceof Optimizer,
};

const lossRange: ValueRange<CompileSettings["loss"]> = {
  text: "to be a function or its name",
  has: (value): value is CompileSettings["loss"] =>
    typeof value === "string" ||
    typeof value === "function" ||
    (typeof value === "object" && value !== null && "forward" in value),
};

const metricRange: ValueRange<MetricChoice> = {
  text: "to be a Metric, its name or a function",
  has: (value): value is MetricChoice =>
    typeof value === "string" ||
    typeof value === "function" ||
    (typeof value === "object" && value !== null && "update" in value && "result" in value),
};

/** Range and standard of each option of `compile`. */
export const compileTable: OptionTable<CompileSettings> = {
  optimizer: required(optimizerRange),
  loss: required(lossRange),
  metrics: option<readonly MetricChoice[]>(ranges.listOf(metricRange), []),
  weightedMetrics: option<readonly MetricChoice[]>(ranges.listOf(metricRange), []),
  clipNorm: optional(ranges.positive),
  threads: option<number | "auto">(ranges.either(ranges.count, ranges.oneOf("auto")), "auto"),
};

/** A net with all that it takes to train it. */
export interface Compiled {
  readonly optimizer: Optimizer;
  readonly metrics: readonly Metric[];
  readonly figures: Figures;
  readonly steps: Steps;
  readonly clipNorm: number | undefined;
}

/** What the words of `compile` stand for. */
export function compiledWith(fn: string, net: Module, given: CompileSettings): Compiled {
  const {
    optimizer: wanted,
    loss: wantedLoss,
    metrics: named,
    weightedMetrics: namedWeighted,
    clipNorm,
    threads,
  } = settleOptions(fn, given, compileTable);
  const loss = lossOf(fn, wantedLoss);
  const resolved = (choices: readonly MetricChoice[]): Metric[] =>
    choices.map((metric) => resolveMetric(fn, metric, wantedLoss));
  const [metrics, weightedMetrics] = [resolved(named), resolved(namedWeighted)];
  const figures = new Figures(fn, { metrics, weightedMetrics });
  const optimizer = optimizerOf(fn, wanted, net);
  return {
    optimizer,
    metrics: [...metrics, ...weightedMetrics],
    figures,
    clipNorm,
    steps: new Steps({ net, optimizer, loss, figures }, { threads }),
  };
}

function optimizerOf(fn: string, wanted: CompileSettings["optimizer"], net: Module): Optimizer {
  const parameters = net.parameters();
  const made: unknown = typeof wanted === "function" ? wanted(parameters) : wanted;
  const optimizer = resolveOptimizer(fn, made as string | Optimizer, parameters);
  const own = new Set<Tensor>(parameters);
  if (!optimizer.groups.some(({ params }) => params.some((parameter) => own.has(parameter)))) {
    throw new ValueError(
      `${fn}: expected an optimizer of parameters of the net, got one of others. Write (params) => new Adam(params).`,
    );
  }
  return optimizer;
}
