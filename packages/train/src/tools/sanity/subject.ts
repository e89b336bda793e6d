import { noGrad } from "@tapegrad/autograd";
import type { Module } from "@tapegrad/nn";
import type { LossFunction } from "@tapegrad/nn/functional";
import type { Tensor } from "@tapegrad/tensor";
import type { Batch } from "../../model/batch.ts";
import { batchLoss } from "../../model/loss.ts";
import { predictionsOf } from "../../model/steps.ts";
import { kept } from "../../training/kept.ts";

/** What is checked: a net, its loss, and a batch. */
export interface Subject {
  readonly net: Module;
  readonly loss: LossFunction;
  readonly batch: Batch;
  /** Number of classes; undefined where there are none. */
  readonly classes: number | undefined;
  /** Updates of the checks that train. */
  readonly steps: number;
  /** Rate of the checks that train. */
  readonly lr: number;
}

/** The loss of inputs, recorded. */
export function lossOf({ net, loss, batch }: Subject, inputs: readonly Tensor[] = batch.inputs): Tensor {
  return batchLoss("sanity", loss, predictionsOf(net, inputs), batch.target, batch.weight);
}

/** What `fn` gives, after which the net is as it was before. */
export function leaving<T>(net: Module, fn: () => T): T {
  const restore = kept(net);
  try {
    return fn();
  } finally {
    restore();
  }
}

/** Outputs without recording, with the net and its generators as they were afterwards. */
export function outputOf(net: Module, inputs: readonly Tensor[]): Tensor {
  return leaving(net, () => noGrad(() => predictionsOf(net, inputs).detach()));
}
