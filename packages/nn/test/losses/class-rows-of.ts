import { type Shape, type Tensor, tensor } from "@tapegrad/tensor";

/** The axis of classes of scores. */
export const classAxis = (shape: Shape): 0 | 1 => (shape.length === 1 ? 0 : 1);

/** Scores as rows, one for each position, in the order of the target's elements. */
export function rowsOf(x: Tensor): number[][] {
  if (x.ndim === 1) return [[...x.data]];
  const classes = x.shape[1]!;
  const inner = x.size / (x.shape[0]! * classes);
  return Array.from({ length: x.size / classes }, (_, p) => {
    const start = Math.floor(p / inner) * classes * inner + (p % inner);
    return Array.from({ length: classes }, (__, c) => x.data[start + c * inner]!);
  });
}

/** A class for each position of scores, of each class about as often. */
export function classIndices(shape: Shape): Tensor {
  const axis = classAxis(shape);
  const positions = shape.filter((_, a) => a !== axis);
  const count = positions.reduce((product, extent) => product * extent, 1);
  const data = Array.from({ length: count }, (_, p) => (p * 7 + 1) % shape[axis]!);
  return tensor(data, { shape: positions, dtype: "int32" });
}

/** Rows of 0 and 1 for classes. */
export function hotOf(scores: Tensor, classes: Tensor): number[][] {
  return rowsOf(scores).map((row, p) => row.map((_, c) => (classes.data[p] === c ? 1 : 0)));
}
