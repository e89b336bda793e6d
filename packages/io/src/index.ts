export { decodeSafetensors, type DecodeSafetensorsOptions, type SafetensorsContent } from "./safetensors/decode.ts";
export { encodeSafetensors, type EncodeSafetensorsOptions } from "./safetensors/encode.ts";
export { loadKerasWeights } from "./weights/keras/load-keras-weights.ts";
export type { KerasReport } from "./weights/keras/load-places.ts";
export type { LoadKerasWeightsOptions } from "./weights/keras/options.ts";
export type { LayeredModule } from "./weights/keras/places.ts";
