import { camel, each, type NameTable, ranks } from "./name-table.ts";

const everyRank = "one class for every rank";
const inPlace = "gives a new tensor";
const base = { none: "a base class of theirs" } as const;
const lowPrecision = { none: "half and lower precision is left out" } as const;

/** `torch.nn` */
export const torchNn: NameTable = {
  usual: (name) => `nn.${name}`,
  rows: {
    Linear: "nn.Dense",
    MultiheadAttention: "nn.MultiHeadAttention",
    ...ranks("BatchNorm#d", () => ["nn.BatchNorm", everyRank]),
    ...ranks("InstanceNorm#d", () => ["nn.InstanceNorm", everyRank]),
    SyncBatchNorm: ["nn.AccumulatedBatchNorm", "one process: of batches that come in parts"],
    CrossMapLRN2d: "nn.LocalResponseNorm",
    ...ranks("CircularPad#d", () => ["nn.CircularPad", everyRank]),
    ...ranks("ConstantPad#d", () => ["nn.ConstantPad", everyRank]),
    ...ranks("ReflectionPad#d", () => ["nn.ReflectionPad", everyRank]),
    ...ranks("ReplicationPad#d", () => ["nn.ReplicationPad", everyRank]),
    ...ranks("ZeroPad#d", () => ["nn.ZeroPad", everyRank]),
    ...ranks("Dropout#d", () => ["nn.SpatialDropout", everyRank]),
    Upsample: "nn.UpSampling",
    UpsamplingBilinear2d: ["nn.UpSampling", '`{ mode: "bilinear", alignCorners: true }`'],
    UpsamplingNearest2d: ["nn.UpSampling", '`{ mode: "nearest" }`'],
    Fold: ["nn.functional.fold", "a function; `nn.Lambda` makes a layer of it"],
    Unfold: ["nn.functional.unfold", "a function; `nn.Lambda` makes a layer of it"],
    Hardshrink: "nn.HardShrink",
    Hardsigmoid: "nn.HardSigmoid",
    Hardswish: "nn.HardSwish",
    Hardtanh: "nn.HardTanh",
    Softshrink: "nn.SoftShrink",
    Tanhshrink: "nn.TanhShrink",
    Softmax2d: ["nn.Softmax", "`{ axis: -3 }`"],
    NLLLoss2d: ["nn.NLLLoss", "deprecated there"],
    Container: ["nn.Module", "deprecated there"],
    ...each("RNNBase RNNCellBase", base),
    DataParallel: { none: "there is one device" },
    LazyLinear: ["nn.lazy", "of `nn.Dense`"],
    ...ranks("LazyBatchNorm#d", () => ["nn.lazy", "of `nn.BatchNorm`"]),
    ...ranks("LazyInstanceNorm#d", () => ["nn.lazy", "of `nn.InstanceNorm`"]),
    ...ranks("LazyConv#d", (rank) => ["nn.lazy", `of \`nn.Conv${rank}d\``]),
    ...ranks("LazyConvTranspose#d", (rank) => ["nn.lazy", `of \`nn.ConvTranspose${rank}d\``]),
    ...each("UninitializedBuffer UninitializedParameter", {
      none: "a lazy layer has no parameters before its first call",
    }),
  },
};

/** `torch.nn.functional` */
export const torchFunctional: NameTable = {
  usual: (name) => `nn.functional.${camel(name)}`,
  rows: {
    celu_: ["nn.functional.celu", inPlace],
    elu_: ["nn.functional.elu", inPlace],
    hardtanh_: ["nn.functional.hardTanh", inPlace],
    leaky_relu_: ["nn.functional.leakyRelu", inPlace],
    relu_: ["nn.functional.relu", inPlace],
    rrelu_: ["nn.functional.rrelu", inPlace],
    selu_: ["nn.functional.selu", inPlace],
    threshold_: ["nn.functional.threshold", inPlace],
    hardshrink: "nn.functional.hardShrink",
    hardsigmoid: "nn.functional.hardSigmoid",
    hardswish: "nn.functional.hardSwish",
    hardtanh: "nn.functional.hardTanh",
    logsigmoid: "nn.functional.logSigmoid",
    softshrink: "nn.functional.softShrink",
    tanhshrink: "nn.functional.tanhShrink",
    kl_div: "nn.functional.klDivLoss",
    one_hot: "oneHot",
    pad: ["Tensor.pad", "`[before, after]` in the order of the axes"],
    pdist: ["nn.functional.pairwiseDistance", "of rows chosen by `x.at(index)`"],
    conv_tbc: ["nn.functional.conv1d", "of a permuted input"],
    ...ranks("dropout#d", () => ["nn.functional.spatialDropout", "for every rank"]),
    ...ranks("adaptive_max_pool#d_with_indices", () => ({ none: "pools of a size of their own give no indices" })),
    ...ranks("max_pool#d_with_indices", () => ["nn.functional.maxPoolWithIndices", "for every rank"]),
    ...ranks("max_unpool#d", () => ["nn.functional.maxUnpool", "for every rank"]),
    ...ranks(
      "fractional_max_pool#d_with_indices",
      () => ["nn.functional.fractionalMaxPoolWithIndices", "for every rank"],
      [2, 3],
    ),
    multi_head_attention_forward: "nn.functional.multiHeadAttention",
    native_channel_shuffle: "nn.functional.channelShuffle",
    ...each("upsample upsample_bilinear upsample_nearest", ["nn.functional.interpolate", "deprecated there"]),
    ...each("grouped_mm scaled_grouped_mm scaled_mm", lowPrecision),
  },
};

/** `torch.nn.init` */
export const torchInit: NameTable = {
  usual: (name) => `nn.init.${camel(name)}`,
  rows: {
    calculate_gain: "nn.init.gain",
    trunc_normal_: "nn.init.truncatedNormal",
  },
};

/** `torch.nn.utils` */
export const torchUtils: NameTable = {
  usual: (name) => `nn.${camel(name)}`,
  rows: {
    clip_grad_norm: ["optim.clipGradNorm", "deprecated there"],
    clip_grad_norm_: "optim.clipGradNorm",
    clip_grad_value_: "optim.clipGradValue",
    ...each("clip_grads_with_norm_ get_total_norm", ["optim.clipGradNorm", "clips, and gives the norm"]),
    ...each("convert_conv2d_weight_memory_format convert_conv3d_weight_memory_format", {
      none: "there is one memory format",
    }),
    ...each("fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights", [
      "nn.fold",
      "of a whole model",
    ]),
    skip_init: { none: "parameters exist at once, and are drawn" },
    spectral_norm: "nn.norms.spectralNorm",
    remove_spectral_norm: "nn.norms.removeSpectralNorm",
    weight_norm: "nn.norms.weightNorm",
    remove_weight_norm: "nn.norms.removeWeightNorm",
    "stateless.functional_call": "nn.functionalCall",
    "parametrizations.orthogonal": {
      none: "no parametrization of orthogonal matrices; `nn.regularizers.orthogonal` pulls there",
    },
    "parametrize.ParametrizationList": ["nn.parametrize.registerParametrization", "the type of what it makes"],
    "parametrize.transfer_parametrizations_and_params": {
      none: "they are registered at the other layer, and its state is loaded",
    },
    "parametrize.type_before_parametrizations": { none: "the class of a layer stays" },
    "rnn.PackedSequence": ["nn.functional.packSequence", "the type of what it gives"],
    "rnn.invert_permutation": ["sort", "`sort(permutation).indices`"],
    "rnn.pack_padded_sequence": "nn.functional.packPaddedSequence",
    "rnn.pack_sequence": "nn.functional.packSequence",
    "rnn.pad_packed_sequence": "nn.functional.padPackedSequence",
    "rnn.pad_sequence": "nn.functional.padSequence",
    "rnn.unpack_sequence": "nn.functional.unpackSequence",
    "rnn.unpad_sequence": "nn.functional.unpadSequence",
    "prune.BasePruningMethod": { none: "a base class of theirs; `nn.pruning.fromMask` takes any mask" },
    "prune.PruningContainer": { none: "what is pruned again keeps one mask" },
    ...each("prune.Identity prune.identity", ["nn.pruning.fromMask", "a mask of ones"]),
    ...each("prune.RandomUnstructured prune.RandomStructured prune.random_unstructured prune.random_structured", [
      "nn.pruning.fromMask",
      "a mask by `bernoulli`",
    ]),
    ...each("prune.L1Unstructured prune.l1_unstructured", "nn.pruning.l1Unstructured"),
    ...each("prune.LnStructured prune.ln_structured", "nn.pruning.lnStructured"),
    ...each("prune.CustomFromMask prune.custom_from_mask", "nn.pruning.fromMask"),
    "prune.global_unstructured": "nn.pruning.globalUnstructured",
    "prune.remove": "nn.pruning.remove",
    "prune.is_pruned": ["nn.pruning.sparsity", "above 0"],
  },
};

/** `torch.optim` */
export const torchOptim: NameTable = {
  usual: (name) => `optim.${name}`,
  rows: {
    "swa_utils.AveragedModel": "optim.WeightAverage",
    "swa_utils.SWALR": "optim.SWALR",
    ...each("swa_utils.get_ema_avg_fn swa_utils.get_ema_multi_avg_fn", ["optim.WeightAverage", "`{ decay: 0.999 }`"]),
    ...each("swa_utils.get_swa_avg_fn swa_utils.get_swa_multi_avg_fn", ["optim.WeightAverage", "without `decay`"]),
    "swa_utils.update_bn": "train.recalibrate",
  },
};

/** `torch.optim.lr_scheduler` */
export const torchSchedules: NameTable = {
  usual: (name) => `optim.${name}`,
  rows: { LRScheduler: "optim.Schedule" },
};
