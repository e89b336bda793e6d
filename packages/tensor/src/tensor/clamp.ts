import { promote } from "../dtype.ts";
import { ValueError } from "../errors.ts";
import { isPlainObject } from "../options/is-plain-object.ts";
import { quoted } from "../options/value-range.ts";
import { broadcastShapes } from "../shape.ts";
import type { Operand } from "./arithmetic-methods.ts";
import { expectOperand } from "./expect-tensor.ts";
import type { Tensor } from "./tensor.ts";

/** `x` limited to `[min, max]`. */
export function clamp(x: Tensor, min: Operand | undefined, max: Operand | undefined): Tensor {
  let limited = x;
  if (min !== undefined) limited = bound(limited, "min", min);
  if (max !== undefined) limited = bound(limited, "max", max);
  return limited;
}

// A choice instead of maximum(): at the bound the gradient is whole, not halved.
function bound(x: Tensor, name: "min" | "max", limit: Operand): Tensor {
  if (isPlainObject(limit)) {
    throw new ValueError(
      `clamp: expected ${name} to be a tensor or a number, got ${quoted(limit)}. Write clamp(min, max).`,
    );
  }
  expectOperand("clamp", name, limit);
  const compare = (against: Operand): Tensor => (name === "min" ? x.lt(against) : x.gt(against));
  if (typeof limit === "number") return x.maskedFill(compare(limit), limit);
  broadcastShapes("clamp", x.shape, limit.shape);
  const dtype = promote(x.dtype, limit.dtype);
  return compare(limit)["run"]("where", [limit.to(dtype), x.to(dtype)], {});
}
