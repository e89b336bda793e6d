import { full, type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { prelu } from "../../functional/activations/prelu.ts";
import { expectNumber } from "../../functional/expect-number.ts";
import { Module } from "../../module/module.ts";
import { Parameter } from "../../module/parameter.ts";
import { checkFeatures } from "../check-features.ts";
import { checkFloatDType, type FloatDType } from "../check-float-dtype.ts";

/** Options of {@link PReLU}. */
export interface PReLUOptions {
  /** Slopes: one for all, or one per channel of axis 1; 1 unless given. */
  readonly channels?: number;
  /** Initial slope; 0.25 unless given. */
  readonly init?: number;
  /** Dtype of the slopes, float32 unless given. */
  readonly dtype?: FloatDType;
}

/**
 * ReLU whose negative slope is learned; see `functional.prelu`.
 *
 * @throws {ValueError} for options outside their ranges
 *
 * @example
 * new PReLU().forward(tensor([-2, 3])).toArray(); // => [-0.5, 3]
 */
export class PReLU extends Module {
  /** `[channels]` */
  readonly weight: Parameter;

  constructor(options: PReLUOptions = {}) {
    super();
    checkOptions("PReLU", options, ["channels", "init", "dtype"]);
    const { channels = 1, init = 0.25, dtype = "float32" } = options;
    checkFeatures("PReLU", "channels", channels);
    expectNumber("PReLU", "init", init);
    checkFloatDType("PReLU", dtype);
    this.weight = new Parameter(full([channels], init, { dtype }));
  }

  override forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }

  override details(): string {
    return String(this.weight.size);
  }
}
