export { cached } from "./cached.ts";
export type { Original, Parametrization, ParametrizationList } from "./parametrization-list.ts";
export {
  type Parametrized,
  registerParametrization,
  type RegisterParametrizationOptions,
} from "./register-parametrization.ts";
export {
  isParametrized,
  removeParametrizations,
  type RemoveParametrizationsOptions,
} from "./remove-parametrizations.ts";
