import { full, type Tensor, zeros, ValueError } from "@tapegrad/tensor";
import {
  expectOptionalTensor,
  expectTensor,
  expectValue,
  option,
  optional,
  type OptionTable,
  quoted,
  ranges,
} from "@tapegrad/tensor/internal";
import { checkedConstraint, type Constraint, constraint } from "../constraints/constraint.ts";
import { type AffineOptions, affineTable, ruleTable, type WeightRules } from "../dense/affine-parameters.ts";
import { linear } from "../dense/dense.ts";
import { fillUniform } from "../init/fill.ts";
import { initialize, type Initializer, initializer } from "../init/initializer.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import { Parameter } from "../module/parameter.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import { layerNorm } from "../norms/activation/layer-norm.ts";
import { checkedRegularizer, type Regularizer, regularizer } from "../regularizers/regularizer.ts";
import type { ProjectionOptions } from "./projection.ts";

/** Weights of one recurrent cell; the rows of the gates stand one gate after the other, in PyTorch's order. */
export interface CellWeights {
  /** `[gates·hidden, in]` */
  readonly weightIh: Tensor;
  /** `[gates·hidden, out]`, where `out` are the features of h */
  readonly weightHh: Tensor;
  /** `[gates·hidden]`; none unless given */
  readonly biasIh?: Tensor | undefined;
  /** `[gates·hidden]`; none unless given */
  readonly biasHh?: Tensor | undefined;
  /** `[out, hidden]`, by which an LSTM makes h of what it shows of its memory; h is that itself unless given, and `out` is `hidden` */
  readonly weightHr?: Tensor | undefined;
  /** Gain of the layer norm of the sum of both products, `[hidden]`, for one gate; no norm unless given */
  readonly gain?: Tensor | undefined;
  /** Gain of the layer norm of the product with the input, `[gates·hidden]`, for several gates; no norm unless given */
  readonly gainIh?: Tensor | undefined;
  /** Gain of the layer norm of the product with the state, `[gates·hidden]`, for several gates; no norm unless given */
  readonly gainHh?: Tensor | undefined;
  /** Gain of the layer norm of an LSTM's memory, `[hidden]`; no norm unless given */
  readonly gainMemory?: Tensor | undefined;
  /** Shift of the layer norm of an LSTM's memory, `[hidden]`; none unless given */
  readonly biasMemory?: Tensor | undefined;
}

/** What a cell has. */
export interface CellPlan {
  /** How often `hidden` rows stand in its weights. */
  readonly gates: number;
  /** Whether it may have `weightHr`. */
  readonly projects?: boolean;
  /** What it has besides with layer norm, and how often `hidden` elements. */
  readonly norms: Readonly<Partial<Record<"gain" | "gainIh" | "gainHh" | "gainMemory" | "biasMemory", number>>>;
}

/** The product of a weight with `x`, under its layer norm if it has a gain: the bias is then its shift. */
export function product(x: Tensor, weight: Tensor, bias: Tensor | undefined, gain: Tensor | undefined): Tensor {
  if (gain === undefined) return linear(x, weight, bias);
  return layerNorm(linear(x, weight), weight.shape[0]!, { weight: gain, bias });
}

/** Throws unless input, weights and states fit together; h is `[..., out]` with the leading axes of `x`, c `[..., hidden]`. */
export function checkCell(
  fn: string,
  { gates, norms, projects = false }: CellPlan,
  x: Tensor,
  states: Readonly<Record<string, Tensor>>,
  weights: CellWeights,
): void {
  if (typeof weights !== "object" || weights === null) {
    throw new ValueError(`${fn}: expected weights { weightIh, weightHh, biasIh, biasHh }, got ${quoted(weights)}.`);
  }
  const { weightIh, weightHh, biasIh, biasHh, weightHr } = weights;
  expectTensor(fn, "x", x);
  expectTensor(fn, "weightIh", weightIh);
  expectTensor(fn, "weightHh", weightHh);
  expectOptionalTensor(fn, "weightHr", weightHr);
  if (weightHr !== undefined && !projects) {
    throw new ValueError(`${fn}: expected no weightHr, which is of an LSTM, got one.`);
  }
  for (const name in states) expectTensor(fn, `state ${name}`, states[name]);
  const [inside, out] = [weightIh.shape.at(-1) ?? 0, weightHh.shape.at(-1) ?? 0];
  const hidden = weightHr === undefined ? out : (weightHr.shape.at(-1) ?? 0);
  const batch = x.shape.slice(0, -1);
  checkVector(fn, "weightHh", weightHh, [gates * hidden, out]);
  checkVector(fn, "weightIh", weightIh, [gates * hidden, inside]);
  checkVector(fn, "biasIh", biasIh, [gates * hidden]);
  checkVector(fn, "biasHh", biasHh, [gates * hidden]);
  checkVector(fn, "weightHr", weightHr, [out, hidden]);
  for (const [name, count] of Object.entries(norms)) {
    checkVector(fn, name, weights[name as keyof typeof norms], [count * hidden]);
  }
  checkVector(fn, "input", x, [...batch, inside]);
  for (const [name, state] of Object.entries(states))
    checkVector(fn, `state ${name}`, state, [...batch, name === "h" ? out : hidden]);
  checkDTypes(fn, { input: x, weightIh, weightHh, "state h": states["h"] });
}

/** Options of every recurrent cell; "kernel" are the weights of the input, and rules of the bias hold for both. */
export interface CellOptions extends Pick<AffineOptions, "bias" | "generator" | "dtype">, WeightRules {
  /** What `regularizationLoss` adds to the loss for the weights of the state. */
  readonly recurrentRegularizer?: Regularizer | undefined;
  /** What `applyConstraints` makes of the weights of the state after each update. */
  readonly recurrentConstraint?: Constraint | undefined;
  /** Initialiser of the weights of the input; PyTorch's `U(±1/√hidden)` unless given, as for those below. */
  readonly init?: Initializer | undefined;
  /** Initialiser of the weights of the state. */
  readonly recurrentInit?: Initializer | undefined;
  /** Initialiser of the bias that stands with the weights of the input. */
  readonly biasInit?: Initializer | undefined;
  /** Initialiser of the bias that stands with the weights of the state. */
  readonly recurrentBiasInit?: Initializer | undefined;
  /** Whether there are layer norms in every step, with gains of their own; biases then begin with zeros. False unless given. */
  readonly layerNorm?: boolean;
}

const { bias, generator, dtype } = affineTable;
/** {@link CellOptions}, row by row. */
export const cellTable: OptionTable<CellOptions> = {
  bias,
  generator,
  dtype,
  init: optional(initializer),
  recurrentInit: optional(initializer),
  biasInit: optional(initializer),
  recurrentBiasInit: optional(initializer),
  ...ruleTable,
  recurrentRegularizer: optional(regularizer),
  recurrentConstraint: optional(constraint),
  layerNorm: option(ranges.flag, false),
};

/** Parameters of one cell, in PyTorch's order. */
export interface CellParameters extends CellWeights {
  readonly weightIh: Parameter;
  readonly weightHh: Parameter;
  readonly biasIh: Parameter | undefined;
  readonly biasHh: Parameter | undefined;
  readonly weightHr?: Parameter | undefined;
  readonly gain?: Parameter | undefined;
  readonly gainIh?: Parameter | undefined;
  readonly gainHh?: Parameter | undefined;
  readonly gainMemory?: Parameter | undefined;
  readonly biasMemory?: Parameter | undefined;
}

/** Throws a `ShapeError` unless a cell can have these extents. */
export function checkCellSizes(fn: string, inputSize: number, hiddenSize: number): void {
  expectValue(fn, "inputSize", inputSize, ranges.extent);
  expectValue(fn, "hiddenSize", hiddenSize, ranges.extent);
}

type InitName = "init" | "recurrentInit" | "biasInit" | "recurrentBiasInit" | "projectionInit";

/** Parameters drawn from PyTorch's `U(±1/√hidden)`, or as the options say; of layer norms, gains of 1 and shifts of 0. */
export function cellParameters(
  fn: string,
  { gates, norms }: CellPlan,
  inputSize: number,
  hiddenSize: number,
  options: Required<CellOptions> & ProjectionOptions,
): CellParameters {
  const { bias, dtype, generator, layerNorm: isNormed, projectionSize = 0 } = options;
  const bound = 1 / Math.sqrt(hiddenSize);
  const draw = (kind: "kernel" | "recurrent" | "bias" | undefined, init: InitName, ...shape: number[]): Parameter => {
    const rules = kind && {
      regularizer: checkedRegularizer(fn, options[`${kind}Regularizer`]),
      constraint: checkedConstraint(fn, options[`${kind}Constraint`]),
    };
    const parameter = new Parameter(zeros(shape, { dtype }), rules);
    const by = options[init];
    if (by !== undefined) initialize(fn, parameter, by, { generator });
    else if (!isNormed || kind !== "bias") fillUniform(parameter, -bound, bound, { generator });
    return parameter;
  };
  const names = (Object.keys(norms) as (keyof typeof norms)[]).filter((name) => bias || name !== "biasMemory");
  const normed = names.map((name): [string, Parameter] => {
    const start = name === "biasMemory" ? 0 : 1;
    return [name, new Parameter(full([norms[name]! * hiddenSize], start, { dtype }))];
  });
  const rows = gates * hiddenSize;
  return {
    weightIh: draw("kernel", "init", rows, inputSize),
    weightHh: draw("recurrent", "recurrentInit", rows, projectionSize || hiddenSize),
    biasIh: bias ? draw("bias", "biasInit", rows) : undefined,
    biasHh: bias ? draw("bias", "recurrentBiasInit", rows) : undefined,
    ...(projectionSize === 0 ? {} : { weightHr: draw(undefined, "projectionInit", projectionSize, hiddenSize) }),
    ...Object.fromEntries(isNormed ? normed : []),
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
  /** With `layerNorm`, for one gate: `[hiddenSize]` */
  gain: Parameter | undefined;
  /** With `layerNorm`, for several gates: `[gates·hiddenSize]` */
  gainIh: Parameter | undefined;
  /** With `layerNorm`, for several gates: `[gates·hiddenSize]` */
  gainHh: Parameter | undefined;
  /** With `layerNorm`, of an LSTM: `[hiddenSize]` */
  gainMemory: Parameter | undefined;
  /** With `layerNorm`, of an LSTM: `[hiddenSize]` */
  biasMemory: Parameter | undefined;

  constructor(plan: CellPlan, inputSize: number, hiddenSize: number, options: Options, table: OptionTable<Options>) {
    super(options, table, [inputSize, hiddenSize]);
    checkCellSizes(new.target.name, inputSize, hiddenSize);
    // Options has all that CellOptions has, which TypeScript does not see through Required.
    const settled = this.options as Required<CellOptions>;
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    const parameters = cellParameters(new.target.name, plan, inputSize, hiddenSize, settled);
    ({ weightIh: this.weightIh, weightHh: this.weightHh, biasIh: this.biasIh, biasHh: this.biasHh } = parameters);
    ({ gain: this.gain, gainIh: this.gainIh, gainHh: this.gainHh } = parameters);
    ({ gainMemory: this.gainMemory, biasMemory: this.biasMemory } = parameters);
  }

  /** The state before the first step, `[..., hiddenSize]`. */
  protected zeroState(x: Tensor): Tensor {
    expectTensor(`${this.constructor.name}.forward`, "x", x);
    return zeros([...x.shape.slice(0, -1), this.hiddenSize], { dtype: this.weightHh.dtype });
  }
}
