import type { Expr } from "../../assembler/expr.ts";
import type { FunctionBuilder } from "../../assembler/function-builder.ts";
import type { FunctionRef } from "../../assembler/function-ref.ts";
import type { Local } from "../../assembler/local.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { strideOf } from "./affine-axis.ts";
import type { Axis } from "./affine-axis.ts";

/** What a packing function reads and how its panels look. */
export interface PanelSource {
  /** The axis whose lines lie side by side in a panel: rows of A, columns of B. */
  readonly lineAxis: Axis;
  /** The axis of K, from one step of a panel to the next. */
  readonly stepAxis: Axis;
  /** Lines of a panel that are read. */
  readonly lines: number;
  /** Lines that a panel has room for: a multiple of the lanes of a vector. */
  readonly width: number;
  /**
   * Panels that are copied in one turn; their number is a multiple of it. Each then has instructions of its own, which read on
   * along the same lines in the next matrix of a stack: processors fetch ahead what one instruction reads in order.
   */
  readonly panels: number;
  /** Bytes of an element. */
  readonly size: 4 | 8;
  /** Whether the last panel may have fewer lines; what the others of it hold is not specified. */
  readonly isLimited: boolean;
}

/** What every packing function is given. */
export const packSignature = {
  params: { source: "i32", line: "i32", limit: "i32", first: "i32", steps: "i32", packed: "i32", table: "i32" },
  result: "void",
} as const;

export type PackParams = { readonly [Name in keyof (typeof packSignature)["params"]]: Local<"i32"> };

/**
 * Copies lines [line, limit) over steps [first, first + steps) of K into panels, one after the other. `first` is a multiple of
 * the lanes of a vector; `table` holds the byte offsets of all steps if their axis has several digits.
 */
export type PackPanels = FunctionRef<(typeof packSignature)["params"], "void">;

/**
 * Steps that a panel has room for beyond its own. Panels of a power of two of bytes would all begin in the same set of the
 * caches, and what is written to one step of many in turn would push itself out.
 */
export const spareSteps = 4;

/** Bytes from a packed panel of some steps to the next. */
export function panelBytes(steps: Expr<"i32">, stepBytes: number): Expr<"i32"> {
  return i32.mul(i32.add(steps, spareSteps), stepBytes);
}

/** Runs over steps; gives the offset of each from step 0. A turn may take several steps at a time, by `advance`. */
export interface Steps {
  readonly offset: Expr<"i32">;
  readonly advance: (count: number) => void;
}

/** Starts a run over the steps of a packing function. */
export function startSteps(
  f: FunctionBuilder,
  { first, table }: PackParams,
  { stepAxis, size }: Pick<PanelSource, "stepAxis" | "size">,
): Steps {
  const stride = strideOf(stepAxis);
  if (stride !== undefined) {
    const offset = f.let(i32.mul(first, stride * size));
    return { offset, advance: (count) => f.set(offset, i32.add(offset, count * stride * size)) };
  }
  const entry = f.let(i32.add(table, i32.shl(first, 2)));
  return { offset: i32.load(entry), advance: (count) => f.set(entry, i32.add(entry, 4 * count)) };
}
