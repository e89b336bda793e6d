import { ShapeError, ValueError } from "@tapegrad/tensor";
import { expectOptionalTensor, expectTensor, expectTensors, formatShape, formatValue } from "@tapegrad/tensor/internal";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import type { AttentionInputs } from "./attend.ts";
import type { AttentionWeights } from "./attend-by-heads.ts";

/** Throws unless `heads` divides `features`. */
export function checkHeads(fn: string, heads: number, features: number): void {
  if (!Number.isSafeInteger(heads) || heads < 1 || features % heads !== 0) {
    throw new ValueError(`${fn}: expected heads to divide ${features} features, got ${formatValue(heads)}.`);
  }
}

/** Throws unless all that is there is a tensor. */
export function checkWeights(
  fn: string,
  { inProjWeight, inProjBias, outProjWeight, outProjBias, biasK, biasV, qkScale }: AttentionWeights,
): void {
  if (Array.isArray(inProjWeight)) {
    const list: readonly unknown[] = inProjWeight;
    expectTensors(fn, "inProjWeight", list);
    if (list.length !== 3) {
      throw new ValueError(`${fn}: expected inProjWeight of query, key and value, got ${list.length} tensors.`);
    }
  } else expectTensor(fn, "inProjWeight", inProjWeight);
  expectOptionalTensor(fn, "inProjBias", inProjBias);
  expectTensor(fn, "outProjWeight", outProjWeight);
  expectOptionalTensor(fn, "outProjBias", outProjBias);
  checkVector(fn, "qkScale", qkScale, []);
  if ((biasK === undefined) !== (biasV === undefined)) {
    const [given, missing] = biasK === undefined ? ["biasV", "biasK"] : ["biasK", "biasV"];
    throw new ValueError(`${fn}: expected biasK and biasV, or neither, got ${given} without ${missing}.`);
  }
}

/** Throws unless query, key and value fit their projections and each other. */
export function checkInputs(fn: string, inputs: AttentionInputs, weights: AttentionWeights): void {
  const { inProjWeight, outProjWeight } = weights;
  for (const [i, name] of (["query", "key", "value"] as const).entries()) {
    const x = inputs[name];
    if (x.ndim < 2) {
      throw new ShapeError(`${fn}: expected ${name} of at least two axes, got shape ${formatShape(x.shape)}.`);
    }
    const matrix = "shape" in inProjWeight ? inProjWeight : inProjWeight[i]!;
    const inside = matrix.shape.at(-1);
    if (inside !== undefined && x.shape.at(-1) !== inside) {
      throw new ShapeError(`${fn}: expected ${name} of shape [..., ${inside}], got ${formatShape(x.shape)}.`);
    }
    checkDTypes(fn, { [name]: x, weights: outProjWeight });
  }
  checkDTypes(fn, { biasK: weights.biasK, weights: outProjWeight, biasV: weights.biasV });
  const { key, value } = inputs;
  if (key.shape.at(-2) === value.shape.at(-2)) return;
  throw new ShapeError(
    `${fn}: expected as many values as keys, got shapes ${formatShape(value.shape)} and ${formatShape(key.shape)}.`,
  );
}
