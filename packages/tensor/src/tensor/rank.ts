import { ShapeError } from "../errors.ts";
import { whole } from "../options/ranges.ts";
import { expectValue } from "../options/value-range.ts";
import { formatShape, type Shape } from "../shape.ts";

/** Nested arrays of numbers, as deep as the tensor has axes. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** What is known of a tensor by its number of axes. */
export interface Ranks {
  /** One number. */
  0: { readonly array: number; readonly extents: readonly [] };
  /** A vector. */
  1: { readonly array: number[]; readonly extents: readonly [number] };
  /** A matrix. */
  2: { readonly array: number[][]; readonly extents: readonly [number, number] };
  /** A batch of matrices. */
  3: { readonly array: number[][][]; readonly extents: readonly [number, number, number] };
  /** A batch of images. */
  4: { readonly array: number[][][][]; readonly extents: readonly [number, number, number, number] };
  /** A batch of volumes. */
  5: { readonly array: number[][][][][]; readonly extents: readonly [number, number, number, number, number] };
  /** And one axis more. */
  6: {
    readonly array: number[][][][][][];
    readonly extents: readonly [number, number, number, number, number, number];
  };
}

/** What `toArray(rank)` gives: `number[][]` for 2. */
export type ArrayOfRank<Rank extends number> = Rank extends keyof Ranks ? Ranks[Rank]["array"] : NestedNumbers;

/** What `extents(rank)` gives: `readonly [number, number]` for 2. */
export type ExtentsOfRank<Rank extends number> = Rank extends keyof Ranks ? Ranks[Rank]["extents"] : Shape;

/**
 * Throws unless a shape has so many axes.
 *
 * @throws {ShapeError} `extents: expected a tensor of 3 axes, got shape [2, 3].`
 */
export function expectRank(fn: string, rank: number, shape: Shape): void {
  expectValue(fn, "rank", rank, whole(0));
  if (shape.length === rank) return;
  const axes = rank === 1 ? "1 axis" : `${rank} axes`;
  throw new ShapeError(`${fn}: expected a tensor of ${axes}, got shape ${formatShape(shape)}.`);
}

/** Elements in row-major order as arrays in arrays. */
export function nested(data: ArrayLike<number>, shape: Shape): NestedNumbers {
  let at = 0;
  const build = (axis: number): NestedNumbers =>
    axis === shape.length ? data[at++]! : Array.from({ length: shape[axis]! }, () => build(axis + 1));
  return build(0);
}
