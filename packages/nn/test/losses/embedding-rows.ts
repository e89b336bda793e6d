import { DTypeError, type Shape, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import * as nn from "../../src/index.ts";
import type { LossCase, LossRow } from "./loss-row.ts";

const f = nn.functional;
const { abs, exp, log, max, min } = Math;
const ints = (values: number[]): Tensor => tensor(values, { dtype: "int32" });
const lines = (t: Tensor): number[][] => (t.ndim === 1 ? [t.toArray(1)] : t.toArray(2));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

type Distance = (a: readonly number[], b: readonly number[]) => number;
const norm =
  (p: number, eps: number): Distance =>
  (a, b) =>
    sum(a.map((v, i) => abs(v - b[i]! + eps) ** p)) ** (1 / p);

/** Anchors, positives and negatives. */
const triplets = (distance: Distance, margin: number, swap: boolean, options: object): LossCase => ({
  options,
  inputs: (draw, shape) => [draw(...shape), draw(...shape), draw(...shape)],
  naive: ([a, p, n]) => {
    const [positives, negatives] = [lines(p!), lines(n!)];
    const losses = lines(a!).map((anchor, i) => {
      const direct = distance(anchor, negatives[i]!);
      const far = swap ? min(direct, distance(positives[i]!, negatives[i]!)) : direct;
      return max(0, margin + distance(anchor, positives[i]!) - far);
    });
    return { losses };
  },
  shapes: [[5], [6, 4]],
  empty: [0, 3],
  checked: [[5, 3]],
});

const city = (a: Tensor, b: Tensor): Tensor => a.sub(b).abs().sum({ axis: -1 });
const cityOf: Distance = (a, b) => sum(a.map((v, i) => abs(v - b[i]!)));
const tripletErrors = (name: string, fn: (a: Tensor, p: Tensor, n: Tensor, options?: object) => Tensor): LossRow["errors"] => [
  ["positive", () => fn(x, zeros([3]), x), ShapeError, `${name}: expected a positive of shape [4, 3], got [3].`],
  ["negative", () => fn(x, x, zeros([4, 1])), ShapeError, `${name}: expected a negative of shape [4, 3], got [4, 1].`],
  ["dtype", () => fn(x, x.to("int32"), x), DTypeError, `${name}: expected positive of dtype float32 or float64, got int32.`],
  ["margin", () => fn(x, x, x, { margin: NaN }), ValueError, `${name}: expected margin to be a finite number, got NaN.`],
]; // prettier-ignore

const labelsOf = ([count = 0]: Shape): Tensor => ints(Array.from({ length: count }, (_, i) => (i * 2) % 3));
// Not of length 1, at which the distance of one to itself has a kink.
const labelled: LossCase["inputs"] = (draw, shape) => [f.normalize(draw(...shape)).mul(0.8), labelsOf(shape)];
const groups = { shapes: [[5, 3], [8, 4]], empty: [0, 3], checked: [[6, 3]], differentiable: 1 } as const; // prettier-ignore

const xent = (temperature: number, options: object): LossCase => ({
  ...groups,
  options,
  inputs: (draw, shape) => [draw(...shape), labelsOf(shape)],
  naive: ([e, labels]) => {
    const rows = lines(e!).map((row) => row.map((v) => v / Math.hypot(...row)));
    let count = 0;
    const losses = rows.flatMap((row, i) =>
      rows.map((other, j) => {
        if (i === j || labels!.data[i] !== labels!.data[j]) return 0;
        count++;
        const own = exp(dot(row, other) / temperature);
        const rest = rows.filter((_, k) => labels!.data[k] !== labels!.data[i]);
        return -log(own / (own + sum(rest.map((each) => exp(dot(row, each) / temperature)))));
      }),
    );
    return { losses, count };
  },
});

interface CircleOptions {
  readonly gamma?: number;
  readonly margin?: number;
  readonly removeDiagonal?: boolean;
  readonly refEmbeddings?: Tensor;
  readonly refLabels?: Tensor;
}

const circle = (options: CircleOptions): LossCase => ({
  ...groups,
  options,
  title: options.refLabels === undefined ? "among themselves" : "against others",
  inputs: labelled,
  ...(options.refEmbeddings === undefined ? {} : { shapes: [[5, 3]], empty: [0, 3] }),
  naive: ([e, labels]) => {
    const { gamma = 80, margin: m = 0.4, removeDiagonal = true, refEmbeddings = e!, refLabels = labels! } = options;
    const others = lines(refEmbeddings);
    const losses = lines(e!).map((row, i) => {
      let [together, apart] = [0, 0];
      others.forEach((other, j) => {
        const d = max(0, 1 - dot(row, other));
        if (labels!.data[i] !== refLabels.data[j]) apart += exp(gamma * max(0, 1 + m - d) * (1 - m - d));
        else if (i !== j || !removeDiagonal) together += exp(gamma * (m + d) * (d - m));
      });
      return log(1 + together * apart);
    });
    return { losses, count: max(1, losses.filter((loss) => loss > 0).length) };
  },
});

const others = () => ({ refEmbeddings: tensor([[0.6, 0.8, 0], [1, 0, 0], [0, 0, -1], [0, 0.6, 0.8]], { dtype: "float64" }), refLabels: ints([0, 1, 2, 5]) }); // prettier-ignore
const x = zeros([4, 3]);
const index = ints([0, 0, 1, 1]);

/** Losses of embeddings: triplets, samples with labels, features of images. */
export const embeddingRows: readonly LossRow[] = [
  {
    file: "triplet-margin-loss",
    fn: f.tripletMarginLoss,
    Layer: nn.TripletMarginLoss,
    names: [],
    options: ["margin", "p", "eps", "swap", "reduction"],
    cases: [
      triplets(norm(2, 1e-6), 1, false, {}),
      triplets(norm(1, 0.01), 2, true, { margin: 2, p: 1, eps: 0.01, swap: true }),
      triplets(norm(3, 1e-6), 0.5, true, { margin: 0.5, p: 3, swap: true }),
    ],
    errors: tripletErrors("tripletMarginLoss", f.tripletMarginLoss),
  },
  {
    file: "triplet-margin-with-distance-loss",
    fn: f.tripletMarginWithDistanceLoss,
    Layer: nn.TripletMarginWithDistanceLoss,
    names: [],
    options: ["distanceFunction", "margin", "swap", "reduction"],
    cases: [
      triplets(norm(2, 1e-6), 1, false, {}),
      triplets(cityOf, 1.5, true, { distanceFunction: city, margin: 1.5, swap: true }),
    ],
    errors: [
      ...tripletErrors("tripletMarginWithDistanceLoss", f.tripletMarginWithDistanceLoss),
      ["distance", () => f.tripletMarginWithDistanceLoss(x, x, x, { distanceFunction: "city" as never }), ValueError, 'tripletMarginWithDistanceLoss: expected distanceFunction to be a function, got city.'],
    ],
  },
  {
    file: "nt-xent-loss",
    fn: f.ntXentLoss,
    Layer: nn.NTXentLoss,
    names: ["ntXent"],
    options: ["temperature", "reduction"],
    cases: [xent(0.07, {}), xent(0.8, { temperature: 0.8 })],
    errors: [
      ["rank", () => f.ntXentLoss(zeros([4]), index), ShapeError, "ntXentLoss: expected embeddings of shape [N, D], got [4]."],
      ["labels", () => f.ntXentLoss(x, ints([0, 1])), ShapeError, "ntXentLoss: expected labels of shape [4], got [2]."],
      ["floats", () => f.ntXentLoss(x, zeros([4])), DTypeError, 'ntXentLoss: expected labels of dtype int32, got float32. Convert them with to("int32").'],
      ["temperature", () => f.ntXentLoss(x, index, { temperature: 0 }), ValueError, "ntXentLoss: expected temperature > 0, got 0."],
    ],
  },
  {
    file: "circle-loss",
    fn: f.circleLoss,
    Layer: nn.CircleLoss,
    names: ["circle"],
    options: ["refEmbeddings", "refLabels", "removeDiagonal", "gamma", "margin", "reduction"],
    cases: [circle({ gamma: 2 }), circle({ gamma: 8, margin: 0.25, removeDiagonal: false }), { ...circle({ gamma: 3, ...others() }), options: () => ({ gamma: 3, ...others() }) }],
    errors: [
      ["labels alone", () => f.circleLoss(x, index, { refLabels: index }), ValueError, "circleLoss: expected refEmbeddings and refLabels, or neither, got refLabels alone."],
      ["embeddings alone", () => new nn.CircleLoss({ refEmbeddings: x }), ValueError, "CircleLoss: expected refEmbeddings and refLabels, or neither, got refEmbeddings alone."],
      ["features", () => f.circleLoss(x, index, { refEmbeddings: zeros([4, 2]), refLabels: index }), ShapeError, "circleLoss: expected refEmbeddings of shape [N, 3], got [4, 2]."],
      ["rank", () => f.circleLoss(zeros([4]), index), ShapeError, "circleLoss: expected input of shape [N, D], got [4]."],
      ["floats", () => f.circleLoss(x, zeros([4])), DTypeError, 'circleLoss: expected target of dtype int32, got float32. Convert them with to("int32").'],
      ["gamma", () => f.circleLoss(x, index, { gamma: 0 }), ValueError, "circleLoss: expected gamma > 0, got 0."],
    ],
  },
  {
    file: "style-loss",
    fn: f.styleLoss,
    Layer: nn.StyleLoss,
    names: ["style"],
    options: ["reduction"],
    cases: [
      {
        inputs: (draw, shape) => [draw(...shape), draw(...shape)],
        naive: ([a, b]) => {
          const [samples = 0, channels = 0] = a!.shape;
          const places = a!.size / samples / channels;
          const gram = (t: Tensor, n: number, i: number, j: number): number => {
            const at = (c: number, q: number): number => t.data[(n * channels + c) * places + q]!;
            return sum(Array.from({ length: places }, (_, q) => at(i, q) * at(j, q))) / channels / places;
          };
          const losses = Array.from({ length: samples }, (_, n) => {
            let total = 0;
            for (let i = 0; i < channels; i++) for (let j = 0; j < channels; j++) total += (gram(a!, n, i, j) - gram(b!, n, i, j)) ** 2;
            return total / 4;
          });
          return { losses };
        },
        shapes: [[3, 2], [2, 3, 4], [2, 2, 3, 2]],
        empty: [0, 3, 4],
        checked: [[2, 2, 3]],
      },
    ],
    errors: [
      ["shape", () => f.styleLoss(x, zeros([3])), ShapeError, "styleLoss: expected a target of shape [4, 3], got [3]."],
      ["rank", () => f.styleLoss(zeros([4]), zeros([4])), ShapeError, "styleLoss: expected input of shape [N, C, ...], got [4]."],
      ["gram", () => f.gramMatrix(zeros([4])), ShapeError, "gramMatrix: expected input of shape [N, C, ...], got [4]."],
    ],
  },
]; // prettier-ignore
