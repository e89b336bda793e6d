import { camel, each, lower, type NameTable } from "./name-table.ts";

const noConfig = { none: "nothing is made of a configuration" } as const;
const base = { none: "a base class of theirs" } as const;

/** Losses by what Keras calls their functions, and what ours are called as class and as function. */
const losses: Readonly<Record<string, readonly [loss: string, functional: string]>> = {
  binary_crossentropy: ["BCELoss", "binaryCrossEntropy"],
  binary_focal_crossentropy: ["BinaryFocalCrossEntropyLoss", "binaryFocalCrossEntropy"],
  categorical_crossentropy: ["CategoricalCrossEntropyLoss", "categoricalCrossEntropy"],
  categorical_focal_crossentropy: ["CategoricalFocalCrossEntropyLoss", "categoricalFocalCrossEntropy"],
  categorical_generalized_cross_entropy: ["GeneralizedCrossEntropyLoss", "generalizedCrossEntropy"],
  categorical_hinge: ["CategoricalHingeLoss", "categoricalHingeLoss"],
  circle: ["CircleLoss", "circleLoss"],
  cosine_similarity: ["CosineSimilarityLoss", "cosineSimilarityLoss"],
  ctc: ["CTCLoss", "ctcLoss"],
  dice: ["DiceLoss", "diceLoss"],
  hinge: ["HingeLoss", "hingeLoss"],
  huber: ["HuberLoss", "huberLoss"],
  kl_divergence: ["KLDivergenceLoss", "klDivergenceLoss"],
  log_cosh: ["LogCoshLoss", "logCoshLoss"],
  mean_absolute_error: ["L1Loss", "l1Loss"],
  mean_absolute_percentage_error: ["MAPELoss", "mapeLoss"],
  mean_squared_error: ["MSELoss", "mseLoss"],
  mean_squared_logarithmic_error: ["MSLELoss", "msleLoss"],
  poisson: ["PoissonLoss", "poissonLoss"],
  sparse_categorical_crossentropy: ["CrossEntropyLoss", "crossEntropy"],
  squared_hinge: ["SquaredHingeLoss", "squaredHingeLoss"],
  tversky: ["TverskyLoss", "tverskyLoss"],
};

/** Other words for the same functions. */
const shorter: Readonly<Record<string, string>> = {
  ...{ KLD: "kl_divergence", kld: "kl_divergence", kullback_leibler_divergence: "kl_divergence", logcosh: "log_cosh" },
  ...{ MAE: "mean_absolute_error", mae: "mean_absolute_error" },
  ...{ MAPE: "mean_absolute_percentage_error", mape: "mean_absolute_percentage_error" },
  ...{ MSE: "mean_squared_error", mse: "mean_squared_error" },
  ...{ MSLE: "mean_squared_logarithmic_error", msle: "mean_squared_logarithmic_error" },
};

/** `MeanSquaredError` as `mean_squared_error`, and `KLDivergence` as `kl_divergence`. */
function snake(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .replaceAll(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** What the function is called here that Keras calls `name`; undefined if it is none. */
function lossFunction(name: string): string | undefined {
  const loss = losses[shorter[name] ?? name];
  return loss && `nn.functional.${loss[1]}`;
}

const ofProbabilities = "of probabilities; `BCEWithLogitsLoss` and `binaryCrossEntropyWithLogits` of logits";
const textsOfLogProbs = "of log-probabilities, `[time, batch, classes]`; of logits there, the batch first";

/** `keras.losses` */
export const kerasLosses: NameTable = {
  usual: (name) => lossFunction(name) ?? `nn.${losses[snake(name)]?.[0] ?? name}`,
  rows: {
    BinaryCrossentropy: ["nn.BCELoss", ofProbabilities],
    binary_crossentropy: ["nn.functional.binaryCrossEntropy", ofProbabilities],
    SparseCategoricalCrossentropy: ["nn.CrossEntropyLoss", "of logits"],
    sparse_categorical_crossentropy: ["nn.functional.crossEntropy", "of logits"],
    CTC: ["nn.CTCLoss", textsOfLogProbs],
    ctc: ["nn.functional.ctcLoss", textsOfLogProbs],
    Loss: base,
    Reduction: { none: "the option `reduction` of each loss" },
    get: "nn.functional.resolveLoss",
    ...each("deserialize serialize", noConfig),
  },
};

/** `keras.metrics` */
export const kerasMetrics: NameTable = {
  usual: (name) =>
    lossFunction(name) ?? (/^[A-Z]/.test(name) ? `train.metrics.${name}` : `train.metrics.functions.${camel(name)}`),
  rows: {
    binary_crossentropy: ["nn.functional.binaryCrossEntropy", ofProbabilities],
    sparse_categorical_crossentropy: ["nn.functional.crossEntropy", "of logits"],
    Metric: ["train.metrics.BatchMetric", "what metrics of one's own extend"],
    MeanMetricWrapper: ["train.metrics.MeanMetric", "what means of one's own extend"],
    get: { none: "`train.metrics.metricNames` lists the words" },
    ...each("deserialize serialize", noConfig),
  },
};

/** `keras.optimizers` */
export const kerasOptimizers: NameTable = {
  usual: (name) => `optim.${name}`,
  rows: {
    Lamb: "optim.LAMB",
    Nadam: "optim.NAdam",
    Muon: "optim.MuonAdamW",
    LossScaleOptimizer: { none: "half precision is left out" },
    ...each("MultiOptimizer OptimizerMap", { none: "several optimizers, each with its parameters, or groups of one" }),
    ScheduleFreeAdamW: { none: "no schedule-free optimizer; `optim.WeightAverage` averages beside one" },
    ...each("deserialize get serialize", noConfig),
  },
};

/** `keras.optimizers.schedules` */
export const kerasSchedules: NameTable = {
  usual: (name) => `optim.${name}`,
  rows: {
    CosineDecay: ["optim.CosineAnnealingLR", "rises again after `tMax`"],
    CosineDecayRestarts: "optim.CosineAnnealingWarmRestarts",
    ExponentialDecay: ["optim.ExponentialLR", "`gamma` is the factor of one step"],
    InverseTimeDecay: ["optim.LambdaLR", "`lrLambda: (t) => 1 / (1 + rate * t)`"],
    LearningRateSchedule: "optim.Schedule",
    PiecewiseConstantDecay: ["optim.MultiStepLR", "by one factor; any values: `optim.LambdaLR`"],
    PolynomialDecay: "optim.PolynomialLR",
    ...each("deserialize serialize", noConfig),
  },
};

/** `keras.activations` */
export const kerasActivations: NameTable = {
  usual: (name) => `nn.functional.${camel(name)}`,
  rows: {
    exponential: "Tensor.exp",
    linear: "nn.Identity",
    hard_silu: "nn.functional.hardSwish",
    swish: "nn.functional.silu",
    get: "nn.functional.resolveActivation",
    ...each("deserialize serialize", noConfig),
  },
};

const notTruncated = "not truncated; `nn.init.varianceScaling` is, as there";

/** `keras.initializers` */
export const kerasInitializers: NameTable = {
  usual: (name) => `nn.init.${lower(camel(name))}`,
  rows: {
    ...each("GlorotNormal glorot_normal", ["nn.init.xavierNormal", notTruncated]),
    ...each("GlorotUniform glorot_uniform", "nn.init.xavierUniform"),
    ...each("HeNormal he_normal", ["nn.init.kaimingNormal", notTruncated]),
    ...each("HeUniform he_uniform", "nn.init.kaimingUniform"),
    ...each("Identity IdentityInitializer identity", "nn.init.eye"),
    OrthogonalInitializer: "nn.init.orthogonal",
    ...each("RandomNormal random_normal", ["nn.init.normal", "`{ std: 0.05 }`"]),
    ...each("RandomUniform random_uniform", ["nn.init.uniform", "`{ low: -0.05, high: 0.05 }`"]),
    ...each("TruncatedNormal truncated_normal", [
      "nn.init.truncatedNormal",
      "`{ std: 0.05, low: -0.1, high: 0.1 }`: bounds are values",
    ]),
    ...each("STFT STFTInitializer stft", { none: "no Fourier transform" }),
    Initializer: { none: "a function of a tensor" },
    ...each("deserialize get serialize", noConfig),
  },
};

/** `keras.regularizers` */
export const kerasRegularizers: NameTable = {
  usual: (name) => `nn.regularizers.${lower(name)}`,
  rows: {
    l1_l2: "nn.regularizers.l1l2",
    L1L2: "nn.regularizers.l1l2",
    ...each("OrthogonalRegularizer orthogonal_regularizer", "nn.regularizers.orthogonal"),
    Regularizer: { none: "a function of a tensor" },
    ...each("deserialize get serialize", noConfig),
  },
};

/** `keras.constraints` */
export const kerasConstraints: NameTable = {
  usual: (name) => `nn.constraints.${lower(camel(name))}`,
  rows: {
    Constraint: { none: "a function of a tensor" },
    ...each("deserialize get serialize", noConfig),
  },
};

/** `keras.callbacks` */
export const kerasCallbacks: NameTable = {
  usual: (name) => `train.${name}`,
  rows: {
    BackupAndRestore: "train.Checkpoint",
    ModelCheckpoint: "train.Checkpoint",
    ...each("Callback LambdaCallback", { none: "any object with methods such as `onEpochEnd`" }),
    CallbackList: ["train.Model", "`fit` takes a list"],
    LearningRateScheduler: "train.LearningRateSchedule",
    ProgbarLogger: "train.ProgressBar",
    SwapEMAWeights: "train.ExponentialMovingAverage",
    OrbaxCheckpoint: { none: "a format of another framework" },
    RemoteMonitor: { none: "nothing is sent; `train.JSONLLogger` writes lines" },
  },
};
