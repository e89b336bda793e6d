import { ShapeError, type PadMode, type Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  formatShape,
  formatValue,
  ranges,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/**
 * What is added around: a number at both ends of every spatial axis of `[N, C, ...spatial]`, or `[before, after]` for each
 * of the last axes, of an input of any shape. What is negative is taken away.
 */
export type Widths = number | readonly (readonly [before: number, after: number])[];

const pair = ranges.listOf(ranges.integer, 2);
const widthsRange: ValueRange<Widths> = {
  text: "to be a whole number, or a list of [before, after]",
  has: (value): value is Widths =>
    ranges.integer.has(value) || (Array.isArray(value) && value.length > 0 && value.every(pair.has)),
};

/** A layer that pads. */
export abstract class PaddingLayer extends Module {
  /** What it adds around. */
  readonly padding: Widths;
  private readonly padMode: PadMode;

  constructor(padding: Widths, mode: PadMode, none: []) {
    super(...none);
    expectValue(new.target.name, "padding", padding, widthsRange);
    this.padding = padding;
    this.padMode = mode;
  }

  override forward(x: Tensor, ...none: []): Tensor {
    const fn = this.constructor.name;
    expectNothing(`${fn}.forward`, none);
    expectTensor(`${fn}.forward`, "x", x);
    return x.pad(this.widthsOf(fn, x), { mode: this.padMode, value: this.fill });
  }

  /** What is added, where that is a constant. */
  protected get fill(): number {
    return 0;
  }

  private widthsOf(fn: string, x: Tensor): readonly (readonly [number, number])[] {
    const { padding } = this;
    const least = typeof padding === "number" ? 3 : padding.length;
    if (x.ndim < least) {
      const wanted = typeof padding === "number" ? "[N, C, ...spatial]" : `of at least ${least} axes`;
      throw new ShapeError(`${fn}: expected input ${wanted}, got shape ${formatShape(x.shape)}.`);
    }
    return x.shape.map((_, axis): readonly [number, number] => {
      if (typeof padding === "number") return axis < 2 ? [0, 0] : [padding, padding];
      return padding[axis - (x.ndim - least)] ?? [0, 0];
    });
  }

  override details(): string {
    return formatValue(this.padding);
  }
}

/**
 * Adds zeros around.
 *
 * @param padding a number for both ends of every spatial axis, or `[before, after]` for each of the last axes
 * @example
 * new ZeroPad([[1, 0], [0, 2]]).forward(tensor([[1, 2]])).toArray(); // => [[0, 0, 0, 0], [1, 2, 0, 0]]
 * new ZeroPad(1).forward(zeros([8, 3, 28, 28])).shape; // => [8, 3, 30, 30]
 */
export class ZeroPad extends PaddingLayer {
  static override readonly name: string = "ZeroPad";

  constructor(padding: Widths, ...none: []) {
    super(padding, "constant", none);
  }
}

/**
 * Adds a number around.
 *
 * @param padding a number for both ends of every spatial axis, or `[before, after]` for each of the last axes
 * @param value the number that is added
 * @example
 * new ConstantPad([[1, 2]], 7).forward(tensor([1, 2])).toArray(); // => [7, 1, 2, 7, 7]
 */
export class ConstantPad extends PaddingLayer {
  static override readonly name: string = "ConstantPad";
  /** The number that is added. */
  readonly value: number;

  constructor(padding: Widths, value: number, ...none: []) {
    super(padding, "constant", none);
    expectValue("ConstantPad", "value", value, ranges.anyNumber);
    this.value = value;
  }

  protected override get fill(): number {
    return this.value;
  }

  override details(): string {
    return `${super.details()}, ${this.value}`;
  }
}

/**
 * Goes on behind the ends as in a mirror that stands on the last element, which is not repeated.
 *
 * @param padding a number for both ends of every spatial axis, or `[before, after]` for each of the last axes; less than the
 * extent of the axis
 * @example
 * new ReflectionPad([[2, 1]]).forward(tensor([1, 2, 3])).toArray(); // => [3, 2, 1, 2, 3, 2]
 */
export class ReflectionPad extends PaddingLayer {
  static override readonly name: string = "ReflectionPad";

  constructor(padding: Widths, ...none: []) {
    super(padding, "reflect", none);
  }
}

/**
 * Repeats the elements at the ends.
 *
 * @param padding a number for both ends of every spatial axis, or `[before, after]` for each of the last axes
 * @example
 * new ReplicationPad([[2, 1]]).forward(tensor([1, 2, 3])).toArray(); // => [1, 1, 1, 2, 3, 3]
 */
export class ReplicationPad extends PaddingLayer {
  static override readonly name: string = "ReplicationPad";

  constructor(padding: Widths, ...none: []) {
    super(padding, "replicate", none);
  }
}

/**
 * Goes on at the other end.
 *
 * @param padding a number for both ends of every spatial axis, or `[before, after]` for each of the last axes; at most the
 * extent of the axis
 * @example
 * new CircularPad([[2, 1]]).forward(tensor([1, 2, 3])).toArray(); // => [2, 3, 1, 2, 3, 1]
 */
export class CircularPad extends PaddingLayer {
  static override readonly name: string = "CircularPad";

  constructor(padding: Widths, ...none: []) {
    super(padding, "circular", none);
  }
}
