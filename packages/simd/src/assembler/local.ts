import { instructionBytes } from "./encoding/instruction-bytes.ts";
import { unsignedLeb128 } from "./encoding/leb128.ts";
import { Expr, type ExprNeeds, none } from "./expr.ts";
import type { ValueType } from "./value-type.ts";

/** A parameter or local variable of a function; as an expression, its value at that moment. */
export class Local<T extends ValueType = ValueType> extends Expr<T> {
  /** Its index in the function. */
  declare readonly index: number;

  /** @param needs says that it belongs to the function */
  constructor(needs: ExprNeeds & { readonly scope: object }, type: T, index: number) {
    super(type, none, index < 0x80 ? [0x20, index] : instructionBytes(0x20, unsignedLeb128(index)), needs);
    this.index = index;
  }
}
