import { gradcheck } from "@tapegrad/autograd";
import { DTypeError, Generator, ones, randn, ShapeError, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { graphNorm, pairNorm, segmentMean, segmentSum } from "../../src/functional.ts";

const segment = tensor([2, 0, 2, 4, 0, 2], { dtype: "int32" });

describe.each([{ shape: [6] }, { shape: [6, 3] }, { shape: [6, 2, 2] }])("segments of $shape", ({ shape }) => {
  const x = randn(shape, { dtype: "float64", generator: new Generator(5) });
  const [, ...rest] = shape;
  const row = rest.reduce((product, extent) => product * extent, 1);

  it("are summed and averaged as in loops; one without slices is 0", () => {
    const sums = new Float64Array(5 * row);
    const counts = new Float64Array(5);
    segment.data.forEach((k, i) => {
      counts[k]! += 1;
      for (let j = 0; j < row; j++) sums[k * row + j]! += x.data[i * row + j]!;
    });
    expect(segmentSum(x, segment, 5).shape).toEqual([5, ...rest]);
    expect([...segmentSum(x, segment, 5).data]).toEqual([...sums]);
    expect([...segmentMean(x, segment, 5).data]).toEqual([...sums].map((sum, i) => sum / Math.max(counts[Math.floor(i / row)]!, 1))); // prettier-ignore
  });

  it("have the gradients of these sums", () => {
    expect(gradcheck((t) => segmentSum(t, segment, 5), [x], { order: 2 }).passed).toBe(true);
    expect(gradcheck((t) => segmentMean(t, segment, 5).square(), [x], { order: 2 }).passed).toBe(true);
  });
});

it("segments of integers are summed as such, and their means floats", () => {
  const x = tensor([1, 2, 4, 7, 8, 9], { dtype: "int32" });
  expect([segmentSum(x, segment, 5).dtype, segmentSum(x, segment, 5).toArray()]).toEqual(["int32", [10, 0, 14, 0, 7]]);
  expect([segmentMean(x, segment, 5).dtype, segmentMean(x.slice([0, 2]), tensor([0, 0], { dtype: "int32" }), 1).item()]).toEqual(["float32", 1.5]); // prettier-ignore
});

it.each([
  [() => segmentSum(ones([6]), tensor([1]), 2), DTypeError, 'segmentSum: expected an int32 segment, got float32. Convert it with to("int32").'],
  [() => segmentSum(ones([5]), segment, 5), ShapeError, "segmentSum: expected segment of shape [5], got [6]."],
  [() => segmentSum(ones([]), segment, 5), ShapeError, "segmentSum: expected input of at least one axis, got shape []."],
  [() => segmentMean(ones([6]), segment, 4), ValueError, "segmentMean: expected segment in [0, 4), got 4."],
  [() => segmentMean(ones([6]), segment, 0), ShapeError, "segmentMean: expected count to be a whole number ≥ 1, got 0."],
] as const)("refuses: %s", (run, type, message) => {
  expect(run).toThrow(type);
  expect(run).toThrow(message);
}); // prettier-ignore

describe("float32 nodes far from 0 keep their digits", () => {
  const near = randn([64, 5], { generator: new Generator(6) });
  const far = near.add(1e4); // what float32 holds of them
  const exact = far.to("float64").sub(1e4);
  const graph = tensor(
    Int32Array.from({ length: 64 }, (_, i) => i % 3),
    { shape: [64] },
  );

  it.each([
    ["PairNorm", (x: typeof near) => pairNorm(x)],
    ["PairNorm of every node", (x: typeof near) => pairNorm(x, { mode: "PN-SI" })],
    ["GraphNorm", (x: typeof near) => graphNorm(x)],
    ["GraphNorm of several graphs", (x: typeof near) => graphNorm(x, { graph })],
    ["GraphNorm of part of the mean", (x: typeof near) => graphNorm(x, { graph, meanScale: ones([5]) })],
  ])("%s", (_, norm) => {
    expect(norm(far).sub(norm(exact)).abs().max().item()).toBeLessThan(1e-6);
  });
});

it("a graph of one node becomes β", () => {
  const bias = tensor([3, 4]);
  expect(graphNorm(tensor([[7, -2]]), { bias }).toArray()).toEqual([[3, 4]]);
  expect(pairNorm(tensor([[7, -2]])).toArray()).toEqual([[0, 0]]);
  expect(graphNorm(zeros([3, 2]), { bias }).toArray()).toEqual([[3, 4], [3, 4], [3, 4]]); // prettier-ignore
});
