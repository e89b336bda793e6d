import { AssemblyError } from "../assembly-error.ts";
import { Expr, operandOf } from "../expr.ts";
import type { Operand } from "../expr.ts";
import type { ValueType } from "../value-type.ts";
import { opcodeBytes } from "./op-table.ts";

/** Instructions that move single lanes of a vector. */
export interface LaneOps<Scalar extends ValueType> {
  /** A vector whose lanes all hold `x`. */
  readonly splat: (x: Operand<Scalar>) => Expr<"v128">;
  /** Lane number `lane` of `vector`. */
  readonly extractLane: (vector: Expr<"v128">, lane: number) => Expr<Scalar>;
  /** `vector` with lane number `lane` replaced by `x`. */
  readonly replaceLane: (vector: Expr<"v128">, lane: number, x: Operand<Scalar>) => Expr<"v128">;
  /** Lanes picked by number from `a`, whose lanes are numbered from 0, and `b`, whose lanes follow. */
  readonly shuffle: (a: Expr<"v128">, b: Expr<"v128">, lanes: readonly number[]) => Expr<"v128">;
}

/** The opcodes of the lane instructions of one shape, after the vector prefix. */
export interface LaneOpcodes {
  readonly splat: number;
  readonly extractLane: number;
  readonly replaceLane: number;
}

/** Checks a lane number. */
export function laneIndex(where: string, lane: number, count: number): number {
  if (!Number.isInteger(lane) || lane < 0 || lane >= count) {
    throw new AssemblyError(`${where}: expected a lane in [0, ${count}), got ${lane}.`);
  }
  return lane;
}

/** The lane instructions of one vector shape. */
export function defineLaneOps<Scalar extends ValueType>(
  shape: string,
  scalar: Scalar,
  count: number,
  opcodes: LaneOpcodes,
): LaneOps<Scalar> {
  const splat = opcodeBytes(opcodes.splat, 0xfd);
  const extract = opcodeBytes(opcodes.extractLane, 0xfd);
  const replace = opcodeBytes(opcodes.replaceLane, 0xfd);
  const shuffle = opcodeBytes(13, 0xfd);
  const [splatName, extractName, replaceName, shuffleName] = ["splat", "extractLane", "replaceLane", "shuffle"].map(
    (name) => `${shape}.${name}`,
  ) as [string, string, string, string];
  return {
    splat: (x) => new Expr("v128", [operandOf(splatName, scalar, x)], splat),
    extractLane: (vector, lane) => {
      const where = extractName;
      return new Expr(scalar, [operandOf(where, "v128", vector)], [...extract, laneIndex(where, lane, count)]);
    },
    replaceLane: (vector, lane, x) => {
      const where = replaceName;
      const parts = [operandOf(where, "v128", vector), operandOf(where, scalar, x)];
      return new Expr("v128", parts, [...replace, laneIndex(where, lane, count)]);
    },
    shuffle: (a, b, lanes) => {
      const where = shuffleName;
      if (lanes.length !== count) throw new AssemblyError(`${where}: expected ${count} lanes, got ${lanes.length}.`);
      const width = 16 / count;
      const code = [...shuffle];
      for (const lane of lanes) {
        const first = laneIndex(where, lane, 2 * count) * width;
        for (let i = 0; i < width; i++) code.push(first + i);
      }
      const operands = [operandOf(where, "v128", a), operandOf(where, "v128", b)];
      return new Expr("v128", operands, code);
    },
  };
}
