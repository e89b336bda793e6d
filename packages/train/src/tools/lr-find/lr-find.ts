import { type AnyModule, Module } from "@tapegrad/nn";
import type { Optimizer } from "@tapegrad/optim";
import { ValueError } from "@tapegrad/tensor";
import {
  expectValue,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { type Batch, batchOf } from "../../model/batch.ts";
import { Model } from "../../model/model.ts";
import { compileTable, type CompileSettings } from "../../model/settings.ts";
import { type BatchLoader, isLoader } from "../../model/source-of.ts";
import { kept } from "../../training/kept.ts";
import { LRCurve, smooth } from "./lr-curve.ts";

/** Options of {@link lrFind}. */
export interface LRFindOptions {
  /** Loss of a net, by name or as it is; a compiled `Model` has its own. */
  readonly loss?: CompileSettings["loss"] | undefined;
  /** Optimizer of a net, by name or as it is; a compiled `Model` has its own. "sgd" unless given. */
  readonly optimizer?: CompileSettings["optimizer"] | undefined;
  /** The smallest rate; 1e-7 unless given. */
  readonly from?: number;
  /** The largest rate; 10 unless given. */
  readonly to?: number;
  /** Batches, each at a rate of its own; 100 unless given. */
  readonly steps?: number;
  /** The search ends when the smoothed loss is this many times the least, or as far above one below 0; 4 unless given. */
  readonly stopFactor?: number;
  /** Whether the step is compiled; true unless given. */
  readonly compile?: boolean;
}

const table: OptionTable<LRFindOptions> = {
  loss: optional(compileTable.loss.range),
  optimizer: optional(compileTable.optimizer.range),
  from: option(ranges.positive, 1e-7),
  to: option(ranges.positive, 10),
  steps: option(ranges.whole(3), 100),
  stopFactor: option(
    ranges.numbers("> 1", (x) => x > 1),
    4,
  ),
  compile: option(ranges.flag, true),
};

/**
 * Looks for a learning rate: trains for some batches while the rate grows exponentially from `from` to `to`, and tells the
 * losses. Weights, buffers, optimizer, generators and, where it has a state, the loader are those of before afterwards.
 *
 * @param net a net with the options `loss` and `optimizer`, or a compiled {@link Model}
 * @param loader batches `[x, y]`; it is gone through again when it ends
 * @throws {ValueError} for options that are not allowed, a net without loss, and a loader that gives nothing
 * @see Smith, Cyclical Learning Rates for Training Neural Networks (2015), https://arxiv.org/abs/1506.01186
 * @example
 * manualSeed(0);
 * const x = randn([64, 2]);
 * const loader = new data.DataLoader(new data.TensorDataset(x, x.sum({ axis: 1, keepDims: true })), { batchSize: 16 });
 * const curve = await train.lrFind(new nn.Dense(2, 1), loader, { loss: "mse" });
 * curve.suggestion > 1e-3; // => true
 */
export async function lrFind(
  net: AnyModule | Model,
  loader: BatchLoader,
  options: LRFindOptions = {},
): Promise<LRCurve> {
  const { from, to, steps, stopFactor, compile, loss, optimizer } = settleOptions("lrFind", options, table);
  expectValue("lrFind", "loader", loader, loaderRange);
  if (from >= to) throw new ValueError(`lrFind: expected from < to, got from ${from} and to ${to}.`);
  const model = modelOf(net, loss, optimizer);
  const trained = model.optimizer!;
  const restore = [kept(model.net), keptOptimizer(trained), keptLoader(loader)];
  const [rates, losses]: [number[], number[]] = [[], []];
  try {
    for await (const { inputs, target, weight } of endless(loader)) {
      const rate = from * (to / from) ** (rates.length / (steps - 1));
      trained.lr = rate;
      const { loss: value = Number.NaN } = model.trainOnBatch(inputs, target, { sampleWeight: weight, compile });
      if (!Number.isFinite(value)) break;
      rates.push(rate);
      losses.push(value);
      const smoothed = smooth(losses);
      const least = Math.min(...smoothed);
      // Of a loss below 0, many times the least would be less than it.
      if (rates.length === steps || smoothed.at(-1)! - least > (stopFactor - 1) * Math.abs(least)) break;
    }
  } finally {
    for (const undo of restore) undo();
  }
  return new LRCurve(rates, losses);
}

function modelOf(net: AnyModule | Model, loss: LRFindOptions["loss"], optimizer: LRFindOptions["optimizer"]): Model {
  if (net instanceof Model) {
    if (loss !== undefined || optimizer !== undefined) {
      throw new ValueError("lrFind: expected loss and optimizer of the model, got others. Give them to its compile.");
    }
    if (net.optimizer !== undefined) return net;
    throw new ValueError("lrFind: expected a compiled model, got one without optimizer. Call compile first.");
  }
  expectValue("lrFind", "net", net, netRange);
  if (loss === undefined) throw new ValueError('lrFind: expected a loss, got none. Pass { loss: "crossEntropy" }.');
  return new Model(net as Module).compile({ loss, optimizer: optimizer ?? "sgd" });
}

const loaderRange: ValueRange<BatchLoader> = { text: "to be an iterable or async iterable of batches", has: isLoader };
const netRange = ranges.either(ranges.instanceOf<AnyModule>(Module as never), ranges.instanceOf(Model));

function keptOptimizer(optimizer: Optimizer): () => void {
  const state = optimizer.stateDict();
  return () => optimizer.loadStateDict(state);
}

function keptLoader(loader: object): () => void {
  const { stateDict, loadStateDict } = loader as {
    readonly stateDict?: () => object;
    readonly loadStateDict?: (state: object) => void;
  };
  if (stateDict === undefined || loadStateDict === undefined) return () => undefined;
  const state = Reflect.apply<object, [], object>(stateDict, loader, []);
  return () => Reflect.apply(loadStateDict, loader, [state]);
}

/** The batches of a loader, one epoch after the other. */
async function* endless(loader: BatchLoader): AsyncGenerator<Batch, void, undefined> {
  for (;;) {
    let count = 0;
    for await (const batch of loader as AsyncIterable<unknown>) {
      count++;
      yield batchOf("lrFind", batch);
    }
    if (count === 0) throw new ValueError("lrFind: expected a batch, got none. Pass a loader, which starts anew.");
  }
}
