export type { Bytes, PlatformBlob, PlatformURL, PlatformAbortSignal } from "@tapegrad/files";
export { decodeNpy, encodeNpy, type NpyOptions } from "./numpy/npy.ts";
export type { NpyVersion } from "./numpy/npy-header.ts";
export { decodeNpz, encodeNpz, type NpzLimits, type NpzOptions } from "./numpy/npz.ts";
export { loadNpy, loadNpz, saveNpy, saveNpz } from "./numpy/numpy-files.ts";
export { decodeSafetensors, type DecodeSafetensorsOptions, type SafetensorsContent } from "./safetensors/decode.ts";
export type { SafetensorsDType } from "./safetensors/dtypes.ts";
export { encodeSafetensors, type EncodeSafetensorsOptions } from "./safetensors/encode.ts";
export type { SafetensorsEntry } from "./safetensors/header.ts";
export { loadSafetensors, openSafetensors, type OpenSafetensorsOptions } from "./safetensors/open.ts";
export type { SafetensorsReader } from "./safetensors/reader.ts";
export { saveSafetensors, type SaveSafetensorsOptions } from "./safetensors/save.ts";
export type { Source } from "./sources/open-source.ts";
export type { CheckpointStates } from "./checkpoint/content.ts";
export { decodeCheckpoint, type LoadCheckpointOptions } from "./checkpoint/decode.ts";
export { encodeCheckpoint, type EncodeCheckpointOptions } from "./checkpoint/encode.ts";
export { loadCheckpoint } from "./checkpoint/load.ts";
export type { Restorable, Restorables } from "./checkpoint/parts.ts";
export { saveCheckpoint, type SaveCheckpointOptions } from "./checkpoint/save.ts";
export {
  encodeKerasWeights,
  type EncodeKerasWeightsOptions,
  type KerasFormat,
} from "./weights/keras/encode-keras-weights.ts";
export type { Flattened } from "./weights/keras/flattening.ts";
export type { LayerPaths } from "./weights/keras/layer-groups.ts";
export { loadKerasWeights } from "./weights/keras/load-keras-weights.ts";
export type { KerasReport } from "./weights/keras/load-places.ts";
export type { FlattenedOption, LoadKerasWeightsOptions } from "./weights/keras/options.ts";
export type { LayeredModule } from "./weights/keras/places.ts";
export { saveKerasWeights } from "./weights/keras/save-keras-weights.ts";
export type { Tensors } from "./weights/keras/keras-layer.ts";
