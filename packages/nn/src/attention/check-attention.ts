import { ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { expectOptionalTensor, expectTensor, expectTensors, formatShape } from "@tapegrad/tensor/internal";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import type { AttentionWeights } from "./multi-head-attention.ts";

const fn = "multiHeadAttention";

/** Throws unless all that is there is a tensor. */
export function checkWeights({
  inProjWeight,
  inProjBias,
  outProjWeight,
  outProjBias,
  qkScale,
}: AttentionWeights): void {
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
}

/** Throws unless query, key and value fit their projections and each other. */
export function checkInputs(
  inputs: { readonly query: Tensor; readonly key: Tensor; readonly value: Tensor },
  { inProjWeight, outProjWeight }: AttentionWeights,
): void {
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
  const { key, value } = inputs;
  if (key.shape.at(-2) === value.shape.at(-2)) return;
  throw new ShapeError(
    `${fn}: expected as many values as keys, got shapes ${formatShape(value.shape)} and ${formatShape(key.shape)}.`,
  );
}
