import { type Tensor, ValueError } from "@tapegrad/tensor";
import { expectNothing } from "@tapegrad/tensor/internal";
import type { Parameter } from "../module/parameter.ts";
import { ElementList } from "./element-list.ts";
import { parameterOf } from "./parameter-of.ts";

/**
 * A list of parameters; their names are "0", "1", ... Other tensors that it is given become parameters. A plain array in a
 * field does the same.
 *
 * @example
 * const scales = new ParameterList([ones([2]), new Parameter(zeros([3]))]);
 * Object.keys(scales.append(ones([1])).stateDict()); // => ["0", "1", "2"]
 */
export class ParameterList extends ElementList<Parameter, readonly unknown[], never, Tensor> {
  static override readonly name: string = "ParameterList";

  constructor(parameters: Iterable<Tensor> = [], ...none: []) {
    expectNothing("ParameterList", none);
    super(parameters);
  }

  protected override settleElement(fn: string, what: string, tensor: Tensor): Parameter {
    return parameterOf(fn, what, tensor);
  }

  protected override elementKind(): string {
    return "parameter";
  }

  /** A list of the parameters from `start` to before `end`, from the end if negative: the same ones, not copies. */
  slice(start: number = 0, end?: number, ...none: []): ParameterList {
    expectNothing("ParameterList.slice", none);
    return new ParameterList(this.elementsFrom("ParameterList.slice", start, end));
  }

  /** A list of these parameters and then those of another: the same ones, not copies. */
  concat(others: Iterable<Tensor>, ...none: []): ParameterList {
    expectNothing("ParameterList.concat", none);
    return new ParameterList([...this, ...this.settleAll("ParameterList.concat", others)]);
  }

  /** @throws {ValueError} always: parameters compute nothing */
  override forward(): never {
    throw new ValueError("ParameterList: expected its parameters to be used, got a call of forward.");
  }
}
