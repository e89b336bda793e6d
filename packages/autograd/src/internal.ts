/**
 * The engine room of the tape: what the packages of tapegrad need of each other and users do not. No promise of stability.
 *
 * @module
 */
export { Saved } from "./saved.ts";
export type { CotangentOf, InputPullback, VariadicPullback, Vjp, Vjps } from "./vjps/vjp.ts";
export { vjps } from "./vjps/vjps.ts";
