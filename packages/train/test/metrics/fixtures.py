"""Makes metrics.json: what scikit-learn says of drawn data, and Keras' formulas written down once more in numpy.

python3 fixtures.py > metrics.json; with numpy 1.24 and scikit-learn 1.2 of Debian 12.
"""
import json

import numpy as np
from sklearn import metrics as sk

rng = np.random.default_rng(11)
N, C = 23, 4
score = rng.random(N).round(4)
binary = (rng.random(N) < 0.2 + 0.6 * score).astype(float)
weight = rng.integers(0, 4, N) / 2
logits = rng.normal(size=(N, C)).round(4)
classes = np.where(rng.random(N) < 0.6, logits.argmax(1), rng.integers(0, C, N))
hot = np.eye(C)[classes]
softmax = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
many = rng.random((N, 3)).round(4)
labels = (rng.random((N, 3)) < 0.25 + 0.5 * many).astype(float)
x, t = rng.normal(size=(N, 3)).round(4), rng.normal(size=(N, 3)).round(4)
near = t + 0.3 * x
sign = np.where(binary > 0, 1.0, -1.0)
chosen = np.where(rng.random(N) < 0.7, classes, rng.integers(0, C, N))
tensors, cases = [], []


def tensor(a):
    """Where an array stands among the tensors."""
    a = np.asarray(a)
    found = {"shape": list(a.shape), "dtype": "int32" if a.dtype.kind == "i" else "float64", "data": a.ravel().tolist()}
    if found not in tensors:
        tensors.append(found)
    return tensors.index(found)


def add(metric, predictions, target, expected, options=None, w=None, source="numpy", title=""):
    cases.append({
        "metric": metric, "title": title, "source": source, "options": options or {},
        "predictions": tensor(predictions), "target": tensor(target),
        "sampleWeight": None if w is None else tensor(w), "expected": np.asarray(expected, dtype=float).tolist(),
    })


def both(metric, predictions, target, f, options=None, source="numpy", title=""):
    """f(weights): the figure with weights for each sample."""
    add(metric, predictions, target, f(np.ones(N)), options, None, source, title)
    add(metric, predictions, target, f(weight), options, weight, source, title)


def mean(values):
    return lambda w: np.average(values.reshape(N, -1).mean(1), weights=w)


# Means.
both("accuracy", chosen, classes, lambda w: sk.accuracy_score(classes, chosen, sample_weight=w), source="sklearn")
both("binaryAccuracy", score, binary, lambda w: sk.accuracy_score(binary, score > 0.5, sample_weight=w), source="sklearn")
both("binaryAccuracy", score, binary, lambda w: sk.accuracy_score(binary, score > 0.3, sample_weight=w), {"threshold": 0.3}, "sklearn")
top1 = lambda w: sk.accuracy_score(classes, logits.argmax(1), sample_weight=w)
both("categoricalAccuracy", logits, hot, top1, source="sklearn")
both("sparseCategoricalAccuracy", logits, classes, top1, source="sklearn")
for k in (2, 3):
    topk = lambda w: sk.top_k_accuracy_score(classes, logits, k=k, sample_weight=w, labels=range(C))
    both("topKCategoricalAccuracy", logits, hot, topk, {"k": k}, "sklearn")
    both("sparseTopKCategoricalAccuracy", logits, classes, topk, {"k": k}, "sklearn")
both("meanSquaredError", x, t, lambda w: sk.mean_squared_error(t, x, sample_weight=w), source="sklearn")
both("rootMeanSquaredError", x[:, 0], t[:, 0], lambda w: sk.mean_squared_error(t[:, 0], x[:, 0], sample_weight=w, squared=False), source="sklearn")
both("meanAbsoluteError", x, t, lambda w: sk.mean_absolute_error(t, x, sample_weight=w), source="sklearn")
both("meanAbsolutePercentageError", x, t, lambda w: 100 * sk.mean_absolute_percentage_error(t, x, sample_weight=w), source="sklearn")
both("meanSquaredLogarithmicError", abs(x), abs(t), lambda w: sk.mean_squared_log_error(abs(t), abs(x), sample_weight=w), source="sklearn")
both("logCoshError", x, t, mean(np.log(np.cosh(x - t))))
both("cosineSimilarity", x, t, mean((x * t).sum(1) / np.linalg.norm(x, axis=1) / np.linalg.norm(t, axis=1)))
both("hinge", x, np.repeat(sign[:, None], 3, 1), mean(np.maximum(0, 1 - sign[:, None] * x)))
both("hinge", x[:, 0], sign, lambda w: sk.hinge_loss(sign, x[:, 0], sample_weight=w), source="sklearn")
both("squaredHinge", x[:, 0], binary, mean(np.maximum(0, 1 - sign * x[:, 0]) ** 2))
hinge = np.maximum(0, 1 + ((1 - hot) * logits).max(1) - (hot * logits).sum(1))
both("categoricalHinge", logits, hot, mean(hinge))
both("poisson", abs(x), abs(t), mean(abs(x) - abs(t) * np.log(abs(x) + 1e-7)))
other = np.exp(rng.normal(size=(N, C)))
other /= other.sum(1, keepdims=True)
both("klDivergence", softmax, other, mean((other * np.log(other / softmax)).sum(1)))
both("binaryCrossentropy", score, binary, lambda w: sk.log_loss(binary, score, sample_weight=w), source="sklearn")
both("categoricalCrossentropy", softmax, hot, lambda w: sk.log_loss(classes, softmax, sample_weight=w, labels=range(C)), source="sklearn")
both("sparseCategoricalCrossentropy", softmax, classes, lambda w: sk.log_loss(classes, softmax, sample_weight=w, labels=range(C)), source="sklearn")
both("sparseCategoricalCrossentropy", logits, classes, lambda w: sk.log_loss(classes, softmax, sample_weight=w, labels=range(C)), {"fromLogits": True}, "sklearn")
both("categoricalCrossentropy", softmax * 0.5, hot, mean(-np.log((hot * softmax).sum(1))), title="probabilities that have another sum")
smooth = hot * 0.8 + 0.2 / C
both("categoricalCrossentropy", logits, hot, mean(-(smooth * np.log(softmax)).sum(1)), {"fromLogits": True, "labelSmoothing": 0.2})
soft = binary * 0.8 + 0.1
both("binaryCrossentropy", np.log(score / (1 - score)), binary, mean(-(soft * np.log(score) + (1 - soft) * np.log(1 - score))), {"fromLogits": True, "labelSmoothing": 0.2})
pearson = np.array([np.corrcoef(a, b)[0, 1] for a, b in zip(x, t)])
both("pearsonCorrelation", x, t, mean(pearson))
concordance = np.array([2 * np.cov(a, b, bias=True)[0, 1] / (a.var() + b.var() + (a.mean() - b.mean()) ** 2) for a, b in zip(x, t)])
both("concordanceCorrelation", x, t, mean(concordance))

# R2.
both("r2Score", near, t, lambda w: sk.r2_score(t, near, sample_weight=w), source="sklearn")
both("r2Score", near[:, 0], t[:, 0], lambda w: sk.r2_score(t[:, 0], near[:, 0], sample_weight=w), source="sklearn")
both("r2Score", near, t, lambda w: sk.r2_score(t, near, sample_weight=w, multioutput="variance_weighted"), {"classAggregation": "varianceWeightedAverage"}, "sklearn")
both("r2Score", near, t, lambda w: sk.r2_score(t, near, sample_weight=w, multioutput="raw_values"), {"classAggregation": None}, "sklearn")
add("r2Score", near[:, :1], t[:, :1], 1 - (1 - sk.r2_score(t[:, 0], near[:, 0])) * (N - 1) / (N - 2 - 1), {"numRegressors": 2})

# Yes and no.
for threshold in (0.5, 0.25):
    yes, options = score > threshold, {} if threshold == 0.5 else {"thresholds": threshold}
    both("precision", score, binary, lambda w: sk.precision_score(binary, yes, sample_weight=w), options, "sklearn")
    both("recall", score, binary, lambda w: sk.recall_score(binary, yes, sample_weight=w), options, "sklearn")
    matrix = lambda w: sk.confusion_matrix(binary, yes, sample_weight=w)
    for name, (i, j) in {"trueNegatives": (0, 0), "falsePositives": (0, 1), "falseNegatives": (1, 0), "truePositives": (1, 1)}.items():
        both(name, score, binary, lambda w: matrix(w)[i, j], options, "sklearn")
several = [0.1, 0.4, 0.9]
both("precision", score, binary, lambda w: [sk.precision_score(binary, score > s, sample_weight=w, zero_division=0) for s in several], {"thresholds": several}, "sklearn")
both("recall", np.log(score / (1 - score)), binary, lambda w: [sk.recall_score(binary, score > s, sample_weight=w) for s in several], {"thresholds": several, "fromLogits": True}, "sklearn")
both("recall", many, labels, lambda w: sk.recall_score(labels[:, 2], many[:, 2] > 0.5, sample_weight=w), {"classId": 2}, "sklearn")
among = np.argsort(np.argsort(-many, 1), 1) < 2
both("precision", many, labels, lambda w: sk.precision_score(labels, among, sample_weight=w, average="micro"), {"topK": 2}, "sklearn")
both("recall", many, labels, lambda w: sk.recall_score(labels, among & (many > 0.6), sample_weight=w, average="micro"), {"topK": 2, "thresholds": 0.6}, "sklearn")
both("precision", many, labels, lambda w: sk.precision_score(labels[:, 1], among[:, 1], sample_weight=w), {"topK": 2, "classId": 1}, "sklearn")


# AUC: scikit-learn's where every score has a threshold of its own; Keras' sums with thresholds at equal distances.
def counts(p, y, w, thresholds):
    return np.array([[(w * (p > s) * y).sum(), (w * (p > s) * (1 - y)).sum(), (w * (p <= s) * (1 - y)).sum(), (w * (p <= s) * y).sum()] for s in thresholds]).T


def divided(a, b):
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)


def even(n):
    return [-1e-7] + [(i + 1) / (n - 1) for i in range(n - 2)] + [1 + 1e-7]


def area(p, y, w, curve="ROC", method="interpolation", n=200):
    tp, fp, tn, fn = counts(p, y, w, even(n))
    if curve == "PR" and method == "interpolation":
        total = 0
        for i in range(n - 1):
            gained, before, after = tp[i] - tp[i + 1], tp[i] + fp[i], tp[i + 1] + fp[i + 1]
            slope = gained / (before - after) if before > after else 0
            growth = np.log(before / after) if before > 0 and after > 0 else 0
            positives = tp[i + 1] + fn[i + 1]
            total += slope * (gained + (tp[i + 1] - slope * after) * growth) / positives if positives else 0
        return total
    recall = divided(tp, tp + fn)
    h, v = (divided(fp, fp + tn), recall) if curve == "ROC" else (recall, divided(tp, tp + fp))
    heights = {"interpolation": (v[:-1] + v[1:]) / 2, "minoring": np.minimum(v[:-1], v[1:]), "majoring": np.maximum(v[:-1], v[1:])}[method]
    return ((h[:-1] - h[1:]) * heights).sum()


middles = np.sort(score)
middles = ((middles[1:] + middles[:-1]) / 2).tolist()
both("auc", score, binary, lambda w: sk.roc_auc_score(binary, score, sample_weight=w), {"thresholds": middles}, "sklearn", "all thresholds")
for curve in ("ROC", "PR"):
    for method in ("interpolation", "minoring", "majoring"):
        for n in (200, 7):
            options = {"curve": curve, "summationMethod": method, "numThresholds": n}
            both("auc", score, binary, lambda w: area(score, binary, w, curve, method, n), options)
both("auc", np.log(score / (1 - score)), binary, lambda w: area(score, binary, w), {"fromLogits": True})
each = lambda w, **o: np.array([area(many[:, j], labels[:, j], w, **o) for j in range(3)])
both("auc", many, labels, lambda w: each(w).mean(), {"multiLabel": True})
both("auc", many, labels, lambda w: each(w, curve="PR").mean(), {"multiLabel": True, "curve": "PR", "numLabels": 3})
both("auc", many, labels, lambda w: np.average(each(w), weights=[1, 2, 0.5]), {"multiLabel": True, "labelWeights": [1, 2, 0.5]})
both("auc", many, labels, lambda w: area(many.ravel(), labels.ravel(), (w[:, None] * [1, 2, 0.5]).ravel()), {"labelWeights": [1, 2, 0.5]})


def best(figure, bound, value, n=200):
    def of(w):
        tp, fp, tn, fn = counts(score, binary, w, [i / (n - 1) for i in range(n)])
        figures = {"sensitivity": divided(tp, tp + fn), "specificity": divided(tn, tn + fp), "precision": divided(tp, tp + fp), "recall": divided(tp, tp + fn)}
        feasible = figures[bound] >= value
        return figures[figure][feasible].max() if feasible.any() else 0
    return of


for value in (0.4, 0.8):
    both("sensitivityAtSpecificity", score, binary, best("sensitivity", "specificity", value), {"specificity": value})
    both("specificityAtSensitivity", score, binary, best("specificity", "sensitivity", value), {"sensitivity": value})
    both("precisionAtRecall", score, binary, best("precision", "recall", value), {"recall": value})
    both("recallAtPrecision", score, binary, best("recall", "precision", value, 50), {"precision": value, "numThresholds": 50})

# F.
for average in (None, "micro", "macro", "weighted"):
    options = {} if average is None else {"average": average}
    f1 = lambda w: sk.f1_score(classes, logits.argmax(1), average=average, sample_weight=w, labels=range(C))
    both("f1Score", logits, classes, f1, options, "sklearn")
    both("f1Score", softmax, hot, f1, options, "sklearn")
    both("fBetaScore", many, labels, lambda w: sk.fbeta_score(labels, many > 0.5, beta=2, average=average, sample_weight=w), {**options, "beta": 2, "threshold": 0.5}, "sklearn")

# Confusion.
both("confusionMatrix", logits, classes, lambda w: sk.confusion_matrix(classes, logits.argmax(1), sample_weight=w), {"numClasses": C}, "sklearn")
for ours, theirs in {"target": "true", "predictions": "pred", "all": "all"}.items():
    both("confusionMatrix", chosen, classes, lambda w: sk.confusion_matrix(classes, chosen, sample_weight=w, normalize=theirs), {"numClasses": C, "sparsePredictions": True, "normalize": ours}, "sklearn")
iou = lambda a, b, w, ids: np.mean(sk.jaccard_score(a, b, average=None, sample_weight=w, labels=ids))
both("iou", chosen, classes, lambda w: iou(classes, chosen, w, [1, 3]), {"numClasses": C, "targetClassIds": [1, 3]}, "sklearn")
both("meanIoU", chosen, classes, lambda w: iou(classes, chosen, w, [0, 1, 2, 3]), {"numClasses": C + 2}, "sklearn", "classes that do not occur")
both("meanIoU", chosen, classes, lambda w: iou(classes, chosen, w * (classes != 2), [0, 1, 2, 3]), {"numClasses": C, "ignoreClass": 2}, "sklearn")
both("oneHotIoU", logits, hot, lambda w: iou(classes, logits.argmax(1), w, [0, 2]), {"numClasses": C, "targetClassIds": [0, 2]}, "sklearn")
both("oneHotMeanIoU", logits, hot, lambda w: iou(classes, logits.argmax(1), w, [0, 1, 2, 3]), {"numClasses": C}, "sklearn")
both("binaryIoU", score, binary, lambda w: iou(binary, score >= 0.5, w, [0, 1]), {}, "sklearn")
both("binaryIoU", score, binary, lambda w: iou(binary, score >= 0.3, w, [1]), {"targetClassIds": [1], "threshold": 0.3}, "sklearn")

def lines(values):
    return "[\n" + ",\n".join(json.dumps(value, separators=(",", ":")) for value in values) + "\n]"


print(f'{{"tensors": {lines(tensors)},\n"cases": {lines(cases)}}}')
