import type { Model } from "@tapegrad/onnx/internal";

const reasons = {
  images: "Resampling of images is not an operation of this framework.",
  boxes: "Boxes of object detection are not an operation of this framework.",
  text: "There are no string tensors.",
  features: "Features of text and of sound are computed before training, outside this framework.",
  sequences: "There are no sequences of tensors and no optional tensors as values.",
  fourier: "There are no complex numbers.",
  bits: "There are no operations on the bits of unsigned integers.",
  integers: "Whole networks in 8-bit integers are for inference; this is a framework for training.",
  algebra: "There are no determinants.",
  sets: "The result's shape depends on values, and nothing can be differentiated.",
  scan: "Control flow is JavaScript's own.",
};

/** Operators that a training framework need not have, with the reason. */
export const operatorsOutOfScope: ReadonlyMap<string, string> = new Map([
  ["Resize", reasons.images],
  ["Upsample", reasons.images],
  ["GridSample", reasons.images],
  ["RoiAlign", reasons.boxes],
  ["NonMaxSuppression", reasons.boxes],
  ["StringNormalizer", reasons.text],
  ["TfIdfVectorizer", reasons.features],
  ["MelWeightMatrix", reasons.features],
  ["SequenceConstruct", reasons.sequences],
  ["SplitToSequence", reasons.sequences],
  ["SequenceInsert", reasons.sequences],
  ["SequenceMap", reasons.sequences],
  ["SequenceEmpty", reasons.sequences],
  ["OptionalGetElement", reasons.sequences],
  ["OptionalHasElement", reasons.sequences],
  ["DFT", reasons.fourier],
  ["STFT", reasons.fourier],
  ["BitShift", reasons.bits],
  ["QLinearConv", reasons.integers],
  ["QLinearMatMul", reasons.integers],
  ["Det", reasons.algebra],
  ["Unique", reasons.sets],
  ["Scan", reasons.scan],
]);

const stringType = 8;

/** Why a model is out of scope, undefined if it is not. */
export function reasonOutOfScope({ graph }: Model): string | undefined {
  const values = [...graph.inputs, ...graph.outputs];
  if (values.some(({ kind }) => kind !== "tensor")) return reasons.sequences;
  if (values.some(({ elementType }) => elementType === stringType)) return reasons.text;
  return graph.nodes.map(({ opType }) => operatorsOutOfScope.get(opType)).find((reason) => reason !== undefined);
}
