import { Generator, randn, type Shape, type Tensor } from "@tapegrad/tensor";
import { type Arbitrary, array, integer, nat } from "fast-check";

/** Bounds of {@link shapes}. */
export interface ShapeBounds {
  /** Smallest extent, 1 unless given. */
  readonly min?: number;
  /** Largest extent, 4 unless given. */
  readonly max?: number;
  /** Fewest axes, 0 unless given. */
  readonly minRank?: number;
  /** Most axes, 4 unless given. */
  readonly maxRank?: number;
}

/** Small shapes. */
export function shapes(bounds: ShapeBounds = {}): Arbitrary<number[]> {
  const { min = 1, max = 4, minRank = 0, maxRank = 4 } = bounds;
  return array(integer({ min, max }), { minLength: minRank, maxLength: maxRank });
}

/** Seeds of {@link source}. */
export const seeds: Arbitrary<number> = nat();

/** Draws float64 tensors from N(0, 1), each call the next ones. */
export type Source = (...shape: number[]) => Tensor;

/** The tensors of a seed. */
export function source(seed: number): Source {
  const generator = new Generator(seed);
  return (...shape) => randn(shape, { dtype: "float64", generator });
}

/** A permutation of the numbers below `count`, the same for the same seed. */
export function permutation(count: number, seed: number): number[] {
  const keys = source(seed)(count).data;
  return Array.from({ length: count }, (_, i) => i).sort((a, b) => keys[a]! - keys[b]!);
}

/** A shape that broadcasts to `shape`: some leading axes dropped, some others of extent 1. */
export function broadcastable(shape: Shape, choice: number): number[] {
  const dropped = choice % (shape.length + 1);
  return shape.slice(dropped).map((extent, axis) => (Math.floor(choice / 7) & (1 << axis) ? 1 : extent));
}
