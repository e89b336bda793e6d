export { constant, ones, zeros } from "./fill.ts";
export { normal, type NormalOptions, type RandomOptions, uniform, type UniformOptions } from "./fill.ts";
export { gain, type Nonlinearity } from "./gain.ts";
export { dirac, type DiracOptions, eye, type EyeOptions } from "./identity.ts";
export { fixup, type FixupOptions } from "./fixup.ts";
export { deltaOrthogonal, orthogonal, type OrthogonalOptions } from "./orthogonal.ts";
export { sparse, type SparseOptions } from "./sparse.ts";
export { truncatedNormal, type TruncatedNormalOptions } from "./truncated-normal.ts";
export {
  type Fans,
  fans,
  type KaimingOptions,
  kaimingNormal,
  kaimingUniform,
  lecunNormal,
  lecunUniform,
  varianceScaling,
  type VarianceScalingOptions,
  type XavierOptions,
  xavierNormal,
  xavierUniform,
} from "./variance-scaling.ts";
export { fill, initializerNames } from "./initializer.ts";
