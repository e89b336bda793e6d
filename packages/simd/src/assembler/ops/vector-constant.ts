import { AssemblyError } from "../assembly-error.ts";
import { Expr } from "../expr.ts";
import { opcodeBytes } from "./op-table.ts";

/** The code of a constant vector, from one number for all lanes or one number for each. */
export function vectorConstant(
  shape: string,
  lanes: number | readonly number[],
  count: number,
  laneBytes: (lane: number) => readonly number[],
): Expr<"v128"> {
  const values = typeof lanes === "number" ? Array.from({ length: count }, () => lanes) : lanes;
  if (values.length !== count) {
    throw new AssemblyError(`${shape}.const: expected ${count} lanes, got ${values.length}.`);
  }
  return new Expr("v128", [...opcodeBytes(12, 0xfd), ...values.flatMap((value) => [...laneBytes(value)])]);
}
