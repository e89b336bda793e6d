import { type FunctionBody, type FunctionBuilder, type FunctionRef, i32, type ModuleBuilder } from "@tapegrad/simd";
import type { DType } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import type { Operations } from "../../../operations/operation.ts";
import type { View } from "../../../schedule/view.ts";
import { bytesOf, elements, isRounded, narrowSums, type SumCode } from "../../elements.ts";
import { fewTerms } from "../../precision/wide-sum.ts";
import { addLine, clearTotals, roundTotals } from "../accumulate.ts";
import { type FoldAxis, foldAxes, type RowLines, rowLines } from "./fold-axes.ts";
import { type EachTap, foldRow } from "./fold-row.ts";
import { forEachRow, forEachTap, type FoldRow } from "./fold-taps.ts";
import { type RowBlock, rowBlocks } from "./row-blocks.ts";

/** How windows are folded, whatever the addresses. */
export interface Folding {
  /** Says all that the code depends on. */
  readonly key: string;
  readonly dtype: DType;
  readonly axes: readonly FoldAxis[];
  readonly lines: RowLines;
  /** Totals are of float64, where elements are of float32 and the terms many. */
  readonly isWide: boolean;
  /** Undefined where totals are in memory. */
  readonly blocks: readonly RowBlock[] | undefined;
  /** How many pieces of work there are: positions along the first axis. */
  readonly items: number;
  /** Bytes of memory of a thread. */
  readonly ownBytes: number;
}

/** Totals that leave registers for what is added to them. */
const mostTotals = 12;
/** Rows that more lines fall on are added up in memory. */
const mostLines = 16;

/** Plans to fold windows that lie in memory as a view shows them. */
export function planFolding(
  attrs: Operations["foldWindows"],
  dtype: DType,
  y: Pick<View, "shape" | "strides">,
): Folding {
  const axes = foldAxes(attrs, y);
  const lines = rowLines(axes.at(-1)!);
  const isWide = isRounded(dtype) && sizeOf(attrs.size) > fewTerms;
  const { total } = sumsOf(dtype, isWide);
  const most = (mostTotals * bytesOf(dtype)) / bytesOf(total);
  const blocks = lines.line.count <= mostLines ? rowBlocks(lines, elements[dtype].lanes, most) : undefined;
  const ownBytes = blocks === undefined && total !== dtype ? lines.extent * bytesOf(total) : 0;
  const [first, ...rest] = axes as [FoldAxis, ...FoldAxis[]];
  const counted = rest.length > 0 && first.digits === undefined ? first.stride : first;
  const key = `fold ${dtype} ${isWide} ${JSON.stringify([counted, ...rest])}`;
  return { key, dtype, axes, lines, isWide, blocks, items: axes.length > 1 ? axes[0]!.extent : 1, ownBytes };
}

const sumsOf = (dtype: DType, isWide: boolean): SumCode =>
  dtype === "float32" && !isWide ? narrowSums : elements[dtype].sums!;

const signature = {
  params: { out: "i32", y: "i32", scratch: "i32", from: "i32", to: "i32" },
  result: "void",
} as const;

/** Folds some of the items; `out` and `y` are the addresses of all. */
export type FoldingFunction = FunctionRef<(typeof signature)["params"], "void">;

/** The code of all foldings that differ in nothing but addresses and the number of items. */
export function foldingFunction(module: ModuleBuilder, folding: Folding): FoldingFunction {
  const { key, dtype, axes, lines, isWide, blocks } = folding;
  const sums = sumsOf(dtype, isWide);
  const bytes = bytesOf(dtype);
  const body: FunctionBody<(typeof signature)["params"], "void"> = (f, { out, y, scratch, from, to }) => {
    forEachRow(f, axes, bytes, { from, to }, { target: out, source: y }, (row) => {
      const eachTap: EachTap = (source, add) => forEachTap(f, row.taps, bytes, source, add);
      if (blocks === undefined) addInMemory(f, sums, lines, row, scratch, eachTap);
      else foldRow(f, sums, lines, blocks, row.target, row.source, eachTap);
    });
  };
  return module.once(key, (own) => own.function("fold", signature, body));
}

/** Adds up a row of many lines, line by line. */
function addInMemory(
  f: FunctionBuilder<"void">,
  sums: SumCode,
  { extent, line, element }: RowLines,
  { target, source }: FoldRow,
  scratch: FoldRow["target"],
  eachTap: EachTap,
): void {
  const size = bytesOf(sums.total);
  const bytes = bytesOf(sums.dtype);
  const isApart = sums.total !== sums.dtype;
  const totals = isApart ? scratch : target;
  clearTotals(f, totals, extent * size);
  eachTap(source, (start) => {
    f.for({ to: line.count }, (i) => {
      const to = { address: i32.add(totals, i32.mul(i, line.step * size)), step: element.step };
      const from = { address: i32.add(start, i32.mul(i, line.stride * bytes)), step: element.stride };
      addLine(f, sums, to, from, element.count);
    });
  });
  if (isApart) roundTotals(f, sums, target, totals, extent);
}
