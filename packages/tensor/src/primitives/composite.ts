/** How a filter or a window lies on the spatial axes: a number, or a pair of them, per axis each. */
export interface SpatialAttrs {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Elements before and after each axis. */
  readonly margins: readonly (readonly [low: number, high: number])[];
}
export interface ConvAttrs extends SpatialAttrs {
  readonly groups: number;
}
export interface ConvTransposeAttrs extends ConvAttrs {
  /** Elements added after each axis; margins are taken off. */
  readonly extra: readonly number[];
}
export interface PoolAttrs extends SpatialAttrs {
  readonly size: readonly number[];
}
export interface AvgPoolAttrs extends PoolAttrs {
  /** What sums are divided by: a number, the elements of the input in the window, or also those of the padding. */
  readonly divisor: number | "inside" | "padded";
}

/**
 * What is composed of primitives here in a way that hardly tells, and is one operator elsewhere: with its attributes, and
 * its inputs beside it. Whoever computes needs to know nothing of it: a composite is what its primitives are.
 */
export interface Composites {
  /** x `[N, C, ...]`, filters, bias */
  conv: ConvAttrs;
  /** x `[N, C, ...]`, filters, bias */
  convTranspose: ConvTransposeAttrs;
  /** x `[N, C, ...]` */
  maxPool: PoolAttrs;
  /** x `[N, C, ...]` */
  avgPool: AvgPoolAttrs;
}

/** Name of a composite. */
export type CompositeName = keyof Composites;
