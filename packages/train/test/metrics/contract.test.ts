import { compile } from "@tapegrad/compile";
import { BCEWithLogitsLoss, functional } from "@tapegrad/nn";
import { ShapeError, type Tensor, tensor, TapegradError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as classes from "../../src/metrics/metric-classes.ts";
import * as metrics from "../../src/metrics/metrics.ts";
import { metricNames, resolveMetric } from "../../src/metrics/resolve-metric.ts";
import { metricCases, metricOf } from "./metric-cases.ts";

const ints = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { dtype: "int32" });
const bases = ["Accumulator", "AveragedMetric", "BatchMetric", "ConfusionMetric", "LossMetric", "ThresholdMetric"];
/** Those that are of no predictions and targets, or need a function. */
const others = ["Mean", "MeanMetric", "Sum"];

describe("the table of metrics", () => {
  it("has every class, by its name, and a case of the reference for each", () => {
    const exported = Object.entries(metrics as unknown as Record<string, unknown>)
      .filter(([name, value]) => typeof value === "function" && !bases.includes(name) && !others.includes(name))
      .map(([name]) => name);
    const listed = Object.entries(classes).map(([key, { name }]) => [key.toLowerCase(), name] as const);
    expect(listed.map(([, name]) => name).toSorted()).toEqual(exported.toSorted());
    expect(listed.every(([key, name]) => key === name.toLowerCase())).toBe(true);
    expect([...new Set(metricCases.map(({ metric }) => metric))].toSorted()).toEqual(Object.keys(classes).toSorted());
    expect(Object.keys(metrics.functions).toSorted()).toEqual(Object.keys(classes).toSorted());
  });

  it("gives them the names by which logs call them, or another", () => {
    for (const one of metricCases) {
      expect(metricOf(one).name).toBe(one.metric);
      expect(metricOf({ ...one, options: { ...one.options, name: "own" } }).name).toBe("own");
    }
  });

  it("says 0 before the first update, or NaN of R2", () => {
    for (const one of metricCases) {
      const empty = [metricOf(one).result().toArray()].flat(3);
      expect(new Set(empty)).toEqual(new Set([one.metric === "r2Score" ? NaN : 0]));
    }
  });
});

describe("resolveMetric", () => {
  it("knows all names, in snake_case too", () => {
    expect(metricNames).toContain("auc");
    for (const [word, Class] of [["mean_squared_error", metrics.MeanSquaredError], ["mse", metrics.MeanSquaredError], ["AUC", metrics.AUC], ["f1_score", metrics.F1Score], ["categorical_accuracy", metrics.CategoricalAccuracy], ["sparse_top_k_categorical_accuracy", metrics.SparseTopKCategoricalAccuracy], ["kl_divergence", metrics.KLDivergence], ["r2_score", metrics.R2Score], ["binary_crossentropy", metrics.BinaryCrossentropy]] as const) {
      expect(resolveMetric("compile", word)).toBeInstanceOf(Class);
    } // prettier-ignore
  });

  it("returns metrics as they are, makes a mean of a function, and names the nearest", () => {
    const own = new metrics.AUC();
    expect(resolveMetric("compile", own)).toBe(own);
    const mean = resolveMetric("compile", (p, t) => p.sub(t));
    mean.update(tensor([3, 5]), tensor([1, 1]));
    expect(mean.result().item()).toBe(3);
    expect(() => resolveMetric("compile", "recal")).toThrow(/^compile: expected a metric, a function or one of .*, got "recal". Did you mean "recall"\?$/); // prettier-ignore
    expect(() => resolveMetric("compile", "mean_iou")).toThrow("MeanIoU: expected options such as { numClasses: ... }, got undefined."); // prettier-ignore
  });

  const of = (loss: unknown, p: Tensor, t: Tensor): number => {
    const metric = resolveMetric("compile", "accuracy", loss);
    metric.update(p, t);
    return metric.result().item();
  };

  it('takes "accuracy" as it fits the loss and the shapes', () => {
    const logits = tensor([[0.2], [-3], [0.4]]);
    expect(of("bceWithLogits", logits, tensor([1, 0, 1]))).toBe(1);
    expect(of(new BCEWithLogitsLoss(), logits, tensor([[1], [0], [1]]))).toBe(1);
    expect(of(functional.hingeLoss, logits, tensor([[1], [-1], [1]]))).toBe(1);
    expect(of("binary_crossentropy", tensor([[0.2], [0.9]]), tensor([[1], [1]]))).toBe(0.5);
    const [scores, columns] = [tensor([[0.1, 2, 1], [3, 0, 1]]), ints([[1], [2]])]; // prettier-ignore
    expect(of("crossEntropy", scores, ints([1, 2]))).toBe(0.5);
    expect(of("crossEntropy", scores, columns)).toBe(0.5);
    expect(of("crossEntropy", scores, tensor([[0, 1, 0], [0, 0, 1]]))).toBe(0.5); // prettier-ignore
    expect(of("bce", tensor([[0.9, 0.8], [0.1, 0.7]]), tensor([[1, 1], [0, 0]]))).toBe(0.75); // prettier-ignore
    expect(of(undefined, tensor([0.9, 0.2]), tensor([1, 1]))).toBe(0.5);
  });
});

describe("what is gathered", () => {
  it("weighs each sample or each element", () => {
    const [p, t] = [tensor([[1, 2], [3, 4]]), tensor([[0, 0], [0, 0]])]; // prettier-ignore
    const of = (sampleWeight: Tensor): number => metrics.functions.meanAbsoluteError(p, t, { sampleWeight }).item();
    expect(of(tensor([1, 3]))).toBe((1.5 + 3 * 3.5) / 4);
    expect(of(tensor([[1], [3]]))).toBe((1.5 + 3 * 3.5) / 4);
    expect(of(tensor([[0, 1], [1, 0]]))).toBe(2.5); // prettier-ignore
    expect(of(tensor(2))).toBe(2.5);
    const mask = tensor([[true, true], [true, false]]); // prettier-ignore
    expect(metrics.functions.meanAbsoluteError(p, t, { mask, sampleWeight: tensor([1, 2]) }).item()).toBe(9 / 4);
  });

  it("decides about float32 predictions by thresholds of float32", () => {
    const [p, t] = [tensor([0.3]), tensor([1])];
    expect(metrics.functions.recall(p, t, { thresholds: 0.3 }).item()).toBe(0);
    expect(metrics.functions.recall(p, t, { thresholds: 0.29 }).item()).toBe(1);
  });

  it("keeps the shape of the first batch, and says so of another", () => {
    const metric = new metrics.F1Score();
    metric.update(tensor([[1, 2, 3]]), ints([2]));
    expect(() => metric.update(tensor([[1, 2]]), ints([1]))).toThrow(
      new ShapeError("F1Score.update: expected a batch that gives truePositives of shape [3] as those before, got [2]. Use another metric for it."), // prettier-ignore
    );
    expect(metric.result().toArray()).toEqual([0, 0, 1]);
  });

  it("is seen by compiled functions that were traced before the first batch", () => {
    const metric = new metrics.F1Score({ average: "macro" });
    const read = compile(() => metric.result());
    expect(read().item()).toBe(0);
    metric.update(tensor([[1, 2], [2, 1]]), ints([1, 0])); // prettier-ignore
    expect(read().item()).toBe(1);
    metric.reset();
    expect(read().item()).toBe(0);
    expect(read.builds).toBe(2);
  });

  it("records nothing, and has results that no later batch changes", () => {
    const metric = new metrics.MeanSquaredError();
    const p = tensor([1, 2], { requiresGrad: true });
    metric.update(p.mul(2), tensor([0, 0]));
    const first = metric.result();
    expect(first.requiresGrad).toBe(false);
    metric.update(p, tensor([9, 9]));
    expect(first.item()).toBe(10);
    const sum = new metrics.Sum();
    sum.update(tensor([1]));
    const before = sum.result();
    sum.update(tensor([1]));
    expect(before.item()).toBe(1);
  });

  it("refuses what is no state of it, and changes nothing then", () => {
    const metric = new metrics.Mean();
    metric.update(tensor([4]));
    const [total, count] = [tensor(1, { dtype: "float64" }), tensor(2, { dtype: "float64" })];
    for (const [state, message] of [
      [{ total }, "Mean.loadStateDict: expected count to be a float64 tensor."],
      [{ total, count, more: total }, 'Mean.loadStateDict: expected sums total, count, got "more".'],
      [{ total: total.reshape([1]), count }, "Mean.loadStateDict: expected total of shape [], got [1]."],
      [{ total: total.to("float32"), count }, "Mean.loadStateDict: expected total to be a float64 tensor."],
    ] as const) {
      expect(() => metric.loadStateDict(state as never)).toThrow(message);
      expect(metric.result().item()).toBe(4);
    }
    const [f1, fresh] = [new metrics.F1Score(), new metrics.F1Score()];
    f1.update(tensor([[1, 2]]), ints([1]));
    f1.loadStateDict(fresh.stateDict());
    expect(f1.result().toArray()).toEqual([0, 0]);
  });
});

describe("errors", () => {
  const p = tensor([[0.5, 0.5], [1, 0]]); // prettier-ignore
  const t = tensor([[0, 1], [1, 0]]); // prettier-ignore
  it.each<[string, () => unknown, string]>([
    ["logits", () => metrics.functions.auc(tensor([3]), tensor([1])), "AUC.of: expected predictions in [0, 1], got 3. Of logits make it with { fromLogits: true }."],
    ["target", () => metrics.functions.recall(tensor([1]), ints([2])), "Recall.of: expected a target of 0 and 1, got 2. Make one of classes with oneHot."],
    ["shape", () => new metrics.Precision().update(p, tensor([1, 0, 1])), "Precision.update: expected predictions and target of one shape, got [2, 2] and [3]."],
    ["weight", () => metrics.functions.accuracy(p, t, { sampleWeight: tensor([1, 2, 3]) }), "Accuracy.of: expected a sampleWeight of the leading axes of [2, 2], got [3]."],
    ["negative weight", () => metrics.functions.accuracy(p, t, { sampleWeight: tensor([1, -1]) }), "Accuracy.of: expected sampleWeight ≥ 0 and finite, got -1."],
    ["classId", () => metrics.functions.precision(p, t, { classId: 2 }), "Precision.of: expected classId in [0, 2), got 2."],
    ["topK", () => metrics.functions.precision(p, t, { topK: 3 }), "Precision.of: expected topK of at most 2 labels, got 3."],
    ["labelWeights", () => metrics.functions.auc(p, t, { labelWeights: [1] }), "AUC.of: expected as many labelWeights as labels, 2, got 1."],
    ["classes", () => metrics.functions.meanIoU(ints([0, 3]), ints([0, 1]), { numClasses: 3 }), "MeanIoU.of: expected classes in [0, 3), got 3."],
    ["floats for classes", () => metrics.functions.meanIoU(tensor([0]), ints([0]), { numClasses: 3 }), 'MeanIoU.of: expected classes as predictions, int32, got float32. Convert them with to("int32").'],
    ["ids", () => new metrics.IoU({ numClasses: 2, targetClassIds: [2] }), "IoU: expected targetClassIds in [0, 2), at least one, got 2."],
    ["sparse target", () => metrics.functions.categoricalAccuracy(p, ints([0, 1])), "CategoricalAccuracy.of: expected scores [C] or [N, C, ...] and a one-hot target of that shape, got [2, 2] and [2]. Of classes, int32, take the sparse metric."],
    ["function", () => new metrics.MeanMetric((a, b) => a.sub(b).mean(), { name: "own" }).update(p, t), 'MeanMetric.update: expected the function own to give a value for each sample, got one number. Of a loss say { reduction: "none" }.'],
    ["option", () => new metrics.AUC({ curve: "roc" as "ROC" }), "AUC: expected curve ROC or PR, got roc."],
  ])("name a wrong %s", (_, run, message) => {
    expect(run).toThrow(TapegradError);
    expect(run).toThrow(message);
  }); // prettier-ignore
});

/** What stands in the documentation of Keras. */
it.each<[string, () => Tensor, number | number[]]>([
  ["AUC", () => metrics.functions.auc(tensor([0, 0.5, 0.3, 0.9]), tensor([0, 0, 1, 1]), { numThresholds: 3 }), 0.75],
  ["AUC, weighted", () => metrics.functions.auc(tensor([0, 0.5, 0.3, 0.9]), tensor([0, 0, 1, 1]), { numThresholds: 3, sampleWeight: tensor([1, 0, 0, 1]) }), 1],
  ["Precision at top k", () => metrics.functions.precision(tensor([[1, 1, 1, 1]]), tensor([[0, 0, 1, 1]]), { topK: 4 }), 0.5],
  ["PrecisionAtRecall", () => metrics.functions.precisionAtRecall(tensor([0, 0.3, 0.8, 0.3, 0.8]), tensor([0, 0, 0, 1, 1]), { recall: 0.5, sampleWeight: tensor([2, 2, 2, 1, 1]) }), 1 / 3],
  ["IoU, weighted", () => metrics.functions.meanIoU(ints([0, 1, 0, 1]), ints([0, 0, 1, 1]), { numClasses: 2, sampleWeight: tensor([0.3, 0.3, 0.3, 0.1]) }), 0.23809523],
  ["F1Score", () => metrics.functions.f1Score(tensor([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0]]), tensor([[1, 1, 1], [1, 0, 0], [1, 1, 0]]), { threshold: 0.5 }), [0.5, 0.8, 2 / 3]],
  ["MeanSquaredLogarithmicError", () => metrics.functions.meanSquaredLogarithmicError(tensor([[1, 1], [0, 0]]), tensor([[0, 1], [0, 0]])), 0.12011322],
  ["BinaryCrossentropy", () => metrics.functions.binaryCrossentropy(tensor([[0.6, 0.4], [0.4, 0.6]]), tensor([[0, 1], [0, 0]])), 0.81492424],
])("%s is as in the documentation of Keras", (_, figure, expected) => {
  [expected].flat().forEach((want, i) => expect(figure().data[i]).toBeCloseTo(want, 6));
}); // prettier-ignore
