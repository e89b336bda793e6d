export { decodeSafetensors, type DecodeSafetensorsOptions, type SafetensorsContent } from "./safetensors/decode.ts";
export { encodeSafetensors, type EncodeSafetensorsOptions } from "./safetensors/encode.ts";
