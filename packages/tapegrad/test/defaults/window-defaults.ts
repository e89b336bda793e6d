import { absent, type DefaultRow, type DefaultTable, only, unset } from "./default-table.ts";
import { affineActivated, dtype, generator, type Rows } from "./layer-rows.ts";

const window: Rows = { stride: [1, 1, 1], padding: [0, 0, "valid"], dilation: [1, 1, 1], groups: [1, 1, 1] };
const transposed: Rows = {
  stride: [1, 1, 1],
  padding: [0, 0, "valid"],
  outputPadding: [0, 0, unset],
  dilation: [1, 1, 1],
  groups: [1, 1, absent],
};
const functionOf = (options: Rows): Rows =>
  Object.fromEntries(
    Object.entries(options).map(([name, [ours, torch, , ...reason]]): [string, DefaultRow] => [
      name,
      [ours, torch, absent, ...reason],
    ]),
  );
const maxPool: Rows = {
  stride: [unset, unset, unset],
  padding: [0, 0, "valid"],
  ceilMode: [false, false, absent],
  dilation: [1, 1, absent],
};
const avgPool: Rows = {
  stride: [unset, unset, unset],
  padding: [0, 0, "valid"],
  ceilMode: [false, false, absent],
  countIncludePad: [true, true, absent],
  divisor: [unset, unset, absent],
};
const lpPool: Rows = { stride: [unset, unset, absent], ceilMode: [false, false, absent] };
const maxUnpool: Rows = { stride: [unset, unset, absent], padding: [0, 0, absent] };
const drawn: Rows = {
  outputSize: [unset, unset, absent],
  outputRatio: [unset, unset, absent],
  generator: [unset, absent, absent],
};
const fractional: Rows = { ...drawn, samples: [unset, unset, absent] };
const interpolation: Rows = {
  size: [unset, unset, absent],
  scaleFactor: [unset, unset, 2],
  mode: ["nearest", "nearest", "nearest"],
  alignCorners: [false, unset, absent, "what PyTorch's none means"],
  recomputeScaleFactor: [false, unset, absent, "what PyTorch's none means"],
};
const lookUp: Rows = {
  paddingIndex: [unset, unset, absent],
  maxNorm: [unset, unset, absent],
  normType: [2, 2, absent],
  scaleGradByFreq: [false, false, absent],
};
const bag: Rows = { mode: ["mean", "mean", absent], includeLastOffset: [false, false, absent] };
const patches: Rows = { stride: [1, 1, absent], padding: [0, 0, absent], dilation: [1, 1, absent] };

/** Windows of one to three dimensions. */
function windows(n: 1 | 2 | 3): DefaultTable {
  // PyTorch's pooling of one dimension has no divisor.
  const averaged: Rows = n === 1 ? { ...avgPool, divisor: [unset, absent, absent] } : avgPool;
  return {
    [`nn.functional.conv${n}d`]: { torch: `nn.functional.conv${n}d`, options: functionOf(window) },
    [`nn.functional.convTranspose${n}d`]: {
      torch: `nn.functional.conv_transpose${n}d`,
      options: functionOf(transposed),
    },
    [`nn.functional.maxPool${n}d`]: { torch: `nn.functional.max_pool${n}d`, options: functionOf(maxPool) },
    [`nn.functional.avgPool${n}d`]: { torch: `nn.functional.avg_pool${n}d`, options: functionOf(averaged) },
    [`nn.Conv${n}d`]: {
      torch: `nn.Conv${n}d`,
      keras: `layers.Conv${n}D`,
      options: { ...window, paddingMode: ["zeros", "zeros", absent], ...affineActivated },
    },
    [`nn.ConvTranspose${n}d`]: {
      torch: `nn.ConvTranspose${n}d`,
      keras: `layers.Conv${n}DTranspose`,
      options: { ...transposed, ...affineActivated },
    },
    [`nn.functional.lpPool${n}d`]: { torch: `nn.functional.lp_pool${n}d`, options: lpPool },
    [`nn.LPPool${n}d`]: { torch: `nn.LPPool${n}d`, options: lpPool },
    [`nn.MaxUnpool${n}d`]: { torch: `nn.MaxUnpool${n}d`, options: maxUnpool },
    [`nn.MaxPool${n}d`]: { torch: `nn.MaxPool${n}d`, keras: `layers.MaxPooling${n}D`, options: maxPool },
    [`nn.AvgPool${n}d`]: { torch: `nn.AvgPool${n}d`, keras: `layers.AveragePooling${n}D`, options: averaged },
  };
}

/** Layers over windows and positions. */
export const windowDefaults: DefaultTable = {
  ...windows(1),
  ...windows(2),
  ...windows(3),
  "nn.functional.maxPoolWithIndices": { torch: "nn.functional.max_pool2d_with_indices", options: functionOf(maxPool) },
  "nn.functional.globalAvgPool": { options: only({ keepDims: false, mask: unset }) },
  "nn.functional.globalMaxPool": { options: only({ keepDims: false, mask: unset }) },
  "nn.GlobalMaxPool": { keras: "layers.GlobalMaxPooling2D", options: { keepDims: [false, absent, false] } },
  "nn.functional.maxUnpool": { torch: "nn.functional.max_unpool2d", options: { stride: [unset, unset, absent], padding: [0, 0, absent], outputSize: [unset, unset, absent] } },
  "nn.functional.fractionalMaxPool2d": { torch: "nn.functional.fractional_max_pool2d", options: fractional },
  "nn.functional.fractionalMaxPool3d": { torch: "nn.functional.fractional_max_pool3d", options: fractional },
  "nn.functional.fractionalMaxPoolWithIndices": { torch: "nn.functional.fractional_max_pool2d_with_indices", options: fractional },
  "nn.FractionalMaxPool2d": { torch: "nn.FractionalMaxPool2d", options: drawn },
  "nn.FractionalMaxPool3d": { torch: "nn.FractionalMaxPool3d", options: drawn },
  "nn.functional.interpolate": { torch: "nn.functional.interpolate", options: functionOf(interpolation) },
  "nn.UpSampling": { torch: "nn.Upsample", keras: "layers.UpSampling2D", options: interpolation },
  "nn.functional.gridSample": {
    torch: "nn.functional.grid_sample",
    options: { mode: ["linear", "bilinear", absent, "the same filter, by its name for any number of axes"], paddingMode: ["zeros", "zeros", absent], alignCorners: [false, false, absent] },
  },
  "nn.functional.affineGrid": { torch: "nn.functional.affine_grid", options: { alignCorners: [false, false, absent] } },
  "nn.GlobalAvgPool": { keras: "layers.GlobalAveragePooling2D", options: { keepDims: [false, absent, false] } },
  "nn.functional.unfold": { torch: "nn.functional.unfold", options: patches },
  "nn.functional.fold": { torch: "nn.functional.fold", options: patches },
  "nn.AdaptiveLogSoftmaxWithLoss": {
    torch: "nn.AdaptiveLogSoftmaxWithLoss",
    options: { divValue: [4, 4, absent], headBias: [false, false, absent], generator: [unset, absent, absent], dtype: ["float32", "float32", absent] },
  },
  "nn.Bilinear": { torch: "nn.Bilinear", options: functionOf(affineActivated) },
  "nn.functional.embedding": { torch: "nn.functional.embedding", options: lookUp },
  "nn.functional.embeddingBag": {
    torch: "nn.functional.embedding_bag",
    options: { ...lookUp, ...bag, offsets: [unset, unset, absent], perSampleWeights: [unset, unset, absent] },
  },
  "nn.EmbeddingBag": {
    torch: "nn.EmbeddingBag",
    options: { ...lookUp, ...bag, ...functionOf({ init: [unset, absent, absent], generator, dtype }) },
  },
  "nn.Embedding.fromPretrained": { torch: "nn.Embedding.from_pretrained", options: { ...lookUp, freeze: [true, true, absent] } },
  "nn.EmbeddingBag.fromPretrained": { torch: "nn.EmbeddingBag.from_pretrained", options: { ...lookUp, ...bag, freeze: [true, true, absent] } },
  "nn.Embedding": {
    torch: "nn.Embedding",
    keras: "layers.Embedding",
    options: { ...lookUp, init: [unset, absent, "uniform"], generator: [unset, absent, absent], dtype },
  },
}; // prettier-ignore
