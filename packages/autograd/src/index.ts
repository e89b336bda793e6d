import "./install.ts";

export { checkpoint } from "./checkpoint.ts";
export { compareGrads, type GradComparison, type GradPair, type GradTable } from "./compare-grads.ts";
export { defineFunction, type FunctionContext, type FunctionDefinition } from "./define-function.ts";
export { grad, type GradOptions } from "./grad.ts";
export {
  type CheckedFunction,
  gradcheck,
  type GradcheckDifference,
  type GradcheckEntry,
  type GradcheckOptions,
  type GradcheckReport,
  gradgradcheck,
} from "./gradcheck.ts";
export { detectAnomaly, enableGrad, noGrad } from "./grad-modes.ts";
export { savedTensorsHooks } from "./saved-tensors-hooks.ts";
export { toDot } from "./to-dot.ts";
export { toSvg } from "./to-svg.ts";
export { hvp, jacobian, jvp, type TangentsOf, vjp } from "./transforms.ts";
