import { DTypeError, Tensor, ValueError } from "@tapegrad/tensor";
import {
  Cell,
  expectTensor,
  isFloat,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import {
  checkedConstraint,
  type Constraint,
  constraint,
  type ConstraintFunction,
  type ConstraintKind,
} from "../constraints/constraint.ts";
import {
  checkedRegularizer,
  type Regularizer,
  regularizer,
  type RegularizerFunction,
  type RegularizerKind,
} from "../regularizers/regularizer.ts";

/** Options of {@link Parameter}. */
export interface ParameterOptions {
  /** Whether it is trained; true unless given. */
  readonly requiresGrad?: boolean;
  /** What `regularizationLoss` adds to the loss for it, a function or its name; nothing unless given. */
  readonly regularizer?: Regularizer | undefined;
  /** What `applyConstraints` makes of it after each update, a function or its name; nothing unless given. */
  readonly constraint?: Constraint | undefined;
}

const table: OptionTable<ParameterOptions> = {
  requiresGrad: option(ranges.flag, true),
  regularizer: optional(regularizer),
  constraint: optional(constraint),
};

/**
 * A tensor that a `Module` trains: modules find parameters by this type.
 *
 * Shares the storage of `value`; what `value` was computed from is forgotten.
 *
 * @param value initial elements, float32 or float64
 * @throws {DTypeError} when `value` cannot have a gradient
 * @throws {ValueError} for an unknown name of a regulariser or a constraint, with all that are allowed
 * @example
 * const gain = new Parameter(ones([3]));
 * gain.requiresGrad; // => true
 * gain.regularizer = "l2";
 */
export class Parameter extends Tensor {
  static override readonly name: string = "Parameter";

  /** For the compiler alone: a tensor is no parameter, and does not become one by being put in its place. */
  declare protected readonly trained: true;

  // In cells: a trace depends on those that it read.
  readonly #regularizer: Cell<RegularizerKind | RegularizerFunction | undefined>;
  readonly #constraint: Cell<ConstraintKind | ConstraintFunction | undefined>;

  constructor(value: Tensor, options: ParameterOptions = {}) {
    const { requiresGrad, regularizer, constraint } = settleOptions("Parameter", options, table);
    expectTensor("Parameter", "value", value);
    if (requiresGrad && !isFloat(value.dtype)) {
      throw new DTypeError(`Parameter: expected a float32 or float64 tensor, got ${value.dtype}.`);
    }
    super(value.storage, value.shape);
    this.requiresGrad = requiresGrad;
    this.#regularizer = new Cell(checkedRegularizer("Parameter", regularizer), "the regularizer of a parameter");
    this.#constraint = new Cell(checkedConstraint("Parameter", constraint), "the constraint of a parameter");
  }

  /** What `regularizationLoss` adds to the loss for it, a function or its name. */
  get regularizer(): RegularizerKind | RegularizerFunction | undefined {
    return this.#regularizer.get();
  }

  set regularizer(regularizer: Regularizer | undefined) {
    this.#regularizer.set(checkedRegularizer("Parameter", regularizer));
  }

  /** What `applyConstraints` makes of it after each update, a function or its name. */
  get constraint(): ConstraintKind | ConstraintFunction | undefined {
    return this.#constraint.get();
  }

  set constraint(constraint: Constraint | undefined) {
    this.#constraint.set(checkedConstraint("Parameter", constraint));
  }
}

/** A parameter in whose place others are trained; throws for one with rules, which would be lost. */
export function expectNoRules(fn: string, parameter: Parameter): Parameter {
  if (parameter.regularizer === undefined && parameter.constraint === undefined) return parameter;
  throw new ValueError(
    `${fn}: expected a weight without regularizer and constraint, got one with. Give them to what it is computed from.`,
  );
}
