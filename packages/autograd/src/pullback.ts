import { GradError } from "@tapegrad/tensor";
import { type ArrayPool, formatShape, gradMode, type GradNode, type PrimitiveName } from "@tapegrad/tensor/internal";
import type { Tensor, TypedArray } from "@tapegrad/tensor";
import { fusedPullback } from "./fused-pullback.ts";
import { Saved } from "./saved.ts";
import { unbroadcast } from "./unbroadcast.ts";
import { vjps } from "./vjps/vjps.ts";

/** The cotangents of a node's inputs; undefined where there is none or none is wanted. */
export type InputCotangents = (Tensor | undefined)[];

/**
 * Goes back through one node.
 *
 * @param cotangents one per output, undefined for zero
 * @param wanted whether the cotangent of input i is asked for
 * @param saved what the node has saved
 * @param pool where arrays go that were only needed on the way
 */
export function pullBack(
  node: GradNode,
  cotangents: readonly (Tensor | undefined)[],
  wanted: (input: Tensor) => boolean,
  saved: Saved = new Saved(node),
  pool?: ArrayPool,
): InputCotangents {
  const { inputs } = node;
  const results: InputCotangents = new Array<Tensor | undefined>(inputs.length);
  const all = node.pullback?.(cotangents, node);
  if (all !== undefined && all.length !== inputs.length) {
    throw new GradError(`${node.name}: expected ${inputs.length} gradients from its pullback, got ${all.length}.`);
  }
  const row = all === undefined ? rowOf(node.name) : undefined;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i]!;
    if (!wanted(input)) continue;
    const compute = (): Tensor | undefined => {
      const result = row === undefined ? all?.[i] : pullBackInput(row, node, cotangents, saved, i);
      return result && checkedGradient(node, i, input, result);
    };
    // What unpacks tensors is the user's, and may keep what it makes.
    const isClosed = row !== undefined && node.unpack === undefined;
    results[i] = pool !== undefined && isClosed ? pool.compute(compute, arrayOf) : compute();
  }
  return results;
}

function arrayOf(gradient: Tensor | undefined): TypedArray | undefined {
  return gradient?.storage.data;
}

/** A table row with its attributes and cotangents untyped: a node's name and attributes belong together. */
type AnyVjp = readonly (AnyPullback | null)[] | AnyPullback | null;
type AnyPullback = (ct: unknown, saved: Saved, attrs: unknown, index: number) => Tensor;

function rowOf(name: string): AnyVjp {
  if (!Object.hasOwn(vjps, name)) throw new GradError(`${name}: expected a primitive or a node with a pullback.`);
  return vjps[name as PrimitiveName] as AnyVjp;
}

function pullBackInput(
  row: AnyVjp,
  node: GradNode,
  cotangents: readonly (Tensor | undefined)[],
  saved: Saved,
  index: number,
): Tensor | undefined {
  const pullback = typeof row === "function" ? row : row?.[index];
  if (pullback === null || pullback === undefined) return undefined;
  const ct = cotangents.length === 1 ? cotangents[0] : cotangents;
  return fusedPullback(node, pullback, ct as Tensor, saved, index) ?? pullback(ct, saved, node.attrs, index);
}

/** The gradient in its input's shape, checked. */
function checkedGradient(node: GradNode, index: number, input: Tensor, result: Tensor): Tensor {
  gradMode.detector?.checkGradient(node, index, result);
  if (result.dtype !== input.dtype) {
    throw new GradError(`${node.name}: expected gradient ${index} of dtype ${input.dtype}, got ${result.dtype}.`);
  }
  const gradient = result.shape === input.shape ? result : unbroadcast(result, input.shape);
  if (gradient === undefined) {
    throw new GradError(
      `${node.name}: expected gradient ${index} of shape ${formatShape(input.shape)}, got ${formatShape(result.shape)}.`,
    );
  }
  return gradient;
}
