import { definedOnce } from "../../assembler/defined-once.ts";
import type { Expr } from "../../assembler/expr.ts";
import type { FunctionRef } from "../../assembler/function-ref.ts";
import type { ModuleBuilder } from "../../assembler/module-builder.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { i32x4 } from "../../assembler/ops/integer-vector.ts";
import { v128 } from "../../assembler/ops/v128.ts";
import { loadLanes } from "../partial-vector.ts";
import { strideOf } from "./affine-axis.ts";
import type { GemmPlan } from "./gemm-plan.ts";

const signature = { params: { b: "i32" }, result: "i32" } as const;

/** The lines of a matrix in which elements lie side by side; undefined where they do not. */
export function contiguousLines({
  b,
  spec,
}: Pick<GemmPlan, "b" | "spec">): { count: number; length: number; stride: number } | undefined {
  const [rows, columns] = [strideOf(b.rows), strideOf(b.columns)];
  if (rows === undefined || columns === undefined) return undefined;
  if (columns === 1) return { count: spec.k, length: spec.n, stride: rows };
  return rows === 1 ? { count: spec.n, length: spec.k, stride: columns } : undefined;
}

/** Defines a function that gives 1 if all elements of B are finite: none has all bits of its exponent. */
export function defineIsFinite(
  module: ModuleBuilder,
  plan: GemmPlan,
): FunctionRef<(typeof signature)["params"], "i32"> {
  const { size, lanes } = plan;
  const lines = contiguousLines(plan)!;
  // Lines without gaps are one.
  const isOne = lines.stride === lines.length || lines.count === 1;
  const [count, length] = isOne ? [1, lines.count * lines.length] : [lines.count, lines.length];
  // In float64 the exponents are in the high halves.
  const high = 0x7ff00000;
  const exponents = (low: number): Expr<"v128"> => i32x4.const(size === 4 ? 0x7f800000 : [low, high, low, high]);
  const text = JSON.stringify([size, count, length, lines.stride]);
  return definedOnce(module, `isFinite ${text}`, signature, () => (f, { b }) => {
    const mask = f.let(exponents(0));
    const largest = [f.local("v128"), f.local("v128")] as const;
    const look = (into: 0 | 1, some: number, offset: number): void =>
      f.set(largest[into], i32x4.maxU(largest[into], v128.and(mask, loadLanes(b, { lanes: some, size, offset }))));
    const vectors = Math.floor(length / lanes);
    f.for({ to: count }, () => {
      if (vectors >= 2) {
        f.for({ to: vectors >> 1 }, () => {
          look(0, lanes, 0);
          look(1, lanes, 16);
          f.set(b, i32.add(b, 32));
        });
      }
      if (vectors % 2 === 1) look(0, lanes, 0);
      const rest = length % lanes;
      if (rest > 0) look(1, rest, (vectors % 2) * 16);
      const end = lines.stride * size - 32 * (vectors >> 1);
      if (count > 1 && end !== 0) f.set(b, i32.add(b, end));
    });
    const all = i32x4.maxU(...largest);
    return i32.eqz(v128.anyTrue(i32x4.eq(all, exponents(-1))));
  });
}
