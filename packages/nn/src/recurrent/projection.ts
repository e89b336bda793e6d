import { ShapeError } from "@tapegrad/tensor";
import { option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type Initializer, initializer } from "../init/initializer.ts";

/** Options of a projection, which makes the output of an LSTM narrower than its memory. */
export interface ProjectionOptions {
  /** Features of h, fewer than `hiddenSize`; 0, which is no projection, unless given, as in PyTorch. */
  readonly projectionSize?: number;
  /** Initialiser of the weights of the projection; PyTorch's `U(±1/√hidden)` unless given. */
  readonly projectionInit?: Initializer | undefined;
}

/** {@link ProjectionOptions}, row by row. */
export const projectionTable: OptionTable<ProjectionOptions> = {
  projectionSize: option({ ...ranges.whole(0), error: ShapeError }, 0),
  projectionInit: optional(initializer),
};

/** Throws unless h is to be narrower than the memory. */
export function checkProjection(fn: string, projectionSize: number, hiddenSize: number): void {
  if (projectionSize < hiddenSize) return;
  throw new ShapeError(
    `${fn}: expected projectionSize less than hiddenSize, which is ${hiddenSize}, got ${projectionSize}.`,
  );
}
