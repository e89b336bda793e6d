import { DTypeError, GradError, Generator, randn, tensor, zerosLike } from "@tapegrad/tensor";
import { option, type OptionTable, ranges, settleOptions, tensorsOf } from "@tapegrad/tensor/internal";
import type { Tensor, TensorFunction, Tensors } from "@tapegrad/tensor";
import { asList } from "./as-list.ts";
import { enableGrad } from "./grad-modes.ts";
import { differentiate } from "./grad.ts";
import { numericGradient } from "./numeric-gradient.ts";
import { runSync } from "./run-sync.ts";
import { keepingState } from "./state-replay.ts";

/** A function to check: of a tensor for each input, giving one or several. */
export type CheckedFunction<Inputs extends Tensors = Tensor[]> = TensorFunction<Inputs, Tensor | readonly Tensor[]>;

/** Options of {@link gradcheck}. */
export interface GradcheckOptions {
  /** Step of the stencil, relative to the spread of the input. Default: 1e-3. */
  readonly eps?: number;
  /** Allowed difference relative to the entry. Default: 1e-7. */
  readonly rtol?: number;
  /** Allowed difference relative to the largest entry of the gradient. Default: 1e-9. */
  readonly atol?: number;
  /** 2 checks the derivatives of the derivatives as well. Default: 1. */
  readonly order?: 1 | 2;
  /** Throw when the check fails; otherwise only report. Default: true. */
  readonly throws?: boolean;
  /** Seed of the random cotangents. Default: 0. */
  readonly seed?: number;
  /** Allowed difference between the gradients of two walks back through the same computation. Default: 0, equal bits. */
  readonly nondetTol?: number;
}

const table: OptionTable<GradcheckOptions> = {
  eps: option(ranges.positive, 1e-3),
  rtol: option(ranges.nonNegative, 1e-7),
  atol: option(ranges.nonNegative, 1e-9),
  order: option({ text: "1 or 2", has: (value): value is 1 | 2 => value === 1 || value === 2 }, 1),
  throws: option(ranges.flag, true),
  seed: option(ranges.integer, 0),
  nondetTol: option(ranges.nonNegative, 0),
};

const { order: _, ...firstOrderTable } = table;

/** An entry of a gradient, computed both ways. */
export interface GradcheckEntry {
  /** Which input. In order 2, inputs are followed by the cotangents. */
  readonly input: number;
  /** Position in that input. */
  readonly index: readonly number[];
  /** By finite differences. */
  readonly numeric: number;
  /** From the tape. */
  readonly analytic: number;
  /** Difference relative to the largest entry of the gradient. */
  readonly error: number;
  /** 1 for a gradient, 2 for the gradient of a gradient. */
  readonly order: 1 | 2;
}

/** An entry of a gradient that two walks back through the same computation gave differently. */
export interface GradcheckDifference extends Pick<GradcheckEntry, "input" | "index" | "order"> {
  /** What the first walk gave. */
  readonly first: number;
  /** What the second walk gave. */
  readonly second: number;
}

/** What {@link gradcheck} found. */
export interface GradcheckReport {
  /** Whether every entry lay within the tolerances, and came out the same twice. */
  readonly passed: boolean;
  /** The first entry that did not come out the same twice; undefined if all did. */
  readonly nondeterministic: GradcheckDifference | undefined;
  /** Number of entries compared. */
  readonly checks: number;
  /** The entry with the largest error, a failed one if any failed; undefined if there was none to compare. */
  readonly worst: GradcheckEntry | undefined;
}

/**
 * Compares the gradients of `f` on the tape with finite differences, for random cotangents, in float64.
 *
 * df/dx ≈ (f(x - 2h) - 8 f(x - h) + 8 f(x + h) - f(x + 2h)) / 12h, with an error of order h⁴
 *
 * An entry passes if |analytic - numeric| ≤ rtol · |numeric| + atol · max |gradient|. One that fails is
 * tried with smaller steps before it counts, for a kink or a sharp bend may lie within the stencil.
 *
 * All is computed a second time and has to give the same bits, or what `nondetTol` allows.
 *
 * Every evaluation starts from the same state, and leaves it: tensors that `f` assigns to, such as running statistics
 * and the counters of generators, are set back, so that dropout drops the same elements each time.
 *
 * @param inputs an array or any other iterable: float64 tensors are checked (only those that require gradients, if any does);
 *   integer and bool ones are passed on
 * @throws {DTypeError} if an input is float32
 * @throws {GradError} if an entry fails or differs from walk to walk, naming input, index, and both values
 * @example
 * gradcheck((x) => x.tanh(), [tensor([0.5, -1], { dtype: "float64" })]).passed; // => true
 */
export function gradcheck<const Inputs extends Tensors>(
  f: CheckedFunction<Inputs>,
  inputs: Inputs,
  options: GradcheckOptions = {},
): GradcheckReport {
  return check("gradcheck", f, inputs, settleOptions("gradcheck", options, table));
}

/** {@link gradcheck} of order 2: also the derivatives of the gradient by inputs and cotangents. */
export function gradgradcheck<const Inputs extends Tensors>(
  f: CheckedFunction<Inputs>,
  inputs: Inputs,
  options: Omit<GradcheckOptions, "order"> = {},
): GradcheckReport {
  return check("gradgradcheck", f, inputs, { ...settleOptions("gradgradcheck", options, firstOrderTable), order: 2 });
}

/** @param fn name of the function that was called, for the messages */
function check(
  fn: string,
  f: CheckedFunction,
  given: Tensors,
  { order, throws, seed, ...tolerances }: Required<GradcheckOptions>,
): GradcheckReport {
  const inputs = tensorsOf(fn, "inputs", given);
  const active = checkedInputs(fn, inputs);
  const generator = new Generator(seed);
  const first = checkOnce(f, inputs, active, { ...tolerances, fn, order: 1, generator });
  let report = first.report;
  if (order === 2 && report.passed) {
    const { cotangents } = first;
    const points = [...inputs, ...cotangents];
    const all = [...active, ...cotangents.map((_, i) => inputs.length + i)];
    const derivative: CheckedFunction = (...at) =>
      gradients(fn, f, at.slice(0, inputs.length), active, at.slice(inputs.length), true);
    const second = checkOnce(derivative, points, all, { ...tolerances, fn, order: 2, generator });
    report = merge(report, second.report);
  }
  report = { ...report, passed: report.passed && report.nondeterministic === undefined };
  if (throws && !report.passed) throw new GradError(describe(fn, report));
  return report;
}

interface Settings {
  readonly fn: string;
  readonly eps: number;
  readonly rtol: number;
  readonly atol: number;
  readonly nondetTol: number;
  readonly order: 1 | 2;
  readonly generator: Generator;
}

function checkOnce(
  f: CheckedFunction,
  inputs: readonly Tensor[],
  active: readonly number[],
  { fn, eps, rtol, atol, nondetTol, order, generator }: Settings,
): { report: GradcheckReport; cotangents: Tensor[] } {
  const at = inputs.map((input) => input.detach());
  const values = keepingState(() =>
    asList(
      fn,
      runSync(fn, f, () => f(...at)),
    ),
  );
  const cotangents = values.map(({ shape, dtype }) => {
    if (dtype === "float64") return randn(shape, { dtype, generator });
    throw new DTypeError(`${fn}: expected f to give float64, got ${dtype}.`);
  });
  const differentiateOnce = (): Tensor[] => keepingState(() => gradients(fn, f, at, active, cotangents, false));
  const analytic = differentiateOnce();
  const nondeterministic = firstDifference(analytic, differentiateOnce(), active, { nondetTol, order });
  let report: GradcheckReport = { passed: true, nondeterministic, checks: 0, worst: undefined };
  active.forEach((input, k) => {
    const gradient = analytic[k]!;
    const numericOf = numericGradient(fn, f, at, input, cotangents, eps);
    const entries = Array.from(gradient.data, (_, i) => numericOf(i, 1));
    const magnitudes = [...entries.map(({ value }) => value), ...gradient.data].map(Math.abs);
    const scale = Math.max(0, ...magnitudes.filter(Number.isFinite));
    entries.forEach((entry, i) => {
      const value = gradient.data[i]!;
      let best = entry;
      const fails = ({ value: numeric, noise }: typeof entry): boolean =>
        !(Math.abs(value - numeric) <= rtol * Math.abs(numeric) + atol * scale + noise);
      for (let shrink = 16; fails(best) && shrink <= 256; shrink *= 16) {
        const finer = numericOf(i, shrink);
        if (!(Math.abs(value - finer.value) >= Math.abs(value - best.value))) best = finer;
      }
      const failed = fails(best);
      const difference = Math.abs(value - best.value);
      // A gradient that is all rounding, such as that of a sum of softmax, has no relative error.
      const error = difference === 0 || scale * rtol < best.noise ? 0 : difference / scale;
      const index = unravel(i, gradient.shape);
      const found = { input, index, numeric: best.value, analytic: value, error, order };
      report = merge(report, { passed: !failed, nondeterministic: undefined, checks: 1, worst: found });
    });
  });
  return { report, cotangents };
}

/** Where two walks back gave other bits, by more than is allowed. */
function firstDifference(
  first: readonly Tensor[],
  second: readonly Tensor[],
  active: readonly number[],
  { nondetTol, order }: Pick<Settings, "nondetTol" | "order">,
): GradcheckDifference | undefined {
  for (const [k, { data, shape }] of first.entries()) {
    const again = second[k]!.data;
    const position = data.findIndex(
      (value, i) => !Object.is(value, again[i]) && !(nondetTol > 0 && Math.abs(value - again[i]!) <= nondetTol),
    );
    if (position < 0) continue;
    const index = unravel(position, shape);
    return { input: active[k]!, index, first: data[position]!, second: again[position]!, order };
  }
  return undefined;
}

/** The gradients of Σ f · cotangent by the inputs at the places `active`. */
function gradients(
  fn: string,
  f: CheckedFunction,
  inputs: readonly Tensor[],
  active: readonly number[],
  cotangents: readonly Tensor[],
  createGraph: boolean,
): Tensor[] {
  return enableGrad(() => {
    const at = inputs.map((input, i) => {
      if (!active.includes(i)) return input;
      return createGraph && input.requiresGrad ? input : input.detach().requiresGrad_();
    });
    let sum = tensor(0, { dtype: "float64" });
    asList(fn, f(...at)).forEach((value, i) => {
      sum = sum.add(value.mul(cotangents[i]!).sum());
    });
    const by = active.map((i) => at[i]!);
    if (!sum.requiresGrad) return by.map((input) => zerosLike(input));
    return differentiate(fn, sum, by, { createGraph, allowUnused: true });
  });
}

function checkedInputs(fn: string, inputs: readonly Tensor[]): number[] {
  inputs.forEach(({ dtype }, i) => {
    if (dtype !== "float32") return;
    throw new DTypeError(`${fn}: expected float64 inputs, got float32 for input ${i}. Convert it with to("float64").`);
  });
  const float = inputs.flatMap((input, i) => (input.dtype === "float64" ? [i] : []));
  const required = float.filter((i) => inputs[i]!.requiresGrad);
  if (float.length === 0) throw new DTypeError(`${fn}: expected at least one float64 input, got none.`);
  return required.length > 0 ? required : float;
}

function merge(a: GradcheckReport, b: GradcheckReport): GradcheckReport {
  return {
    passed: a.passed && b.passed,
    nondeterministic: a.nondeterministic ?? b.nondeterministic,
    checks: a.checks + b.checks,
    worst: worse(a, b),
  };
}

/** A failed entry before a passed one, then the larger error; NaN is the largest. */
function worse(a: GradcheckReport, b: GradcheckReport): GradcheckEntry | undefined {
  if (a.worst === undefined || b.worst === undefined) return a.worst ?? b.worst;
  if (a.passed !== b.passed) return a.passed ? b.worst : a.worst;
  return b.worst.error <= a.worst.error || Number.isNaN(a.worst.error) ? a.worst : b.worst;
}

function describe(fn: string, { nondeterministic, worst }: GradcheckReport): string {
  if (nondeterministic !== undefined) {
    const { order, input, index, first, second } = nondeterministic;
    return (
      `${fn}: expected the same ${nameOf(order)} of input ${input} at [${index.join(", ")}] from two walks back, got ${first} and ${second}. ` +
      "Allow what differs with nondetTol."
    );
  }
  if (worst === undefined) return `${fn}: expected gradients to compare, got none.`;
  const { order, input, index, numeric, analytic } = worst;
  return `${fn}: expected the ${nameOf(order)} of input ${input} at [${index.join(", ")}] to be ${numeric} (numeric), got ${analytic} (analytic).`;
}

function nameOf(order: 1 | 2): string {
  return order === 1 ? "gradient" : "second derivative";
}

function unravel(position: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis]!;
    index[axis] = position % extent;
    position = Math.floor(position / extent);
  }
  return index;
}
