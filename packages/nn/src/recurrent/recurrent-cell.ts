import { type Tensor, zeros, ValueError } from "@tapegrad/tensor";
import { expectTensor, expectValue, type OptionTable, quoted, ranges } from "@tapegrad/tensor/internal";
import { type AffineOptions, affineTable } from "../dense/affine-parameters.ts";
import { fillUniform } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";

/** Weights of one recurrent cell; the rows of the gates stand one gate after the other, in PyTorch's order. */
export interface CellWeights {
  /** `[gates·hidden, in]` */
  readonly weightIh: Tensor;
  /** `[gates·hidden, hidden]` */
  readonly weightHh: Tensor;
  /** `[gates·hidden]`; none unless given */
  readonly biasIh?: Tensor | undefined;
  /** `[gates·hidden]`; none unless given */
  readonly biasHh?: Tensor | undefined;
}

/** Throws unless input, weights and states fit together; each state is `[..., hidden]` with the leading axes of `x`. */
export function checkCell(
  fn: string,
  gates: number,
  x: Tensor,
  states: Readonly<Record<string, Tensor>>,
  weights: CellWeights,
): void {
  if (typeof weights !== "object" || weights === null) {
    throw new ValueError(`${fn}: expected weights { weightIh, weightHh, biasIh, biasHh }, got ${quoted(weights)}.`);
  }
  const { weightIh, weightHh, biasIh, biasHh } = weights;
  expectTensor(fn, "x", x);
  expectTensor(fn, "weightIh", weightIh);
  expectTensor(fn, "weightHh", weightHh);
  for (const name in states) expectTensor(fn, `state ${name}`, states[name]);
  const [inside, hidden] = [weightIh.shape.at(-1) ?? 0, weightHh.shape.at(-1) ?? 0];
  const batch = x.shape.slice(0, -1);
  checkVector(fn, "weightHh", weightHh, [gates * hidden, hidden]);
  checkVector(fn, "weightIh", weightIh, [gates * hidden, inside]);
  checkVector(fn, "biasIh", biasIh, [gates * hidden]);
  checkVector(fn, "biasHh", biasHh, [gates * hidden]);
  checkVector(fn, "input", x, [...batch, inside]);
  for (const [name, state] of Object.entries(states)) checkVector(fn, `state ${name}`, state, [...batch, hidden]);
  checkDTypes(fn, { input: x, weightIh, weightHh, "state h": states["h"] });
}

/** Options of every recurrent cell. */
export interface CellOptions extends Pick<AffineOptions, "bias" | "generator" | "dtype"> {}

const { bias, generator, dtype } = affineTable;
/** {@link CellOptions}, row by row. */
export const cellTable: OptionTable<CellOptions> = { bias, generator, dtype };

/** Parameters of one cell, in PyTorch's order. */
export interface CellParameters extends CellWeights {
  readonly weightIh: Parameter;
  readonly weightHh: Parameter;
  readonly biasIh: Parameter | undefined;
  readonly biasHh: Parameter | undefined;
}

/** Throws a `ShapeError` unless a cell can have these extents. */
export function checkCellSizes(fn: string, inputSize: number, hiddenSize: number): void {
  expectValue(fn, "inputSize", inputSize, ranges.extent);
  expectValue(fn, "hiddenSize", hiddenSize, ranges.extent);
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

/** A layer that is one step: what the three recurrent cells share. */
export abstract class RecurrentCell<Options extends CellOptions, In extends readonly unknown[], Out>
  extends ConfiguredModule<Options, In, Out>
  implements CellParameters
{
  /** Features of the input. */
  readonly inputSize: number;
  /** Features of the state. */
  readonly hiddenSize: number;
  /** `[gates·hiddenSize, inputSize]` */
  weightIh: Parameter;
  /** `[gates·hiddenSize, hiddenSize]` */
  weightHh: Parameter;
  /** `[gates·hiddenSize]` */
  biasIh: Parameter | undefined;
  /** `[gates·hiddenSize]` */
  biasHh: Parameter | undefined;

  constructor(gates: number, inputSize: number, hiddenSize: number, options: Options, table: OptionTable<Options>) {
    super(options, table, [inputSize, hiddenSize]);
    checkCellSizes(new.target.name, inputSize, hiddenSize);
    // Options has all that CellOptions has, which TypeScript does not see through Required.
    const settled = this.options as Required<CellOptions>;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const parameters = cellParameters(gates, inputSize, hiddenSize, settled);
    ({ weightIh: this.weightIh, weightHh: this.weightHh, biasIh: this.biasIh, biasHh: this.biasHh } = parameters);
  }

  /** The state before the first step, `[..., hiddenSize]`. */
  protected zeroState(x: Tensor): Tensor {
    expectTensor(`${this.constructor.name}.forward`, "x", x);
    return zeros([...x.shape.slice(0, -1), this.hiddenSize], { dtype: this.weightHh.dtype });
  }
}
