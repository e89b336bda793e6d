import { ShapeError, type Shape, type Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  normalizeAxis,
  ranges,
  sizeOf,
} from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

const extents = ranges.listOf(ranges.numbers("to be a whole number ≥ 1 or −1", (n) => Number.isSafeInteger(n) && (n > 0 || n === -1))); // prettier-ignore

/**
 * Makes several axes of one: what `Flatten` undoes.
 *
 * @param axis the axis to be split, from the end if negative
 * @param shape extents of the axes that it becomes; one of them may be −1, which is what is left for it
 * @throws {ShapeError} when the extent of the axis is not that of all of them
 * @example
 * new Unflatten(1, [2, -1]).forward(zeros([4, 6])).shape; // => [4, 2, 3]
 */
export class Unflatten extends Module {
  static override readonly name: string = "Unflatten";
  /** The axis to be split. */
  readonly axis: number;
  /** Extents of the axes that it becomes. */
  readonly shape: Shape;

  constructor(axis: number, shape: Shape, ...none: []) {
    super(...none);
    expectValue("Unflatten", "axis", axis, ranges.integer);
    expectValue("Unflatten", "shape", shape, extents);
    if (shape.length === 0 || shape.filter((n) => n === -1).length > 1) {
      throw new ShapeError(`Unflatten: expected extents of which at most one is −1, got ${formatShape(shape)}.`);
    }
    this.axis = axis;
    this.shape = [...shape];
  }

  override forward(x: Tensor, ...none: []): Tensor {
    expectNothing("Unflatten.forward", none);
    expectTensor("Unflatten.forward", "x", x);
    const axis = normalizeAxis("Unflatten", this.axis, x.ndim);
    const extent = x.shape[axis]!;
    const known = sizeOf(this.shape.filter((n) => n !== -1));
    const parts = this.shape.map((n) => (n === -1 ? extent / known : n));
    if (!parts.every(Number.isInteger) || sizeOf(parts) !== extent) {
      throw new ShapeError(
        `Unflatten: expected an extent that ${formatShape(this.shape)} makes up at axis ${axis}, got shape ${formatShape(x.shape)}.`,
      );
    }
    return x.reshape([...x.shape.slice(0, axis), ...parts, ...x.shape.slice(axis + 1)]);
  }

  override details(): string {
    return `${this.axis}, ${formatShape(this.shape)}`;
  }
}
