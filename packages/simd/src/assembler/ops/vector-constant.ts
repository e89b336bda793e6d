import { AssemblyError } from "../assembly-error.ts";
import { Expr, none } from "../expr.ts";
import { opcodeBytes } from "./op-table.ts";

const opcode = opcodeBytes(12, 0xfd);

/** Vectors of one number that were made before, by shape and number: kernels are full of them. */
const splats: Map<string, Map<number, Expr<"v128">>> = new Map<string, Map<number, Expr<"v128">>>();
/** Of so many numbers in each shape. */
const mostSplats = 256;

/** The code of a constant vector, from one number for all lanes or one number for each. */
export function vectorConstant(
  shape: string,
  lanes: number | readonly number[],
  count: number,
  laneBytes: (lane: number) => readonly number[],
): Expr<"v128"> {
  if (typeof lanes === "number") return splat(shape, lanes, count, laneBytes);
  if (lanes.length !== count) {
    throw new AssemblyError(`${shape}.const: expected ${count} lanes, got ${lanes.length}.`);
  }
  const code = [...opcode];
  for (let i = 0; i < count; i++) code.push(...laneBytes(lanes[i]!));
  return new Expr("v128", none, code);
}

function splat(
  shape: string,
  value: number,
  count: number,
  laneBytes: (lane: number) => readonly number[],
): Expr<"v128"> {
  let known = splats.get(shape);
  if (known === undefined) splats.set(shape, (known = new Map()));
  // A map takes -0 for 0.
  const isKept = !Object.is(value, -0);
  const made = isKept ? known.get(value) : undefined;
  if (made !== undefined) return made;
  const bytes = laneBytes(value);
  const code = [...opcode];
  for (let i = 0; i < count; i++) for (let k = 0; k < bytes.length; k++) code.push(bytes[k]!);
  const expr = new Expr("v128", none, code);
  if (isKept && known.size < mostSplats) known.set(value, expr);
  return expr;
}
