import { grad, gradcheck } from "@tapegrad/autograd";
import { assign, Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { expect } from "vitest";
import type { Module } from "../../src/index.ts";
import type { ActivationNormName } from "../../src/norms/activation-norms.ts";
import type { ConstraintNormName } from "../../src/norms/constraint-norms.ts";
import type { WeightNormName } from "../../src/norms/weight-norms.ts";
import type { NaiveNorm, ParameterIndex } from "./naive-norm.ts";

/** What is tested of a norm, all of it: its ways to standardize, or calls of it, and what it refuses. */
export type NormTest = (Standardizes | Calls) & {
  readonly layers?: readonly LayerRow[];
  /** A dense layer with it, `[N, in]` and `[out, in]` to `[N, out]`, without eps; unless given, it normalizes `x·wᵀ`. */
  readonly dense?: (x: Tensor, w: Tensor) => Tensor;
  /** Whether samples have positions for it, `[N, in, positions]`: the layer is then dense at each. */
  readonly positions?: boolean;
  readonly errors: readonly ErrorRow[];
};

/** A row for each norm; only those of weights must say what a dense layer becomes. */
export type NormTests = Readonly<
  Record<ActivationNormName, NormTest> &
    Record<WeightNormName | ConstraintNormName, NormTest & Required<Pick<NormTest, "dense">>>
>;

/** A layer, how it is printed, and the function that it is for an input of `shape`. */
export interface LayerRow {
  readonly layer: Module<never>;
  readonly printed: string;
  readonly shape: readonly number[];
  readonly same: (x: Tensor) => Tensor;
  /** What `forward` takes after `x`. */
  readonly others?: readonly unknown[];
}

/** A norm that standardizes groups of elements: {@link naiveForward} and its kin are its references. */
export interface Standardizes {
  /** Its ways to normalize an input of `shape`; none where that is not legal. */
  readonly kinds: (shape: readonly number[]) => readonly NormKind[];
  /** Calls of it that do something else. */
  readonly also?: readonly NormCall[];
}

/** A norm that does something else. */
export interface Calls {
  readonly calls: readonly NormCall[];
}

/** What throws, which error, and its message. */
export type ErrorRow = readonly [run: () => unknown, type: new (message: string) => Error, message: string];

/** A norm of γ and β as far as it has them. */
export type NormFunction = (x: Tensor, weight?: Tensor, bias?: Tensor, eps?: number) => Tensor;

/** One way to normalize an input of a given shape. */
export interface NormKind {
  readonly name: string;
  readonly fused: NormFunction;
  readonly plain: NormFunction;
  readonly naive: NaiveNorm;
  readonly index: ParameterIndex;
  /** Shape of γ and β; undefined where there are none. */
  readonly parameterShape: readonly number[] | undefined;
  /** Whether there is γ alone. */
  readonly noBias?: boolean;
  /**
   * For norms that take no derivative of some of what they compute: the definition with that held at its value for `x`,
   * which finite differences can be taken of.
   */
  readonly frozen?: (x: Tensor, eps: number) => NormFunction;
}

/** A call, and the same written down in loops over numbers. */
export interface NormCall {
  readonly name: string;
  readonly inputs: readonly Tensor[];
  readonly run: (...inputs: Tensor[]) => Tensor;
  readonly naive: (...inputs: number[][]) => number[];
  /** Whether it is centred, where its row does not say it. */
  readonly centred?: boolean;
  /** Shape of the result; that of the first input unless given. */
  readonly shape?: readonly number[];
  /** As that of a {@link NormKind}, for its inputs. */
  readonly frozen?: (...inputs: Tensor[]) => Tensor;
}

/** The eps of the cases, unless they are given another. */
export const usual = 1e-5;

/** Product of the extents. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** How the numbers of an input are distributed. */
export interface Distribution {
  readonly name: string;
  readonly scale: number;
  readonly offset: number;
}

export const distributions: readonly Distribution[] = [
  { name: "standard normal", scale: 1, offset: 0 },
  { name: "scaled by 1e-2", scale: 1e-2, offset: 0 },
  { name: "offset by 1e3", scale: 1, offset: 1e3 },
  { name: "offset by 1e4", scale: 1, offset: 1e4 },
  { name: "zero variance", scale: 0, offset: 0.75 },
];

/** Ranks 2 to 5, a batch of one, features and positions of size 1. */
export const shapes: readonly (readonly number[])[] = [
  [4, 3],
  [1, 4],
  [3, 1],
  [2, 3, 2],
  [1, 2, 3],
  [2, 1, 3],
  [2, 2, 2, 2],
  [2, 4, 3],
  [1, 3, 2, 1],
  [2, 2, 1, 2, 2],
];

/** A float64 input; with scale 0 all its elements are equal. */
export function sample(shape: readonly number[], { scale, offset }: Distribution, seed: number): Tensor {
  return randn(shape, { dtype: "float64", generator: new Generator(seed) })
    .mul(scale)
    .add(offset);
}

/** γ around 1 and β around 0, neither of them trivial. */
export function parameters(shape: readonly number[], seed: number): [weight: Tensor, bias: Tensor] {
  const generator = new Generator(seed);
  const weight = randn(shape, { dtype: "float64", generator }).mul(0.5).add(1.25);
  return [weight, randn(shape, { dtype: "float64", generator })];
}

/** The value, its first derivatives by all inputs, and second ones, all along random directions. */
export function derivatives(norm: (...inputs: never[]) => Tensor, inputs: readonly Tensor[]): Tensor[] {
  const like = ({ shape }: Tensor, seed: number): Tensor =>
    randn(shape, { dtype: "float64", generator: new Generator(seed) });
  const leaves = inputs.map((t) => t.detach().requiresGrad_());
  const y = norm(...(leaves as never[]));
  const first = grad(y, leaves, { cotangent: like(y, 23), createGraph: true }) as Tensor[];
  const along = first[0]!.mul(like(inputs[0]!, 24)).sum();
  // A norm that is linear but for what it holds has none.
  const second = along.requiresGrad ? grad(along, leaves, { allowUnused: true }) : [];
  return [y, ...first, ...leaves.map((leaf, i) => second[i] ?? leaf.mul(0).detach())];
}

/** γ and β, as far as the norm has them. */
export function parametersOf({ parameterShape, noBias }: NormKind, seed: number): Tensor[] {
  const both = parameterShape === undefined ? [] : parameters(parameterShape, seed);
  return noBias === true ? both.slice(0, 1) : both;
}

/** A layer whose parameters now have other values. */
export function disturbed<M extends Module<never>>(layer: M): M {
  const generator = new Generator(25);
  for (const p of layer.parameters()) {
    assign(p, p.detach().add(randn(p.shape, { dtype: p.dtype as "float32", generator }).mul(0.4)));
  }
  return layer;
}

/** First and second derivatives by all inputs, by finite differences. */
export function expectDerivatives(run: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[]): void {
  expect(gradcheck(run, inputs, { order: 2 }).passed).toBe(true);
}

/** The elements as plain numbers. */
export function numbers(t: Tensor): number[] {
  return Array.from(t.data);
}

/** Numbers as a float64 tensor. */
export function float64(values: readonly number[], shape: readonly number[]): Tensor {
  return tensor(Float64Array.from(values), { shape });
}

/** Largest difference, relative to the largest wanted value or to `floor` if that is more. */
export function relativeError(got: ArrayLike<number>, want: readonly number[], floor: number = 0): number {
  let scale = floor;
  for (const w of want) scale = Math.max(scale, Math.abs(w));
  let worst = got.length === want.length ? 0 : Infinity;
  want.forEach((w, i) => {
    const difference = Math.abs((got[i] ?? NaN) - w);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  });
  return worst === 0 ? 0 : worst / scale;
}
