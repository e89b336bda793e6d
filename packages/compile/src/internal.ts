/**
 * What the packages of tapegrad need of the compiler and users do not. No promise of stability.
 *
 * @module
 */
export { type Application, operationFlops } from "./operations/operation-flops.ts";
