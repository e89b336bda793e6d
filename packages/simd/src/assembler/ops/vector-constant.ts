import { AssemblyError } from "../assembly-error.ts";
import { Expr } from "../expr.ts";
import { opcodeBytes } from "./op-table.ts";

const opcode = opcodeBytes(12, 0xfd);

/** The code of a constant vector, from one number for all lanes or one number for each. */
export function vectorConstant(
  shape: string,
  lanes: number | readonly number[],
  count: number,
  laneBytes: (lane: number) => readonly number[],
): Expr<"v128"> {
  if (typeof lanes !== "number" && lanes.length !== count) {
    throw new AssemblyError(`${shape}.const: expected ${count} lanes, got ${lanes.length}.`);
  }
  const parts = [...opcode];
  const same = typeof lanes === "number" ? laneBytes(lanes) : undefined;
  for (let i = 0; i < count; i++) parts.push(...(same ?? laneBytes((lanes as readonly number[])[i]!)));
  return new Expr("v128", parts);
}
