import { type Expr, type FunctionBuilder, i32, type Local, type Operand } from "@tapegrad/simd";
import { sizeOf } from "@tapegrad/tensor/internal";

/** Lines of elements along one axis of an array in order. */
export interface Lines {
  readonly outer: number;
  /** Elements of a line. */
  readonly n: number;
  /** Distance between its elements, and the number of lines that lie side by side. */
  readonly stride: number;
}

/** The lines of a shape along an axis. */
export function linesOf(shape: readonly number[], axis: number): Lines {
  return {
    outer: sizeOf(shape.slice(0, axis)),
    n: shape[axis]!,
    stride: sizeOf(shape.slice(axis + 1)),
  };
}

/**
 * Visits every line of the outer positions in a range: `width` neighbours at once where so many are left, else one.
 *
 * @param visit takes the position of the line's first element, and of the line among all lines
 */
export function forEachLine(
  f: FunctionBuilder<"void">,
  { n, stride }: Lines,
  range: { readonly from: Operand<"i32">; readonly to: Operand<"i32"> },
  width: number,
  visit: (first: Local<"i32">, line: Expr<"i32">, width: number) => void,
): void {
  f.for(range, (outer) => {
    const base = f.let(i32.mul(outer, n * stride));
    const line = f.let(i32.mul(outer, stride));
    const wide = Math.floor(stride / width) * width;
    const at = (inner: Expr<"i32">, count: number): void =>
      visit(f.let(i32.add(base, inner)), f.let(i32.add(line, inner)), count);
    if (width > 1 && wide > 0) f.for({ to: wide, step: width }, (inner) => at(inner, width));
    if (wide < stride || width === 1) f.for({ from: width === 1 ? 0 : wide, to: stride }, (inner) => at(inner, 1));
  });
}
