import { each, type NameTable, ranks } from "./name-table.ts";

const channelsFirst = "channels come first";
const everyRank = "one class for every rank";
const noImages = { none: "of what changes images there are crops and flips" } as const;
const noTables = { none: "columns of tables and texts are numbers before they are tensors" } as const;
const otherFramework = { none: "of another framework" } as const;

/** `keras.layers` */
export const kerasLayers: NameTable = {
  usual: (name) => `nn.${name}`,
  rows: {
    Layer: "nn.Module",
    Wrapper: { none: "a base class of theirs" },
    ...each("Input InputLayer InputSpec", { none: "a model is a class with `forward`; layers check shapes" }),
    ...each("deserialize serialize", { none: "a model is its code, and `stateDict` what is saved" }),
    ...each("FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper", otherFramework),

    EinsumDense: ["einsum", "of an `nn.Parameter`"],
    ReversibleEmbedding: ["nn.Embedding, nn.functional.linear", "the second with the weight of the first"],
    TernaryDense: { none: "quantised numbers are left out" },
    Masking: { none: "masks are arguments of the layers that take them" },
    ActivityRegularization: ["nn.regularizers.l1l2", "of the values, added to the loss"],
    ...each("Add add", "Tensor.add"),
    ...each("Subtract subtract", "Tensor.sub"),
    ...each("Multiply multiply", "Tensor.mul"),
    ...each("Maximum maximum", "Tensor.maximum"),
    ...each("Minimum minimum", "Tensor.minimum"),
    ...each("Average average", ["Tensor.mean", "of a `stack`, along axis 0"]),
    ...each("Concatenate concatenate", "cat"),
    ...each("Dot dot", ["einsum", '`einsum("bij,bkj->bik", x, y)`']),

    ...ranks("Conv#D Convolution#D", (rank) => [`nn.Conv${rank}d`, channelsFirst]),
    ...ranks("Conv#DTranspose Convolution#DTranspose", (rank) => [`nn.ConvTranspose${rank}d`, channelsFirst]),
    ...ranks("DepthwiseConv#D", (rank) => [`nn.Conv${rank}d`, "as many `groups` as channels"], [1, 2]),
    ...ranks(
      "SeparableConv#D SeparableConvolution#D",
      (rank) => [`nn.Conv${rank}d`, "two: as many `groups` as channels, then of extent 1"],
      [1, 2],
    ),
    ...ranks("AveragePooling#D AvgPool#D", (rank) => `nn.AvgPool${rank}d`),
    ...ranks("MaxPooling#D MaxPool#D", (rank) => `nn.MaxPool${rank}d`),
    ...ranks("AdaptiveAveragePooling#D", (rank) => `nn.AdaptiveAvgPool${rank}d`),
    ...ranks("AdaptiveMaxPooling#D", (rank) => `nn.AdaptiveMaxPool${rank}d`),
    ...ranks("GlobalAveragePooling#D GlobalAvgPool#D", () => ["nn.GlobalAvgPool", everyRank]),
    ...ranks("GlobalMaxPooling#D GlobalMaxPool#D", () => ["nn.GlobalMaxPool", everyRank]),
    ...ranks("UpSampling#D", () => ["nn.UpSampling", everyRank]),
    ...ranks("ZeroPadding#D", () => ["nn.ZeroPad", everyRank]),
    ...ranks("Cropping#D", () => ["Tensor.at", "`x.at([], [], [1, -1])`"]),
    ...ranks("SpatialDropout#D", () => ["nn.SpatialDropout", everyRank]),
    GaussianDropout: ["Tensor.mul", "by `randn` around 1"],
    GaussianNoise: ["Tensor.add", "of `randn`"],
    Permute: ["Tensor.permute", "the axis of the batch is said too"],
    Reshape: ["Tensor.reshape, nn.Unflatten", "a method, or a layer for one axis"],
    RepeatVector: ["Tensor.broadcastTo", "of `x.unsqueeze(1)`"],

    BatchNormalization: "nn.BatchNorm",
    GroupNormalization: "nn.GroupNorm",
    LayerNormalization: "nn.LayerNorm",
    RMSNormalization: "nn.RMSNorm",
    SpectralNormalization: ["nn.norms.spectralNorm", "of a module"],
    UnitNormalization: "nn.UnitNorm",
    GroupQueryAttention: [
      "nn.functional.scaledDotProductAttention",
      "`{ enableGqa: true }`, between `nn.Dense` layers",
    ],
    ThresholdedReLU: "nn.Threshold",

    RNN: { none: "a loop over the `forward` of a cell" },
    SimpleRNN: "nn.RNN",
    SimpleRNNCell: "nn.RNNCell",
    StackedRNNCells: ["nn.LSTM, nn.GRU, nn.RNN", "`{ numLayers: 2 }`"],
    Bidirectional: ["nn.LSTM, nn.GRU, nn.RNN", "`{ bidirectional: true }`"],
    TimeDistributed: { none: "layers take any number of leading axes, or `x.flatten(0, 1)`" },
    ...ranks("ConvLSTM#D", () => ({ none: "no recurrence of convolutions" })),

    Normalization: ["data.zScore", "fitted on training samples"],
    Rescaling: "data.normalize",
    Pipeline: "data.compose",
    CategoryEncoding: ["oneHot", "several labels: the maximum along an axis"],
    ...each("Discretization HashedCrossing Hashing IntegerLookup StringLookup TextVectorization", noTables),
    ...each("MelSpectrogram STFTSpectrogram", { none: "no Fourier transform" }),
    RandomCrop: "data.randomCrop",
    RandomFlip: "data.randomHorizontalFlip, data.randomVerticalFlip",
    CenterCrop: ["Tensor.at", "`x.at([], [], [2, -2], [2, -2])`"],
    Resizing: ["nn.functional.interpolate", "`{ size: [8, 8] }`"],
    ...each(
      "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization MaxNumBoundingBoxes MixUp RandAugment " +
        "RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomElasticTransform RandomErasing RandomGaussianBlur " +
        "RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation " +
        "RandomSharpness RandomShear RandomTranslation RandomWidth RandomZoom Solarization",
      noImages,
    ),
  },
};
