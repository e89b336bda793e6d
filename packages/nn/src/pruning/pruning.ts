export { gradualSparsity, type GradualSparsityOptions } from "./gradual-sparsity.ts";
export { layerEntropy, type LayerEntropy } from "./layer-entropy.ts";
export { linearize } from "./linearize.ts";
export { lnStructured, type LnStructuredOptions } from "./ln-structured.ts";
export type { AmountOptions } from "./lowest.ts";
export { type Pruned, remove } from "./pruned-weight.ts";
export { sparsity, type Sparsity, type SparsityReport } from "./sparsity.ts";
export { fromMask, globalUnstructured, l1Unstructured } from "./unstructured.ts";
