/**
 * The engine room: what the packages of tapegrad need of each other and users do not. No promise of stability.
 *
 * @module
 */
export { readCheckpoint } from "./checkpoint/load.ts";
export { restore } from "./checkpoint/parts.ts";
export { writeCheckpoint } from "./checkpoint/save.ts";
export { snapshot } from "./checkpoint/snapshot.ts";
