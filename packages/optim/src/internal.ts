/**
 * What the packages of tapegrad need of the optimizers and users do not. No promise of stability.
 *
 * @module
 */
export { optimizers, resolveOptimizer } from "./optimizers.ts";
export { resolveSchedule, schedules } from "./schedules.ts";
