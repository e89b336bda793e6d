import { DTypeError, Tensor } from "@tapegrad/tensor";
import { expectTensor, isFloat, option, type OptionTable, ranges, settleOptions } from "@tapegrad/tensor/internal";

/** Options of {@link Parameter}. */
export interface ParameterOptions {
  /** Whether it is trained; true unless given. */
  readonly requiresGrad?: boolean;
}

const table: OptionTable<ParameterOptions> = { requiresGrad: option(ranges.flag, true) };

/**
 * A tensor that a `Module` trains: modules find parameters by this type.
 *
 * Shares the storage of `value`; what `value` was computed from is forgotten.
 *
 * @param value initial elements, float32 or float64
 * @throws {DTypeError} when `value` cannot have a gradient
 * @example
 * const gain = new Parameter(ones([3]));
 * gain.requiresGrad; // => true
 */
export class Parameter extends Tensor {
  static override readonly name: string = "Parameter";

  /** For the compiler alone: a tensor is no parameter, and does not become one by being put in its place. */
  declare protected readonly trained: true;

  constructor(value: Tensor, options: ParameterOptions = {}) {
    const { requiresGrad } = settleOptions("Parameter", options, table);
    expectTensor("Parameter", "value", value);
    if (requiresGrad && !isFloat(value.dtype)) {
      throw new DTypeError(`Parameter: expected a float32 or float64 tensor, got ${value.dtype}.`);
    }
    super(value.storage, value.shape);
    this.requiresGrad = requiresGrad;
  }
}
