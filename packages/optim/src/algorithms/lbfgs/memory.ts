import { ShapeError, stack, Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { expectValue, formatShape, ranges } from "@tapegrad/tensor/internal";
import { scalar } from "../../optimizer/scalar.ts";
import type { Correction } from "./direction.ts";

/** What L-BFGS remembers from one step to the next; nothing but counts before the first iteration. */
export interface Memory {
  /** How often the loss was computed. */
  readonly evaluations: number;
  readonly iterations: number;
  /** Of the last iteration. */
  readonly last?: LastIteration | undefined;
}

/** The last iteration, and the corrections that it left. */
export interface LastIteration {
  readonly direction: Tensor;
  /** How far the parameters went along it. */
  readonly step: number;
  /** Before the parameters went. */
  readonly gradient: Tensor;
  readonly loss: number;
  readonly corrections: readonly Correction[];
  /** Scale of the inverse Hessian that corrections change. */
  readonly scale: number;
}

/** What is remembered at first. */
export const nothing: Memory = { evaluations: 0, iterations: 0 };

/** The memory as the state of a first parameter, under PyTorch's names; lists of vectors are matrices. */
export function memoryToState({ evaluations, iterations, last }: Memory): Record<string, Tensor> {
  const counts = { func_evals: scalar(evaluations), n_iter: scalar(iterations) };
  if (last === undefined) return counts;
  const { direction, step, gradient, loss, corrections, scale } = last;
  const rows = (vectors: readonly Tensor[]): Tensor =>
    vectors.length === 0 ? direction.slice([0, 0]).reshape([0, direction.size]) : stack(vectors);
  return {
    ...counts,
    d: direction.clone(),
    t: scalar(step),
    old_dirs: rows(corrections.map(({ change }) => change)),
    old_stps: rows(corrections.map((correction) => correction.step)),
    ro: tensor(
      corrections.map(({ rho }) => rho),
      { dtype: "float64" },
    ),
    H_diag: scalar(scale),
    prev_flat_grad: gradient.clone(),
    prev_loss: scalar(loss),
  };
}

const names = ["func_evals", "n_iter", "d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss"];

/**
 * The memory that a state holds, once it is checked.
 *
 * @param size number of elements of all parameters
 * @throws {ValueError} `LBFGS.loadStateDict: expected state func_evals, n_iter, d, …, got n_iter.`
 */
export function memoryFromState(fn: string, entry: unknown, size: number): Memory {
  const state = ranges.record.has(entry) ? (entry as Record<string, unknown>) : {};
  const counted = ["func_evals", "n_iter"].map((name) => numberIn(fn, state, name));
  for (const [i, count] of counted.entries()) expectValue(fn, names[i]!, count, ranges.whole(0));
  const [evaluations, iterations] = counted as [number, number];
  const wanted = iterations === 0 ? names.slice(0, 2) : names;
  const given = Object.keys(state);
  if (given.length !== wanted.length || !wanted.every((name) => given.includes(name))) {
    throw new ValueError(`${fn}: expected state ${wanted.join(", ")}, got ${given.join(", ") || "none"}.`);
  }
  if (iterations === 0) return { evaluations, iterations };
  const [direction, gradient] = ["d", "prev_flat_grad"].map((name) => tensorIn(fn, state, name, [size]));
  const count = tensorIn(fn, state, "old_dirs").shape[0] ?? 0;
  const [changes, steps] = ["old_dirs", "old_stps"].map((name) => tensorIn(fn, state, name, [count, size]));
  const rhos = tensorIn(fn, state, "ro", [count]);
  const corrections = Array.from({ length: count }, (_, i): Correction => {
    return { change: changes!.at(i), step: steps!.at(i), rho: rhos.at(i).item() };
  });
  return {
    evaluations,
    iterations,
    last: {
      direction: direction!,
      gradient: gradient!,
      corrections,
      step: numberIn(fn, state, "t"),
      scale: numberIn(fn, state, "H_diag"),
      loss: numberIn(fn, state, "prev_loss"),
    },
  };
}

function tensorIn(
  fn: string,
  state: Readonly<Record<string, unknown>>,
  name: string,
  shape?: readonly number[],
): Tensor {
  const value = state[name];
  expectValue(fn, name, value, ranges.instanceOf(Tensor));
  if (
    shape !== undefined &&
    (value.ndim !== shape.length || shape.some((extent, axis) => value.shape[axis] !== extent))
  ) {
    throw new ShapeError(`${fn}: expected ${name} of shape ${formatShape(shape)}, got ${formatShape(value.shape)}.`);
  }
  return value.detach().to("float64").clone();
}

function numberIn(fn: string, state: Readonly<Record<string, unknown>>, name: string): number {
  const value = tensorIn(fn, state, name);
  if (value.size === 1) return value.item();
  throw new ShapeError(`${fn}: expected ${name} of one element, got shape ${formatShape(value.shape)}.`);
}
