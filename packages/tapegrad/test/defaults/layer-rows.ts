import { absent, type DefaultRow, type Defaults, type DefaultTable, unset } from "./default-table.ts";

export type Rows = Defaults["options"];

export const dtype: DefaultRow = ["float32", "float32", "float32"];
/** PyTorch's layers draw from the default generator alone. */
export const generator: DefaultRow = [unset, absent, unset];
export const bias: DefaultRow = [true, true, true];
/** PyTorch's layers have no such option; ours without one start as PyTorch's do. */
const inits: Rows = { init: [unset, absent, "glorotUniform"], biasInit: [unset, absent, "zeros"] };
/** PyTorch has no such option; Keras' None. */
export const noRule: DefaultRow = [unset, absent, unset];
export const rules: Rows = {
  kernelRegularizer: noRule,
  biasRegularizer: noRule,
  kernelConstraint: noRule,
  biasConstraint: noRule,
};
export const affineLayer: Rows = { bias, ...inits, generator, dtype, ...rules };
export const affineActivated: Rows = { ...affineLayer, activation: noRule };

/** A function and its layer with the same options; those of the function alone come last. */
export function pair(
  fn: string,
  layer: string,
  options: Rows,
  torch: readonly [fn: string, layer: string],
  keras?: string,
  ofFunction: Rows = {},
): DefaultTable {
  const rest = { ...(keras === undefined ? {} : { keras }), options };
  return {
    [`nn.functional.${fn}`]: { torch: `nn.functional.${torch[0]}`, ...rest, options: { ...options, ...ofFunction } },
    [`nn.${layer}`]: { torch: `nn.${torch[1]}`, ...rest },
  };
}
