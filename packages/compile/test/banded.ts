import { grad } from "@tapegrad/autograd";
import { type DType, Generator, randn, type Tensor, tensor, where } from "@tapegrad/tensor";
import { apply, iota } from "@tapegrad/tensor/internal";
import { expect } from "vitest";
import { compile } from "../src/index.ts";
import type { RowBand } from "../src/schedule/row-band.ts";
import { expectEqual, kernelsOf } from "./segments.ts";

export const generator: Generator = new Generator(11);

/** Positions of rows or columns, so many further on. */
export type Places = (further: number) => Tensor;
/** Which columns of a row are seen. */
export type Mask = (row: Places, column: Places) => Tensor;

export const masks: Readonly<Record<string, Mask>> = {
  "a triangle": (row, column) => column(0).le(row(0)),
  "a strict triangle": (row, column) => column(0).lt(row(0)),
  "a reversed triangle": (row, column) => column(0).ge(row(0)),
  "a strict reversed triangle": (row, column) => row(0).lt(column(0)),
  "a diagonal": (row, column) => column(0).eq(row(0)),
  "a window": (row, column) =>
    column(0)
      .le(row(0))
      .logicalAnd(column(9).gt(row(0))),
  "a window of later columns": (row, column) =>
    column(0)
      .ge(row(3))
      .logicalAnd(column(0).lt(row(20))),
  "the columns that are far behind": (row, column) => column(17).le(row(0)),
};

/** A mask of matrices: as positions give it, or moved by an argument, so that it may be anywhere. */
export function maskOf(mask: Mask, rows: number, columns: number, moved?: Tensor): Tensor {
  const row: Places = (further) => {
    const places = iota([rows + further, 1], 0).slice([further, rows + further]);
    return moved === undefined ? places : places.add(moved);
  };
  return mask(row, (further) => iota([1, columns + further], 1).slice([], [further, columns + further]));
}

export const softmax = (x: Tensor): Tensor => apply("softmax", [x], { axes: [x.ndim - 1], masked: true })[0];
export const visible = (x: Tensor, mask: Tensor): Tensor => where(mask, x, -Infinity);

/** Numbers, with rows in which some or all are not: NaN, infinities, zeros of both signs, and what products round to those. */
export function draw(shape: readonly number[], dtype: DType = "float32"): Tensor {
  const columns = shape.at(-1)!;
  const numbers = Array.from(randn(shape, { generator }).data);
  const tiny = dtype === "float32" ? -(2 ** -149) : -Number.MIN_VALUE;
  const special = [NaN, Infinity, -Infinity, -0, tiny];
  for (let row = 0; row * columns < numbers.length; row++) {
    const [which, how] = [special[row % 11], row % 3];
    if (which === undefined) continue;
    for (let j = 0; j < columns; j++) if (how === 0 || (7 * j) % (3 + row) === how) numbers[row * columns + j] = which;
  }
  return tensor(numbers, { dtype, shape });
}

/** The bands of the loops that have one. */
export function bandsOf(compiled: object): (RowBand | undefined)[] {
  return kernelsOf(compiled).map((planned) => (planned.kind === "loop" ? planned.pattern.plan.kernel.band : undefined));
}

/** Expects the bits that loops over whole rows give, of results that follow from a mask. */
export function expectBitsOfWhole(
  mask: Mask,
  [rows, columns]: readonly [number, number],
  run: (seen: Tensor, see: (other: Mask) => Tensor) => readonly Tensor[],
): object {
  const made = (moved?: Tensor): readonly Tensor[] => {
    const see = (other: Mask): Tensor => maskOf(other, rows, columns, moved);
    return run(see(mask), see);
  };
  const banded = compile(() => made(), { threads: 1 });
  const whole = compile((moved: Tensor) => made(moved), { threads: 1 });
  const wanted = whole(tensor(0, { dtype: "int32" }));
  expect(bandsOf(whole).every((band) => band === undefined)).toBe(true);
  banded().forEach((got, i) => expectEqual(got, wanted[i]!));
  return banded;
}

/** Softmax and its gradient. */
export function expectSoftmaxOfWhole(mask: Mask, shape: readonly number[], dtype?: DType): object {
  const [scores, cotangent] = [draw(shape, dtype).requiresGrad_(), draw(shape, dtype)];
  const run = (seen: Tensor): Tensor[] => {
    const y = softmax(visible(scores, seen));
    return [y, ...grad(y, [scores], { cotangent })];
  };
  return expectBitsOfWhole(mask, shape.slice(-2) as [number, number], run);
}
