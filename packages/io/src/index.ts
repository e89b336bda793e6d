export { decodeNpy, encodeNpy, type NpyOptions } from "./numpy/npy.ts";
export type { NpyVersion } from "./numpy/npy-header.ts";
export { decodeNpz, encodeNpz, type NpzLimits, type NpzOptions } from "./numpy/npz.ts";
export { loadNpy, loadNpz, saveNpy, saveNpz } from "./numpy/numpy-files.ts";
export { decodeSafetensors, type DecodeSafetensorsOptions, type SafetensorsContent } from "./safetensors/decode.ts";
export { encodeSafetensors, type EncodeSafetensorsOptions } from "./safetensors/encode.ts";
