import { type Expr, f32, f32x4, f64, f64x2, type FunctionBuilder, i32, i32x4, type Local, v128 } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import type { RoutineKernel } from "../../schedule/kernel.ts";
import type { View } from "../../schedule/view.ts";
import { isZero, type Summed } from "./accumulate.ts";
import { type RoutineCode, routineCode } from "./routine-code.ts";
import { copyRow, elementBytes, fillElements } from "./rows.ts";

/** Vectors of elements that are summed at a time. */
const mostVectors = 4;

/**
 * Adds whole rows, as the gradient of an embedding does. First each row of the result gets the list of those that
 * fall on it, in their order; then each row is summed in registers.
 */
export function scatterRows({ operation, views }: RoutineKernel, dtype: Summed): RoutineCode | undefined {
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
  const bytes = elementBytes(dtype);
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
                if (isZero(x)) fillElements(f, target, dtype, 0, width);
                else copyRow(f, target, first, width * bytes);
              },
              () =>
                sumRow(f, dtype, {
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

function sumRow(f: FunctionBuilder<"void">, dtype: Summed, sum: RowSum): void {
  const lanes = dtype === "float64" ? 2 : 4;
  const bytes = dtype === "float64" ? 8 : 4;
  const block = lanes * mostVectors;
  const blocks = Math.floor(sum.width / block);
  if (blocks > 0) {
    f.for({ to: blocks * block * bytes, step: block * bytes }, (at) => sumVectors(f, dtype, sum, at, mostVectors));
  }
  const vectors = Math.floor((sum.width - blocks * block) / lanes);
  const at = blocks * block * bytes;
  if (vectors > 0) sumVectors(f, dtype, sum, i32.const(at), vectors);
  for (let e = blocks * block + vectors * lanes; e < sum.width; e++) sumElement(f, dtype, sum, e * bytes);
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

function sumVectors(f: FunctionBuilder<"void">, dtype: Summed, sum: RowSum, at: Expr<"i32">, count: number): void {
  const add = dtype === "int32" ? i32x4.add : f64x2.add;
  const read = (from: Expr<"i32">, offset: number): Expr<"v128">[] => {
    const lanes = v128.load(from, { offset, align: 4 });
    if (dtype !== "float32") return [lanes];
    const four = f.let(lanes);
    return [f64x2.promoteLowF32x4(four), f64x2.promoteLowF32x4(f32x4.shuffle(four, four, [2, 3, 2, 3]))];
  };
  const offsets = Array.from({ length: count }, (_, i) => i * 16);
  const { first } = sum;
  const totals = offsets.flatMap((offset) =>
    first === undefined
      ? Array.from({ length: dtype === "float32" ? 2 : 1 }, () => f.local("v128", i32x4.const(0)))
      : read(i32.add(first, at), offset).map((lanes) => f.local("v128", lanes)),
  );
  forEachInList(f, sum, (row) => {
    const from = f.let(i32.add(row, at));
    const parts = offsets.flatMap((offset) => read(from, offset));
    totals.forEach((total, i) => f.set(total, add(total, parts[i]!)));
  });
  const to = f.let(i32.add(sum.target, at));
  offsets.forEach((offset, i) => {
    const whole = totals[i] as Expr<"v128">;
    const [low, high] = [totals[2 * i], totals[2 * i + 1]] as [Expr<"v128">, Expr<"v128">];
    const lanes =
      dtype === "float32"
        ? f32x4.shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5])
        : whole;
    f.store("v128", to, lanes, { offset, align: 4 });
  });
}

function sumElement(f: FunctionBuilder<"void">, dtype: Summed, sum: RowSum, offset: number): void {
  if (dtype === "int32") {
    const total = f.local("i32", sum.first === undefined ? 0 : i32.load(sum.first, { offset }));
    forEachInList(f, sum, (row) => f.set(total, i32.add(total, i32.load(row, { offset }))));
    f.store("i32", sum.target, total, { offset });
    return;
  }
  const read = (from: Expr<"i32">): Expr<"f64"> =>
    dtype === "float32" ? f64.promoteF32(f32.load(from, { offset })) : f64.load(from, { offset });
  const total = f.local("f64", sum.first === undefined ? 0 : read(sum.first));
  forEachInList(f, sum, (row) => f.set(total, f64.add(total, read(row))));
  if (dtype === "float32") f.store("f32", sum.target, f32.demoteF64(total), { offset });
  else f.store("f64", sum.target, total, { offset });
}
