import { type Tensor, tensor } from "@tapegrad/tensor";
import { Parameter } from "../../src/index.ts";

/** Elements without ties that Python makes too: `((37i + 11) mod 53 − 26) / 8 + i / 1000`, in float64. */
export function formulaWeights(...shape: number[]): Tensor {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const elements = Float64Array.from({ length: size }, (_, i) => (((i * 37 + 11) % 53) - 26) / 8 + i / 1000);
  return tensor(elements, { shape });
}

/** A layer with them, times `factor`. */
export function withFormulaWeights<M extends { weight: Parameter }>(layer: M, factor = 1): M {
  layer.weight = new Parameter(formulaWeights(...layer.weight.shape).mul(factor));
  return layer;
}

/** The elements of a mask in one row. */
export const bits = (mask: Tensor): string => Array.from(mask.data).join("");
