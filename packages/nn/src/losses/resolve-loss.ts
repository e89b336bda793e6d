import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, resolveName } from "@tapegrad/tensor/internal";
import type { ReductionOptions } from "./reduction.ts";
import * as functions from "./target-losses.ts";

/** A loss of an output and a target. */
export type LossFunction = (output: Tensor, target: Tensor, options?: ReductionOptions) => Tensor;

type WithoutLoss<N extends string> = N extends `${infer Short}Loss` ? Short : N;

/** Name of a loss with its standard options: its function's name without "Loss", or what it is called elsewhere. */
export type LossName =
  | WithoutLoss<keyof typeof functions>
  | "bce"
  | "bceWithLogits"
  | "categoricalGeneralizedCrossEntropy"
  | "kld"
  | "mae"
  | "meanAbsoluteError"
  | "meanAbsolutePercentageError"
  | "meanSquaredError"
  | "meanSquaredLogarithmicError"
  | "sparseCategoricalCrossEntropy";

const otherNames: Readonly<Record<Exclude<LossName, WithoutLoss<keyof typeof functions>>, LossFunction>> = {
  bce: functions.binaryCrossEntropy,
  bceWithLogits: functions.binaryCrossEntropyWithLogits,
  categoricalGeneralizedCrossEntropy: functions.generalizedCrossEntropy,
  kld: functions.klDivergenceLoss,
  mae: functions.l1Loss,
  meanAbsoluteError: functions.l1Loss,
  meanAbsolutePercentageError: functions.mapeLoss,
  meanSquaredError: functions.mseLoss,
  meanSquaredLogarithmicError: functions.msleLoss,
  sparseCategoricalCrossEntropy: functions.categoricalCrossEntropy,
};

const withoutLoss = (name: string): string => name.replace(/[_\s-]?loss$/i, "");

const losses: Readonly<Record<string, LossFunction>> = {
  ...Object.fromEntries(Object.entries<LossFunction>(functions).map(([name, loss]) => [withoutLoss(name), loss])),
  ...otherNames,
};

/** Names that {@link resolveLoss} knows. */
export const lossNames: readonly LossName[] = Object.keys(losses) as LossName[];

/**
 * The loss of a name; a function is returned as it is. Case, underscores and a final "loss" do not matter: `mse_loss`,
 * `MSELoss` and `mse` are one name.
 *
 * Keras' names mean what they mean there: `categorical_crossentropy`, `sparse_categorical_crossentropy` and
 * `binary_crossentropy` take probabilities, and refuse what is outside [0, 1]; `crossEntropy` and `bceWithLogits` take
 * logits.
 *
 * @throws {ValueError} for an unknown name, with all that are allowed
 * @example
 * resolveLoss("mse")(tensor([1, 2]), tensor([1, 4])).item(); // => 2
 */
export function resolveLoss(loss: LossName | LossFunction, ...none: []): LossFunction;
export function resolveLoss(loss: string | LossFunction, ...none: []): LossFunction;
export function resolveLoss(loss: string | LossFunction, ...none: []): LossFunction {
  expectNothing("resolveLoss", none);
  if (typeof loss === "function") return loss;
  return resolveName("resolveLoss", "a function", losses, typeof loss === "string" ? withoutLoss(loss) : loss);
}
