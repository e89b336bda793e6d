import { noGrad } from "@tapegrad/autograd";
import { type AnyModule, Module } from "@tapegrad/nn";
import { assign, Tensor, ValueError } from "@tapegrad/tensor";
import { expectNothing, expectValue, quoted, ranges, type ValueRange } from "@tapegrad/tensor/internal";
import { inputList, isInputs } from "../model/batch.ts";
import { kept } from "../training/kept.ts";

/** A module with running statistics of its batches. */
interface Running {
  readonly runningMean: Tensor;
  readonly runningVar: Tensor;
  readonly numBatchesTracked: Tensor;
  momentum: number | null;
}

/** Batches: a tensor, or a list whose first part is what the net takes, as loaders give them. */
export type InputLoader = Iterable<unknown> | AsyncIterable<unknown>;

const loaderRange: ValueRange<InputLoader> = {
  text: "to be an iterable or async iterable of batches",
  has: (value): value is InputLoader =>
    typeof value === "object" &&
    value !== null &&
    !(value instanceof Tensor) &&
    (Symbol.iterator in value || Symbol.asyncIterator in value),
};

/**
 * Computes the running statistics of every BatchNorm anew, as the average over all batches of a loader with the present
 * weights: after a training at a large rate, after weights were averaged or swapped.
 *
 * In training mode and without updates, as PyTorch's `update_bn`; the batches count alike. Momentum, modes, gradients and
 * generators are those of before afterwards. A net without running statistics is left alone, and the loader is not read.
 *
 * @param net any module
 * @param loader batches `[x, ...]` or `x`, where `x` is a tensor or a list of the inputs of the net
 * @throws {ValueError} for no batches, or batches of another form; the statistics are those of before then
 * @example
 * const norm = new nn.BatchNorm(1);
 * await recalibrate(norm, [tensor([[1], [3]]), tensor([[5], [7]])]);
 * norm.runningMean.toArray(); // => [4]
 */
export async function recalibrate(net: AnyModule, loader: InputLoader, ...none: []): Promise<void> {
  const fn = "recalibrate";
  expectNothing(fn, none);
  expectValue(fn, "net", net, ranges.instanceOf<AnyModule>(Module));
  expectValue(fn, "loader", loader, loaderRange);
  const norms = net.modules().filter(isRunning);
  if (norms.length === 0) return;
  const restore = kept(net);
  const momenta = norms.map(({ momentum }) => momentum);
  let measured: readonly (readonly [statistic: Tensor, value: Tensor])[];
  try {
    for (const norm of norms) begin(norm);
    net.train();
    let batches = 0;
    for await (const batch of loader) {
      const inputs = inputsOf(fn, batch);
      noGrad(() => void net.forward(...(inputs as never)));
      batches++;
    }
    if (batches === 0) throw new ValueError(`${fn}: expected at least one batch, got none.`);
    measured = norms.flatMap(statisticsOf).map((statistic) => [statistic, statistic.detach().clone()] as const);
  } finally {
    restore();
    norms.forEach((norm, i) => {
      norm.momentum = momenta[i]!;
    });
  }
  for (const [statistic, value] of measured) assign(statistic, value);
}

function statisticsOf({ runningMean, runningVar, numBatchesTracked }: Running): readonly Tensor[] {
  return [runningMean, runningVar, numBatchesTracked];
}

function begin(norm: Running): void {
  assign(norm.runningMean, norm.runningMean.mul(0));
  assign(norm.runningVar, norm.runningVar.mul(0).add(1));
  assign(norm.numBatchesTracked, norm.numBatchesTracked.mul(0));
  norm.momentum = null;
}

function isRunning(module: AnyModule): module is AnyModule & Running {
  const isTracked = statisticsOf(module as unknown as Running).every((statistic) => statistic instanceof Tensor);
  return isTracked && "momentum" in module;
}

/** What the net takes, of a batch. */
function inputsOf(fn: string, batch: unknown): readonly Tensor[] {
  const first: unknown = Array.isArray(batch) ? batch[0] : batch;
  if (isInputs(first)) return inputList(first);
  throw new ValueError(`${fn}: expected batches x or [x, ...] of tensors, got ${quoted(batch)}.`);
}
