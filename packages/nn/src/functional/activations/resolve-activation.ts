export { type ActivationFunction, type ActivationName, resolveActivation } from "../../activations/activation.ts";
