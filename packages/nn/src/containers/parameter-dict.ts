import type { Tensor } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import type { Parameter } from "../module/parameter.ts";
import { ElementDict, type Named } from "./element-dict.ts";
import { parameterOf } from "./parameter-of.ts";

/**
 * Parameters by name, in order of their insertion; PyTorch's keys. Other tensors that it is given become parameters.
 *
 * @throws {ValueError} for an empty name, or one with a dot
 * @example
 * const scales = new ParameterDict({ left: ones([2]), right: ones([3]) });
 * scales.get("right").shape; // => [3]
 * Object.keys(scales.stateDict()); // => ["left", "right"]
 */
export class ParameterDict extends ElementDict<Parameter, Tensor> {
  static override readonly name: string = "ParameterDict";

  constructor(parameters: Named<Tensor> = [], ...none: []) {
    expectNothing("ParameterDict", none);
    super(parameters);
  }

  protected override settleElement(fn: string, what: string, tensor: Tensor): Parameter {
    return parameterOf(fn, what, tensor);
  }

  protected override elementKind(): string {
    return "parameter";
  }
}
