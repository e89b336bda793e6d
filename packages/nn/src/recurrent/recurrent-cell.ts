import { type Tensor, zeros } from "@tapegrad/tensor";
import {
  expectValue,
  extent,
  flag,
  type FloatDType,
  floatDType,
  option,
  type OptionTable,
} from "@tapegrad/tensor/internal";
import { fillUniform, type RandomOptions, randomTable } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import type { CellWeights } from "./cell-weights.ts";

/** Options of every recurrent cell. */
export interface CellOptions extends RandomOptions {
  /** Whether there are biases; true unless given. */
  readonly bias?: boolean;
  /** Dtype of the parameters, float32 unless given. */
  readonly dtype?: FloatDType;
}

/** {@link CellOptions}, row by row. */
export const cellTable: OptionTable<CellOptions> = {
  bias: option(flag, true),
  ...randomTable,
  dtype: option(floatDType, "float32"),
};

/** Parameters of one cell, in PyTorch's order. */
export interface CellParameters extends CellWeights {
  readonly weightIh: Parameter;
  readonly weightHh: Parameter;
  readonly biasIh: Parameter | undefined;
  readonly biasHh: Parameter | undefined;
}

/** Parameters drawn from PyTorch's `U(±1/√hidden)`. */
export function cellParameters(
  gates: number,
  inputSize: number,
  hiddenSize: number,
  { bias, dtype, generator }: Required<CellOptions>,
): CellParameters {
  const bound = 1 / Math.sqrt(hiddenSize);
  const draw = (...shape: number[]): Parameter =>
    fillUniform(new Parameter(zeros(shape, { dtype })), -bound, bound, { generator });
  const rows = gates * hiddenSize;
  return {
    weightIh: draw(rows, inputSize),
    weightHh: draw(rows, hiddenSize),
    biasIh: bias ? draw(rows) : undefined,
    biasHh: bias ? draw(rows) : undefined,
  };
}

/** Throws a `ShapeError` unless a cell can have these extents. */
export function checkCellSizes(fn: string, inputSize: number, hiddenSize: number): void {
  expectValue(fn, "inputSize", inputSize, extent);
  expectValue(fn, "hiddenSize", hiddenSize, extent);
}

/** A layer that is one step: what the three recurrent cells share. */
export abstract class RecurrentCell<Options extends CellOptions, In extends readonly unknown[], Out>
  extends ConfiguredModule<Options, In, Out>
  implements CellParameters
{
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** `[gates·hiddenSize, inputSize]` */
  readonly weightIh: Parameter;
  /** `[gates·hiddenSize, hiddenSize]` */
  readonly weightHh: Parameter;
  /** `[gates·hiddenSize]` */
  readonly biasIh: Parameter | undefined;
  /** `[gates·hiddenSize]` */
  readonly biasHh: Parameter | undefined;

  constructor(gates: number, inputSize: number, hiddenSize: number, options: Options, table: OptionTable<Options>) {
    super(options, table);
    checkCellSizes(new.target.name, inputSize, hiddenSize);
    // Options has all that CellOptions has, which TypeScript does not see through Required.
    const settled = this.options as Required<CellOptions>;
    const { weightIh, weightHh, biasIh, biasHh } = cellParameters(gates, inputSize, hiddenSize, settled);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weightIh = weightIh;
    this.weightHh = weightHh;
    this.biasIh = biasIh;
    this.biasHh = biasHh;
  }

  /** The state before the first step, `[..., hiddenSize]`. */
  protected zeroState(x: Tensor): Tensor {
    return zeros([...x.shape.slice(0, -1), this.hiddenSize], { dtype: this.weightHh.dtype });
  }

  protected override positional(): readonly number[] {
    return [this.inputSize, this.hiddenSize];
  }
}
