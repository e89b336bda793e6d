/**
 * The engine room: what the packages of tapegrad need of each other and users do not. No promise of stability.
 *
 * @module
 */
export { readCheckpoint } from "./checkpoint/load.ts";
export { restore } from "./checkpoint/parts.ts";
export { writeCheckpoint } from "./checkpoint/save.ts";
export { snapshot } from "./checkpoint/snapshot.ts";
export { type ByteOrder, bytesOf, type Elements, machineOrder, readElements } from "./elements/elements.ts";
export { expectBytes } from "./elements/expect-bytes.ts";
