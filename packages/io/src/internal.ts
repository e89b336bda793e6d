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
export { encodeHdf5, type Hdf5Elements, type Hdf5Tree } from "./hdf5/encode-hdf5.ts";
export { Hdf5Dataset, Hdf5Group, openHdf5 } from "./hdf5/open-hdf5.ts";
export { malformed } from "./protobuf/malformed.ts";
export { Message } from "./protobuf/message.ts";
export { type Field, type Fields, FieldValue, type Limits, readMessage } from "./protobuf/read-message.ts";
export type { Summary } from "./tensorboard/event.ts";
export { EventFile } from "./tensorboard/event-file.ts";
