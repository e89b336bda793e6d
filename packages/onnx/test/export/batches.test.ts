import { functional } from "@tapegrad/nn";
import { cat, ones, randint, randn, sort, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { errorOf } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { exportOnnx, loadOnnx } from "../../src/index.ts";
import { expectSameOutputs } from "./expect-same-outputs.ts";
import { loadIntoRuntime } from "./onnx-runtime.ts";

const x = randn([4, 6]);
const [shared, other] = [randn([6]), randn([6])];
const hint = "Pass dynamicBatch: false to export it for the batch of the inputs.";
const expected = "ValueError: exportOnnx: expected a model of batches of any size, got";

/** What says the batch elsewhere than in the shapes of its inputs, and the first extent of what it gives. */
const rows: readonly (readonly [string, (x: Tensor) => Tensor, number | string])[] = [
  ["a number of it", (t) => t.mul(t.shape[0]!), "batch"],
  [
    "a number of it, whole",
    (t) =>
      t
        .gt(0)
        .sum({ axis: 1 })
        .add(3 * t.shape[0]! - 1),
    "batch",
  ],
  ["a mean by hand", (t) => t.sum({ axis: 0, keepDims: true }).div(t.shape[0]!), 1],
  ["a factor that is 1/n", (t) => t.sum({ axis: 0, keepDims: true }).mul(1 / (t.shape[0]! - 1)), 1],
  ["a deviation over it", (t) => t.std({ axis: 0, keepDims: true }), 1],
  ["zeros of its shape", (t) => zeros([t.shape[0]!, 3]).add(t.slice([], [0, 3])), "batch"],
  ["ones beside it", (t) => cat([ones([t.shape[0]!, 1]), t], 1), "batch"],
  [
    "all pairs",
    (t) =>
      t
        .unsqueeze(0)
        .broadcastTo([t.shape[0]!, ...t.shape])
        .reshape(t.shape[0]!, -1, 2),
    "batch",
  ],
  ["more of it", (t) => cat([t, t.mul(2), t.slice([1, 3])]), "2*batch+2"],
  ["all but the first", (t) => t.slice([1, undefined]), "batch-1"],
  ["every second feature, backwards", (t) => t.flip(1).slice([], [0, undefined, 2]), "batch"],
  ["it backwards", (t) => t.flip(0), "batch"],
  ["it in order", (t) => sort(t, { axis: 0 }).indices, "batch"],
  ["zeros around it", (t) => t.pad([[1, 2], [0, 0]]), "batch+3"], // prettier-ignore
  ["it in pairs of halves", (t) => t.reshape(-1, 3), "2*batch"],
  ["it upside down", (t) => t.transpose(0, 1).softmax(), 6],
  ["statistics of it", (t) => functional.batchNorm(t), "batch"],
  ["the largest of each", (t) => t.max({ axis: 0, keepDims: true }), 1],
];

/** What no operator says for batches of any size, and what is told of it. */
const refusals: readonly (readonly [string, (x: Tensor) => unknown, string])[] = [
  [
    "a constant that grows in another way",
    (t) => t.mul(Math.sqrt(t.shape[0]!)),
    `${expected} a constant of shape [] in mul of shape [batch, 6] that is another for each. ${hint}`,
  ],
  [
    "different elements for each sample",
    (t) => t.add(tensor(Array.from({ length: t.shape[0]! }, (_, i) => i)).unsqueeze(1)),
    `${expected} a constant of shape [batch, 1] in add of shape [batch, 6] that is another for each. ${hint}`,
  ],
  [
    "an extent that grows in another way",
    (t) => t.matmul(t.transpose(0, 1)).reshape(-1),
    `${expected} extents of reshape that are 784, 1936, 2704 for batches of 28, 44, 52. ${hint}`,
  ],
  [
    "a loop over samples",
    (t) => Array.from({ length: t.shape[0]! }, (_, i) => t.slice(i)).reduce((sum, row) => sum.add(row)),
    `${expected} reshape of shape [6] for some of them, and other operations for others. ${hint}`,
  ],
  [
    "a choice by their number",
    (t) => (t.shape[0]! % 3 === 1 ? t.exp() : t.sin()),
    `${expected} exp of shape [batch, 6] for some of them, and other operations for others. ${hint}`,
  ],
  [
    "a choice of operands by their number",
    (t) => t.add(t.shape[0]! % 3 === 1 ? t : shared),
    `${expected} an input in more places for some of them. ${hint}`,
  ],
  [
    "a choice of captured tensors by their number",
    (t) => t.add(t.shape[0]! % 3 === 1 ? shared : other),
    `${expected} a tensor of shape [6] for some of them, and other tensors for others. ${hint}`,
  ],
  [
    "one number of samples",
    (t) => t.add(zeros([4, 6])),
    `${expected} one that refuses 28 samples: add: expected shapes that broadcast, got [28, 6] and [4, 6], which disagree at axis -2. ${hint}`,
  ],
  [
    "windows along them",
    (t) => functional.avgPool1d(t.transpose(0, 1), 2, { stride: 1 }),
    `${expected} windows along an axis that grows with it. ${hint}`,
  ],
];

describe("batches of any size", () => {
  it.each(rows)("are exported where a function says %s", async (_what, f, first) => {
    const bytes = exportOnnx(f, [x]);
    const { run, release } = await loadIntoRuntime(bytes);
    for (const size of [4, 2, 5]) {
      const batch = randn([size, 6]);
      expectSameOutputs(await run([batch]), [f(batch)]);
    }
    await release();
    expect(loadOnnx(bytes).outputs[0]!.shape![0]).toBe(first);
  });

  it.each(refusals)("are refused for %s", (_what, f, message) => {
    expect(errorOf(() => exportOnnx(f, [x]))).toBe(message);
    expect(exportOnnx(f, [x], { dynamicBatch: false }).length).toBeGreaterThan(0);
  });

  it("are those of all inputs that begin with the extent of the first", async () => {
    const weight = randn([6, 6]);
    const f = (a: Tensor, index: Tensor, b: Tensor): Tensor => a.matmul(b).add(index.unsqueeze(1));
    const bytes = exportOnnx(f, [x, randint(0, 3, [4]), weight]);
    expect(loadOnnx(bytes).inputs.map(({ shape }) => shape)).toEqual([["batch", 6], ["batch"], [6, 6]]);
    const { run, release } = await loadIntoRuntime(bytes);
    const inputs = [randn([7, 6]), randint(0, 3, [7]), weight] as const;
    expectSameOutputs(await run(inputs), [f(...inputs)]);
    await release();
  });

  it("are none of inputs without axes, or where it is not asked for", () => {
    const shapes = (bytes: Uint8Array): unknown => loadOnnx(bytes).inputs.map(({ shape }) => shape);
    expect(shapes(exportOnnx((t: Tensor) => t.exp(), [tensor(2)]))).toEqual([[]]);
    expect(shapes(exportOnnx((t: Tensor) => t.exp(), [x], { dynamicBatch: false }))).toEqual([[4, 6]]);
  });
});
