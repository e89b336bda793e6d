import type { Shape } from "../shape.ts";

const shapes = new WeakSet<Shape>();

/**
 * A copy of a shape for the results of a compiled function: tensors that bear it are known as such, and those that are
 * made of them in the same shape. It is made once for all calls, so that the mark costs none of them anything.
 */
export function compiledShape(shape: Shape): Shape {
  const copy = [...shape];
  shapes.add(copy);
  return copy;
}

/** Whether a shape is that of a compiled function's result. */
export function isCompiledShape(shape: Shape): boolean {
  return shapes.has(shape);
}
