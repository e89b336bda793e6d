import type { Shape, TapegradError, Tensor } from "@tapegrad/tensor";
import type { Module } from "../../src/index.ts";

/** Draws normal numbers in float64, others at every call. */
export type Draw = (...shape: number[]) => Tensor;

/** Losses of the elements by loops, in the order of the loss with reduction "none". */
export interface NaiveLosses {
  readonly losses: readonly number[];
  /** What the mean divides by; their number unless given. */
  readonly count?: number;
}

/** A loss under some options. */
export interface LossCase {
  /** All but the reduction; a function of the first input's shape where they depend on it. */
  readonly options?: object | ((shape: Shape) => object);
  /** What tells it from others with the same options. */
  readonly title?: string;
  /** Arguments of the loss for a first one of a given shape. */
  readonly inputs: (draw: Draw, shape: Shape) => readonly Tensor[];
  /** The definition, written down once more. */
  readonly naive: (inputs: readonly Tensor[], options: object) => NaiveLosses;
  /** How many of the inputs, from the first, have a gradient; all unless given. */
  readonly differentiable?: number;
  /** Shapes of the first input: values, and an empty batch. */
  readonly shapes: readonly Shape[];
  readonly empty: Shape;
  /** Shapes of the first input whose gradients are checked: twice where there are at most 24 elements. */
  readonly checked: readonly Shape[];
  /** Largest error of an element; 5e-13 unless given. */
  readonly atol?: number;
}

/** A loss, and all that its tests need to know of it. */
export interface LossRow {
  /** Name of its file in src/losses. */
  readonly file: string;
  readonly fn: (...args: never[]) => Tensor;
  readonly Layer: new (options?: object) => Module;
  /** Names by which `resolveLoss` finds it. */
  readonly names: readonly string[];
  /** Options in the order of the message that lists them; the last one is "reduction". */
  readonly options: readonly string[];
  /** Reductions besides none, mean and sum. */
  readonly reductions?: readonly string[];
  readonly cases: readonly LossCase[];
  readonly errors: readonly (readonly [
    title: string,
    call: () => unknown,
    type: new (message: string) => TapegradError,
    message: string,
  ])[];
}

const shapes: readonly Shape[] = [[], [5], [4, 3], [2, 3, 2]];

/** What cases have in common whose losses come from the elements of their inputs at the same place. */
export function elementwise(
  inputs: LossCase["inputs"],
  naive: (...elements: [first: number, second: number, third: number]) => number,
  rest: Partial<LossCase> = {},
): LossCase {
  return {
    inputs,
    naive: (tensors) => ({
      losses: Array.from(tensors[0]!.data, (value, i) =>
        naive(value, tensors[1]!.data[i]!, tensors[2]?.data[i] ?? NaN),
      ),
    }),
    shapes,
    empty: [0, 3],
    checked: [[4, 3]],
    ...rest,
  };
}

/** Numbers in (0.05, 0.95). */
export const probabilities = (x: Tensor): Tensor => x.sigmoid().mul(0.9).add(0.05);

/** 1 and −1, both of them often. */
export const plusMinusOne = (x: Tensor): Tensor => x.gt(0).to("float64").mul(2).sub(1);

/** Numbers above 0.2. */
export const positive = (x: Tensor): Tensor => x.abs().add(0.2);
