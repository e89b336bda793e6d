import type { Expr, Operand } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import { v128 } from "../assembler/ops/v128.ts";

/** What is moved: how many lanes of how many bytes, and where relative to the address. */
export interface LaneAccess {
  /** How many lanes of the vector there are. */
  readonly lanes: number;
  /** Bytes of a lane. */
  readonly size: 4 | 8;
  /** Bytes added to the address. Default 0. */
  readonly offset?: number;
}

/**
 * The code of a vector whose first lanes come from memory; the others are zero. Reads no byte beyond them.
 *
 * @param address evaluated twice for three lanes: a local, or cheap
 */
export function loadLanes(address: Operand<"i32">, { lanes, size, offset = 0 }: LaneAccess): Expr<"v128"> {
  const bytes = lanes * size;
  const options = { offset, align: size };
  if (bytes === 16) return v128.load(address, options);
  if (bytes === 4) return v128.load32Zero(address, options);
  const low = v128.load64Zero(address, options);
  return bytes === 8 ? low : v128.load32Lane(address, low, 2, { offset: offset + 8, align: size });
}

/** Writes the first lanes of a vector and no byte beyond them. */
export function storeLanes(
  f: FunctionBuilder,
  address: Operand<"i32">,
  vector: Expr<"v128">,
  { lanes, size, offset = 0 }: LaneAccess,
): void {
  const bytes = lanes * size;
  const options = { offset, align: size };
  if (bytes === 16) f.store("v128", address, vector, options);
  else if (bytes === 4) f.storeLane(32, address, vector, 0, options);
  else {
    f.storeLane(64, address, vector, 0, options);
    if (bytes === 12) f.storeLane(32, address, vector, 2, { offset: offset + 8, align: size });
  }
}
