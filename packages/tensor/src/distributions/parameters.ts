import { type DType, promote } from "../dtype.ts";
import { full } from "../functions/creation.ts";
import { broadcastShapes, type Shape } from "../shape.ts";
import { asFloat } from "../tensor/as-float.ts";
import type { Operand } from "../tensor/arithmetic-methods.ts";
import { expectOperand } from "../tensor/expect-tensor.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Parameters as tensors of one float dtype and one shape. Numbers take the dtype of the tensors, float32 if there are none. */
export function broadcastParameters<K extends string>(
  fn: string,
  parameters: { readonly [P in K]: Operand },
): { [P in K]: Tensor } {
  const given = Object.entries<Operand>(parameters);
  let dtype: DType | undefined;
  let shape: Shape = [];
  for (const [name, value] of given) {
    expectOperand(fn, name, value);
    if (typeof value === "number") continue;
    const own = asFloat(value).dtype;
    dtype = dtype === undefined ? own : promote(dtype, own);
    shape = broadcastShapes(fn, shape, value.shape);
  }
  const tensors = given.map(([name, value]) => {
    const each = typeof value === "number" ? full([], value, { dtype }) : value.to(dtype ?? "float32");
    return [name, each.broadcastTo(shape)];
  });
  return Object.fromEntries(tensors) as { [P in K]: Tensor };
}

/** A value whose probability is asked for, as a tensor. */
export function valueOf(fn: string, value: Operand, dtype: DType): Tensor {
  expectOperand(fn, "value", value);
  return typeof value === "number" ? full([], value, { dtype }) : value;
}
