import { ValueError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";

/** What asks for a number, and what for anything: the hints of `Symbol.toPrimitive`. */
const uses = {
  number: "used as a number, as in a < b or -x. Write a.lt(b), x.neg(), or x.item() for the number of one element.",
  default: "beside + or ==. Write a.add(b), a.eq(b), x.item() for the number of one element, or print it: `loss ${x}`.",
};

/** The error of an operator between tensors, which would compare or join what they print. */
export function refuseOperator(shape: Shape, hint: "number" | "default"): ValueError {
  const got = `got a tensor of shape ${formatShape(shape)} ${uses[hint]}`;
  return new ValueError(`Tensor: expected a method in place of an operator, ${got}`);
}
