import { type Generator, zeros } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { fillUniform, source } from "../../init/fill.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";

/** Options of every recurrent cell. */
export interface CellOptions {
  /** Whether there are biases; true unless given. */
  readonly bias?: boolean;
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** Names of {@link CellOptions}. */
export const cellOptionNames: readonly (keyof CellOptions)[] = ["bias", "generator", "dtype"];

/** Parameters of one cell, in PyTorch's order. */
export interface CellParameters {
  /** `[gates·hidden, in]` */
  readonly weightIh: Parameter;
  /** `[gates·hidden, hidden]` */
  readonly weightHh: Parameter;
  /** `[gates·hidden]` */
  readonly biasIh: Parameter | undefined;
  /** `[gates·hidden]` */
  readonly biasHh: Parameter | undefined;
}

/** Throws unless a cell can have these extents and options. */
export function checkCellOptions(
  fn: string,
  inputSize: number,
  hiddenSize: number,
  options: CellOptions,
  further: readonly string[],
): void {
  checkOptions(fn, options, [...further, ...cellOptionNames]);
  checkFeatures(fn, "inputSize", inputSize);
  checkFeatures(fn, "hiddenSize", hiddenSize);
  checkFloatDType(fn, options.dtype ?? "float32");
}

/** Parameters drawn from PyTorch's `U(±1/√hidden)`. */
export function cellParameters(
  gates: number,
  inputSize: number,
  hiddenSize: number,
  options: CellOptions,
): CellParameters {
  const { bias = true, dtype = "float32" } = options;
  const bound = 1 / Math.sqrt(hiddenSize);
  const draw = (...shape: number[]): Parameter =>
    fillUniform(new Parameter(zeros(shape, { dtype })), -bound, bound, source(options));
  const rows = gates * hiddenSize;
  return {
    weightIh: draw(rows, inputSize),
    weightHh: draw(rows, hiddenSize),
    biasIh: bias ? draw(rows) : undefined,
    biasHh: bias ? draw(rows) : undefined,
  };
}
