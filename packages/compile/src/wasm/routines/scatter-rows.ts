import { type Expr, type FunctionBuilder, i32, i32x4, type Local, v128 } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import type { RoutineKernel } from "../../schedule/kernel.ts";
import type { View } from "../../schedule/view.ts";
import { bytesOf, elements, type SumCode } from "../elements.ts";
import { isZero } from "./accumulate.ts";
import { type RoutineCode, routineCode } from "./routine-code.ts";
import { copyRow, fillElements } from "./rows.ts";

/** Vectors of elements that are summed at a time. */
const mostVectors = 4;

/**
 * Adds whole rows, as the gradient of an embedding does. First each row of the result gets the list of those that
 * fall on it, in their order; then each row is summed in registers.
 */
export function scatterRows({ operation, views }: RoutineKernel, sums: SumCode): RoutineCode | undefined {
  const { axis } = attrsOf(operation, "scatterAdd");
  const [x, index, source] = views as [View, View, View];
  const out = operation.outputs[0]!;
  const [rows, count] = [x.shape[axis]!, index.shape[axis]!];
  const width = sizeOf(x.shape.slice(axis + 1));
  const isConstant = index.shape.every(
    (extent, a) => a === axis || (extent === x.shape[a] && (index.strides[a] === 0 || extent === 1)),
  );
  const isSingle = sizeOf(x.shape.slice(0, axis)) === 1;
  const hasRows = isPacked(source, axis + 1) && (isZero(x) || isPacked(x, axis + 1));
  if (!isConstant || !isSingle || !hasRows || width < 4 || rows === 0) return undefined;
  const bytes = bytesOf(out.dtype);
  return routineCode(
    [
      {
        items: 1,
        emit: ({ f, addressOf, shared }) => {
          f.fillMemory(shared, 0xff, rows * 4);
          const at = f.local("i32", count);
          f.while(i32.gtS(at, 0), () => {
            f.set(at, i32.sub(at, 1));
            const row = i32.load(
              i32.add(i32.mul(at, index.strides[axis]! * 4), addressOf(index.base) + index.offset * 4),
            );
            const head = f.let(i32.add(i32.shl(row, 2), shared));
            f.store("i32", i32.add(i32.shl(at, 2), shared + rows * 4), i32.load(head));
            f.store("i32", head, at);
          });
        },
      },
      {
        items: rows,
        emit: ({ f, addressOf, shared, from, to }) => {
          f.for({ from, to }, (row) => {
            const head = f.let(i32.load(i32.add(i32.shl(row, 2), shared)));
            const target = f.let(i32.add(i32.mul(row, width * bytes), addressOf(out)));
            const stride = x.strides[axis]! * bytes;
            const first = f.let(i32.add(i32.mul(row, stride), addressOf(x.base) + x.offset * bytes));
            f.if(
              i32.ltS(head, 0),
              () => {
                if (isZero(x)) fillElements(f, target, out.dtype, 0, width);
                else copyRow(f, target, first, width * bytes);
              },
              () =>
                sumRow(f, sums, {
                  target,
                  first: isZero(x) ? undefined : first,
                  head,
                  next: shared + rows * 4,
                  source: addressOf(source.base) + source.offset * bytes,
                  stride: source.strides[axis]! * bytes,
                  width,
                }),
            );
          });
        },
      },
    ],
    { sharedBytes: (rows + count) * 4 },
  );
}

function isPacked(view: View, axis: number): boolean {
  const own = stridesOf(view.shape.slice(axis));
  return own.every((stride, a) => view.shape[axis + a] === 1 || view.strides[axis + a] === stride);
}

interface RowSum {
  readonly target: Local<"i32">;
  /** The row that the sum starts from; none is 0. */
  readonly first: Local<"i32"> | undefined;
  readonly head: Local<"i32">;
  /** Where the lists lie: the position after each. */
  readonly next: number;
  readonly source: number;
  readonly stride: number;
  readonly width: number;
}

function sumRow(f: FunctionBuilder<"void">, sums: SumCode, sum: RowSum): void {
  const { lanes } = elements[sums.dtype];
  const bytes = bytesOf(sums.dtype);
  const block = lanes * mostVectors;
  const blocks = Math.floor(sum.width / block);
  if (blocks > 0) {
    f.for({ to: blocks * block * bytes, step: block * bytes }, (at) => sumVectors(f, sums, sum, at, mostVectors));
  }
  const vectors = Math.floor((sum.width - blocks * block) / lanes);
  const at = blocks * block * bytes;
  if (vectors > 0) sumVectors(f, sums, sum, i32.const(at), vectors);
  for (let e = blocks * block + vectors * lanes; e < sum.width; e++) sumElement(f, sums, sum, e * bytes);
}

/** Calls `add` with the address of every row in the list. */
function forEachInList(
  f: FunctionBuilder<"void">,
  { head, next, source, stride }: RowSum,
  add: (row: Local<"i32">) => void,
): void {
  const at = f.local("i32", head);
  f.loop((again) => {
    add(f.let(i32.add(i32.mul(at, stride), source)));
    f.set(at, i32.load(i32.add(i32.shl(at, 2), next)));
    f.brIf(again, i32.geS(at, 0));
  });
}

function sumVectors(f: FunctionBuilder<"void">, sums: SumCode, sum: RowSum, at: Expr<"i32">, count: number): void {
  const read = (from: Expr<"i32">, offset: number): readonly Expr<"v128">[] =>
    sums.widen(f, v128.load(from, { offset, align: 4 }));
  const each = bytesOf(sums.total) / bytesOf(sums.dtype);
  const offsets = Array.from({ length: count }, (_, i) => i * 16);
  const { first } = sum;
  const totals = offsets.flatMap((offset) =>
    first === undefined
      ? Array.from({ length: each }, () => f.local("v128", i32x4.const(0)))
      : read(i32.add(first, at), offset).map((lanes) => f.local("v128", lanes)),
  );
  forEachInList(f, sum, (row) => {
    const from = f.let(i32.add(row, at));
    const parts = offsets.flatMap((offset) => read(from, offset));
    totals.forEach((total, i) => f.set(total, sums.addVectors(total, parts[i]!)));
  });
  const to = f.let(i32.add(sum.target, at));
  offsets.forEach((offset, i) => {
    f.store("v128", to, sums.round(totals.slice(i * each, (i + 1) * each)), { offset, align: 4 });
  });
}

function sumElement(f: FunctionBuilder<"void">, sums: SumCode, sum: RowSum, offset: number): void {
  const total = f.local(sums.type, sum.first === undefined ? 0 : sums.load(sum.first, { offset }));
  forEachInList(f, sum, (row) => f.set(total, sums.add(total, sums.load(row, { offset }))));
  sums.store(f, sum.target, total, { offset });
}
