import { chunk, type FloatDType, type Tensor } from "@tapegrad/tensor";
import { option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { Dense } from "../dense/dense.ts";
import { type RandomOptions, randomTable } from "../init/fill.ts";
import { type Initializer, initializer } from "../init/initializer.ts";

/** Options of the layers whose γ and β a condition says. */
export interface ModulationOptions extends RandomOptions {
  /** Initialiser of the weight that makes γ − 1 and β of a condition; zeros unless given, with which no condition has an effect at first. */
  readonly init?: Initializer;
  /** Dtype of parameters and statistics, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** {@link ModulationOptions}, row by row. */
export const modulationTable: OptionTable<ModulationOptions> = {
  init: option(initializer, "zeros"),
  ...randomTable,
  dtype: option(ranges.floatDType, "float32"),
};

/** The layer that makes `outputs` numbers of a condition, such as γ − 1 and β side by side. */
export function modulationLayer(
  conditions: number,
  outputs: number,
  { init, generator, dtype }: Required<ModulationOptions>,
): Dense {
  return new Dense(conditions, outputs, { init, biasInit: "zeros", generator, dtype });
}

/** γ and β, each `[N, features]`, of a condition `[N, conditions]`. */
export function modulate(layer: Dense, condition: Tensor): { readonly weight: Tensor; readonly bias: Tensor } {
  const [change, bias] = chunk(layer.forward(condition), 2, -1) as [Tensor, Tensor];
  return { weight: change.add(1), bias };
}

/** `[N, F]` with axes of extent 1 between, so that it broadcasts to the tokens of each sample among `ndim` axes. */
export function perSample(vectors: Tensor, ndim: number): Tensor {
  const [samples, features] = vectors.shape as [number, number];
  return ndim === 2 ? vectors : vectors.reshape([samples, ...Array.from({ length: ndim - 2 }, () => 1), features]);
}
