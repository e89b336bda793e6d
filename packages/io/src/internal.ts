/**
 * The engine room: what the packages of tapegrad need of each other and users do not. No promise of stability.
 *
 * @module
 */
export { type ByteOrder, bytesOf, type Elements, machineOrder, readElements } from "./elements/elements.ts";
export { expectBytes } from "./elements/expect-bytes.ts";
export { encodeHdf5, type Hdf5Elements, type Hdf5Tree } from "./hdf5/encode-hdf5.ts";
export { Hdf5Dataset, Hdf5Group, openHdf5 } from "./hdf5/open-hdf5.ts";
