import { type Tensor, zeros, ValueError } from "@tapegrad/tensor";
import { expectTensor, expectValue, optional, type OptionTable, quoted, ranges } from "@tapegrad/tensor/internal";
import { checkedConstraint, type Constraint, constraint } from "../constraints/constraint.ts";
import { type AffineOptions, affineTable, ruleTable, type WeightRules } from "../dense/affine-parameters.ts";
import { fillUniform } from "../init/fill.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import { checkedRegularizer, type Regularizer, regularizer } from "../regularizers/regularizer.ts";

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

/** Options of every recurrent cell; "kernel" are the weights of the input, and rules of the bias hold for both. */
export interface CellOptions extends Pick<AffineOptions, "bias" | "generator" | "dtype">, WeightRules {
  /** What `regularizationLoss` adds to the loss for the weights of the state. */
  readonly recurrentRegularizer?: Regularizer | undefined;
  /** What `applyConstraints` makes of the weights of the state after each update. */
  readonly recurrentConstraint?: Constraint | undefined;
}

const { bias, generator, dtype } = affineTable;
/** {@link CellOptions}, row by row. */
export const cellTable: OptionTable<CellOptions> = {
  bias,
  generator,
  dtype,
  ...ruleTable,
  recurrentRegularizer: optional(regularizer),
  recurrentConstraint: optional(constraint),
};

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
  fn: string,
  gates: number,
  inputSize: number,
  hiddenSize: number,
  options: Required<CellOptions>,
): CellParameters {
  const { bias, dtype, generator } = options;
  const bound = 1 / Math.sqrt(hiddenSize);
  const draw = (kind: "kernel" | "recurrent" | "bias", ...shape: number[]): Parameter => {
    const parameter = new Parameter(zeros(shape, { dtype }), {
      regularizer: checkedRegularizer(fn, options[`${kind}Regularizer`]),
      constraint: checkedConstraint(fn, options[`${kind}Constraint`]),
    });
    return fillUniform(parameter, -bound, bound, { generator });
  };
  const rows = gates * hiddenSize;
  return {
    weightIh: draw("kernel", rows, inputSize),
    weightHh: draw("recurrent", rows, hiddenSize),
    biasIh: bias ? draw("bias", rows) : undefined,
    biasHh: bias ? draw("bias", rows) : undefined,
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
    const parameters = cellParameters(new.target.name, gates, inputSize, hiddenSize, settled);
    ({ weightIh: this.weightIh, weightHh: this.weightHh, biasIh: this.biasIh, biasHh: this.biasHh } = parameters);
  }

  /** The state before the first step, `[..., hiddenSize]`. */
  protected zeroState(x: Tensor): Tensor {
    expectTensor(`${this.constructor.name}.forward`, "x", x);
    return zeros([...x.shape.slice(0, -1), this.hiddenSize], { dtype: this.weightHh.dtype });
  }
}
