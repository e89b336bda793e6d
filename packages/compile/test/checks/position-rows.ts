import { functional as f } from "@tapegrad/nn";
import { assignAt, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import type { CheckRow } from "./check-rows.ts";

const ints = (...elements: number[]): Tensor => tensor(elements, { dtype: "int32" });
const rows = tensor([[0.5, 1], [2, 0], [1, -1]]); // prettier-ignore
const edges = ints(0, 1, 2, 1).reshape([2, 2]);

/** What stands at positions: segments, clusters and edges. */
export const positionRows: readonly CheckRow[] = [
  {
    file: "tensor/src/functions/assign-at.ts",
    title: "assignAt",
    fn: (value, at) => {
      const x = zeros([3]);
      assignAt(x, value!.detach(), at!);
      return value!.sum().add(x.max());
    },
    good: [tensor([0.5, 2]), ints(2, 0)],
    bad: [
      [1, ints(1, 1), "assignAt: expected each position once, got one 2 times."],
      [1, ints(2, -1), "assignAt: expected each position once, got one 2 times."],
      [1, ints(0, 3), "assignAt: expected indices in [-3, 3) for axis 0, got 3."],
    ],
  },
  {
    file: "nn/src/segments/segments.ts",
    title: "segmentSum",
    fn: (x, segment) => f.segmentSum(x, segment!, 2),
    good: [rows, ints(1, 0, 1)],
    bad: [
      [1, ints(1, 2, 0), "segmentSum: expected segment in [0, 2), got 2."],
      [1, ints(-1, 0, 0), "segmentSum: expected segment in [0, 2), got -1."],
    ],
  },
  {
    file: "nn/src/segments/edges.ts",
    title: "gcnConv",
    fn: (x, between) => f.gcnConv(x, between!, tensor([[1, -1]])),
    good: [rows, edges],
    bad: [[1, ints(0, 3, 2, 1).reshape([2, 2]), "gcnConv: expected edges between nodes in [0, 3), got 3."]],
  },
  {
    file: "nn/src/segments/segments.ts",
    title: "clusterNorm",
    fn: (x, cluster) => f.clusterNorm(x, cluster!, zeros([2, 2]), zeros([2, 2])),
    good: [rows, ints(1, 0, 1)],
    bad: [[1, ints(1, 2, 0), "clusterNorm: expected cluster in [0, 2), got 2."]],
  },
  {
    file: "nn/src/pooling/max-unpool.ts",
    title: "maxUnpool",
    fn: (x, indices) => f.maxUnpool(x, indices!, [2]),
    good: [rows.slice([0, 2]).unsqueeze(0), ints(1, 2, 0, 3).reshape([1, 2, 2])],
    bad: [
      [1, ints(1, 2, 0, 4).reshape([1, 2, 2]), "maxUnpool: expected indices in [0, 4), got 4."],
      [1, ints(1, -2, 0, 3).reshape([1, 2, 2]), "maxUnpool: expected indices in [0, 4), got -2."],
    ],
  },
  {
    file: "nn/src/pooling/fractional-max-pool.ts",
    title: "fractionalMaxPoolWithIndices",
    fn: (x, samples) => f.fractionalMaxPoolWithIndices(x, [1], { outputSize: 1, samples }).values,
    good: [rows.unsqueeze(0), tensor([[[0.5], [0], [0.25]]])],
    bad: [
      [1, tensor([[[0.5], [1], [0.25]]]), "fractionalMaxPoolWithIndices: expected samples in [0, 1), got 1."],
      [1, tensor([[[0.5], [0], [NaN]]]), "fractionalMaxPoolWithIndices: expected samples in [0, 1), got NaN."],
    ],
  },
  {
    file: "nn/src/embedding/embedding-bag.ts",
    title: "embeddingBag",
    fn: (weight, offsets) => f.embeddingBag(ints(0, 2, 1), weight, { offsets, includeLastOffset: true }),
    good: [rows, ints(0, 1, 3)],
    bad: [
      [1, ints(0, 4, 3), "embeddingBag: expected offsets in [0, 3], got 4."],
      [1, ints(1, 2, 3), "embeddingBag: expected offsets to begin with 0, got 1."],
      [1, ints(0, 3, 1), "embeddingBag: expected offsets in order, got one that is 2 less than the one before."],
      [1, ints(0, 1, 2), "embeddingBag: expected offsets to end with the number of indices 3, got 2."],
    ],
  },
];
