export { decodeSafetensors, type DecodeSafetensorsOptions, type SafetensorsContent } from "./safetensors/decode.ts";
export type { SafetensorsDType } from "./safetensors/dtypes.ts";
export { encodeSafetensors, type EncodeSafetensorsOptions } from "./safetensors/encode.ts";
export type { SafetensorsEntry } from "./safetensors/header.ts";
export { loadSafetensors, openSafetensors, type OpenSafetensorsOptions } from "./safetensors/open.ts";
export type { SafetensorsReader } from "./safetensors/reader.ts";
export { saveSafetensors, type SaveSafetensorsOptions } from "./safetensors/save.ts";
export type { Source } from "./sources/open-source.ts";
