import { ShapeError, Tensor } from "@tapegrad/tensor";
import { expectValue, formatShape, ranges } from "@tapegrad/tensor/internal";
import { eachAxis, type PerAxis, perAxis } from "./per-axis.ts";

/** Spatial extents: one number for all axes, a number each, or a tensor whose last axes have them. */
export type Extents = PerAxis | Tensor;

/** The extents of `rank` spatial axes that a call is given; throws for what says none. */
export function extentsOf(fn: string, rank: number, outputSize: Extents): readonly number[] {
  if (!(outputSize instanceof Tensor)) {
    const range = perAxis(rank, ranges.count);
    expectValue(fn, "outputSize", outputSize, { ...range, text: `${range.text}, or a tensor of the extents` });
    return eachAxis(rank, outputSize);
  }
  if (outputSize.ndim < rank) {
    throw new ShapeError(
      `${fn}: expected outputSize of at least ${rank} axes, got shape ${formatShape(outputSize.shape)}.`,
    );
  }
  return outputSize.shape.slice(-rank);
}
