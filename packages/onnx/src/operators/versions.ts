/**
 * Names of operators by the version of the standard domain from which on they are what is implemented: the one that
 * brought them, or, for `Pad`, `Cast`, `Selu` and `Tile`, the one that gave them other attributes. All others are there
 * from version 1 on.
 */
const introduced: Readonly<Record<number, string>> = {
  2: "Pad",
  6: "Cast Selu Tile",
  7: "Acos Asin Atan Cos Sin Tan",
  8: "Expand",
  9:
    "Acosh Asinh Atanh Compress ConstantOfShape Cosh Erf EyeLike IsNaN MaxUnpool MeanVarianceNormalization NonZero " +
    "OneHot Scatter Shrink Sign Sinh Where",
  10: "ConvInteger DequantizeLinear IsInf MatMulInteger Mod QuantizeLinear ReverseSequence ThresholdedRelu",
  11: "CumSum DynamicQuantizeLinear GatherElements GatherND Range Round ScatterElements ScatterND",
  12: "Celu Einsum GreaterOrEqual LessOrEqual NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss",
  14: "HardSwish Trilu",
  15: "Bernoulli CastLike",
  17: "BlackmanWindow HammingWindow HannWindow LayerNormalization",
  18: "GroupNormalization Mish",
  20: "Gelu",
  23: "RMSNormalization",
  24: "Swish",
};

/** The first version of the standard domain of each operator that has another than 1. */
export const firstVersions: ReadonlyMap<string, number> = new Map(
  Object.entries(introduced).flatMap(([version, names]) => names.split(" ").map((name) => [name, Number(version)])),
);
