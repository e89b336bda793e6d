import { unsignedLeb128 } from "./encoding/leb128.ts";
import { Expr } from "./expr.ts";
import type { ValueType } from "./value-type.ts";

/** A parameter or local variable of a function; as an expression, its value at that moment. */
export class Local<T extends ValueType = ValueType> extends Expr<T> {
  /** Its index in the function. */
  readonly index: number;
  /** The function that it belongs to. */
  readonly owner: object;

  constructor(owner: object, type: T, index: number) {
    super(type, [0x20, ...unsignedLeb128(index)], { scope: owner });
    this.index = index;
    this.owner = owner;
  }
}
