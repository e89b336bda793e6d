import { type AnyModule, Module } from "@tapegrad/nn";
import {
  optional,
  option,
  type OptionTable,
  ranges,
  required,
  settleOptions,
  expectValue,
} from "@tapegrad/tensor/internal";
import { noGrad } from "@tapegrad/autograd";
import { batchOf, type LoaderBatch } from "../../model/batch.ts";
import { lossOf as resolvedLoss } from "../../model/loss.ts";
import { predictionsOf } from "../../model/steps.ts";
import { compileTable, type CompileSettings } from "../../model/settings.ts";
import { SanityReport } from "./check.ts";
import { checkGradients } from "./gradients.ts";
import { checkInitialLoss } from "./initial-loss.ts";
import { checkLeaks } from "./leaks.ts";
import { checkOverfitting } from "./overfit.ts";
import { leaving, type Subject } from "./subject.ts";

/** Options of {@link sanity}. */
export interface SanityOptions {
  /** What is minimised, by name or as it is. */
  readonly loss: CompileSettings["loss"];
  /** Number of classes, whose ln a fresh net's loss is; that of the outputs where targets are int32 unless given. */
  readonly classes?: number | undefined;
  /** Updates of the checks that train; 200 unless given. */
  readonly steps?: number;
  /** Learning rate of the checks that train, which use Adam; 0.01 unless given. */
  readonly lr?: number;
}

const table: OptionTable<SanityOptions> = {
  loss: required(compileTable.loss.range),
  classes: optional(ranges.whole(2)),
  steps: option(ranges.count, 200),
  lr: option(ranges.positive, 0.01),
};

/**
 * What to look at before a training, in one table: the loss of a fresh net against ln K; whether it learns one batch by heart;
 * whether inputs of zeros do worse; gradients against differences in float64; and that no sample changes the outputs for
 * others, but for BatchNorm in training, where that is expected.
 *
 * The net is left as it was: weights, statistics, gradients, modes, generators.
 *
 * @param net a fresh net
 * @param batch `[x, y]`, best a small one
 * @throws {ValueError} for options that are not allowed, or a batch of another form
 * @see Karpathy, A Recipe for Training Neural Networks (2019), https://karpathy.github.io/2019/04/25/recipe/
 * @example
 * manualSeed(0);
 * const net = new nn.Sequential(new nn.Dense(4, 16), new nn.Tanh(), new nn.Dense(16, 3));
 * const report = train.sanity(net, [randn([8, 4]), tensor(Int32Array.of(0, 1, 2, 0, 1, 2, 0, 1))], { loss: "crossEntropy" });
 * report.passed; // => true
 */
export function sanity(net: AnyModule, batch: LoaderBatch, options: SanityOptions): SanityReport {
  expectValue("sanity", "net", net, ranges.instanceOf<AnyModule>(Module as never));
  const { loss, classes, steps, lr } = settleOptions("sanity", options, table);
  const checked = batchOf("sanity", batch);
  const common = { net: net as Module, loss: resolvedLoss("sanity", loss), batch: checked, steps, lr };
  const subject: Subject = { ...common, classes: classes ?? classesOf(common) };
  return new SanityReport([
    checkInitialLoss(subject),
    ...checkOverfitting(subject),
    checkGradients(subject),
    ...checkLeaks(subject),
  ]);
}

/** As many classes as there are outputs, where targets are the numbers of classes. */
function classesOf({ net, batch }: Pick<Subject, "net" | "batch">): number | undefined {
  if (batch.target.dtype !== "int32") return undefined;
  const { shape } = leaving(net, () => noGrad(() => predictionsOf(net, batch.inputs)));
  return shape.length === batch.target.ndim + 1 && shape[1]! >= 2 ? shape[1] : undefined;
}
