import "@tapegrad/autograd";
import {
  BatchInstanceNorm,
  BatchNorm,
  BatchRenorm,
  ConditionalBatchNorm,
  functional,
  GhostBatchNorm,
  GroupNorm,
  InstanceNorm,
  LayerNorm,
  LocalResponseNorm,
  type Module,
  PairNorm,
  Parameter,
  PowerNorm,
  RecurrentBatchNorm,
  TransNorm,
} from "@tapegrad/nn";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import type { PlannedKernel } from "../src/wasm/planned-kernel.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

const generator = new Generator(4);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { generator });
const matrix = [128, 1024];
const images = [32, 64, 8, 8];

const layer =
  (module: Module<[x: Tensor]>) =>
  (x: Tensor): Tensor =>
    module.forward(x);

/** The kernels of forward and backward. */
function plannedOf(forward: (x: Tensor) => Tensor, shape: readonly number[]): readonly PlannedKernel[] {
  const x = new Parameter(draw(...shape));
  const cotangent = draw(...shape);
  const step = compile(
    () => {
      x.grad = undefined;
      const y = forward(x);
      y.backward(cotangent);
      return y;
    },
    { threads: 1 },
  );
  step();
  return wasmExecutableOf(step)!.memory.kernels;
}

/** What reads or writes as much as an input: the passes over memory, that is, which cost the time. */
function kernelsOf(forward: (x: Tensor) => Tensor, shape: readonly number[]): string[] {
  const size = sizeOf(shape);
  return plannedOf(forward, shape).flatMap((kernel): string[] => {
    if (kernel.kind === "matmul") return ["matmul"];
    if (kernel.kind === "routine") {
      const { name, outputs } = kernel.kernel.operation;
      return outputs.some(({ shape: made }) => sizeOf(made) >= size / 8) ? [name] : [];
    }
    const { stream, passes, kernel: loops } = kernel.pattern.plan;
    const extents = loops.extents.map((extent, axis) => (loops.reduced[axis] === true ? `|${extent}|` : extent));
    const isLarge = sizeOf(loops.extents) >= size / 8;
    return isLarge ? [`${extents.join(" ")}${stream === undefined ? "" : " streamed"}, ${passes.length} passes`] : [];
  });
}

const conditioned = new ConditionalBatchNorm(1024, 8);
const condition = draw(128, 8);

const rows: readonly (readonly [
  name: string,
  forward: (x: Tensor) => Tensor,
  shape: readonly number[],
  kernels: readonly string[],
])[] = [
  ["LayerNorm", layer(new LayerNorm(1024)), matrix, ["128 |1024|, 4 passes"]],
  ["BatchNorm of columns", layer(new BatchNorm(1024)), matrix, ["|128| 1024 streamed, 4 passes"]],
  ["BatchNorm of images", layer(new BatchNorm(64)), images, ["|32| 64 |64| streamed, 4 passes"]],
  ["BatchRenorm", layer(new BatchRenorm(1024)), matrix, ["|128| 1024 streamed, 4 passes"]],
  ["GroupNorm", layer(new GroupNorm(8, 64)), images, ["32 8 |8| |64|, 3 passes", "|32| 64 |64| streamed, 1 passes", "|32| 64 |64| streamed, 1 passes", "32 8 |8| |64|, 2 passes"]],
  ["InstanceNorm", layer(new InstanceNorm(64)), images, ["2048 |64|, 4 passes"]],
  ["PowerNorm", layer(new PowerNorm(1024)), matrix, ["128 |1024|, 2 passes", "|128| 1024 streamed, 1 passes", "128 |1024|, 2 passes"]],
  ["TransNorm of columns", layer(new TransNorm(1024)), matrix, ["2 |64| 1024 streamed, 2 passes", "2 |64| 1024 streamed, 2 passes"]],
  ["TransNorm of images", layer(new TransNorm(64)), images, ["2 |16| 64 |64| streamed, 2 passes", "2 |16| 64 |64| streamed, 2 passes"]],
  // What is reshaped runs in the loops of what it was before.
  ["RecurrentBatchNorm", layer(new RecurrentBatchNorm(1024, 4)), [4, 32, 1024], ["4 |32| 1024 streamed, 4 passes"]],
  // Its parts are computed where they are put together, and no gradient is padded.
  // Each part has kernels of its own: it stays near from pass to pass, and others would take its place in the cache.
  ["GhostBatchNorm of images", layer(new GhostBatchNorm(64, 16)), images, ["|16| 64 |64| streamed, 3 passes", "|16| 64 |64| streamed, 2 passes", "|16| 64 |64| streamed, 3 passes", "32 64 64, 0 passes", "|32| 64 |64| streamed, 1 passes", "|16| 64 |64| streamed, 2 passes"]],
  ["GhostBatchNorm of columns", layer(new GhostBatchNorm(1024, 64)), matrix, ["|64| 1024 streamed, 3 passes", "|64| 1024 streamed, 2 passes", "|64| 1024 streamed, 3 passes", "128 1024, 0 passes", "|128| 1024 streamed, 1 passes", "|64| 1024 streamed, 2 passes"]],
  // Parts that are small share kernels, and are copied.
  ["GhostBatchNorm of few features", layer(new GhostBatchNorm(16, 4)), [16, 16, 8, 8], ["|4| 16 |64|, 3 passes", "concat", "16 16 64, 0 passes", "|16| 16 |64|, 1 passes", "|4| 16 |64|, 2 passes", "concat"]],
  ["ConditionalBatchNorm", (x) => conditioned.forward(x, condition), matrix, ["matmul", "|128| 1024 streamed, 4 passes", "concat", "|128| 2048 streamed, 1 passes", "matmul"]],
  // Its windows of squares are summed from both sides, and its powers are roots.
  ["LocalResponseNorm", layer(new LocalResponseNorm(5)), images, ["131072, 0 passes", "pad", "32 4096 |5|, 1 passes", "131072, 0 passes", "pad", "32 4352 |5|, 1 passes", "32 4096, 0 passes"]],
]; // prettier-ignore

describe("kernels of norms over whole inputs, forward and backward", () => {
  it.each(rows)("%s", (_, forward, shape, kernels) => {
    expect(kernelsOf(forward, shape)).toEqual(kernels);
  });
});

describe("reductions of a standardization, forward and backward", () => {
  it.each([32, 64])("of groups of %i: three for the statistics and two for the gradient", (count) => {
    const kernels = plannedOf((x) => functional.layerNorm(x, count), [256, count]);
    const reductions = kernels.flatMap((kernel) =>
      kernel.kind === "loop" ? kernel.kernel.nodes.filter(({ kind }) => kind === "reduce") : [],
    );
    expect(reductions).toHaveLength(5);
  });
});

describe("what passes keep for each other", () => {
  it.each([
    ["exponentials, and quotients where there are few of them", 4, ["div", "exp"]],
    ["exponentials", 32, ["exp"]],
  ] as const)("%s: %i", (_, count, kept) => {
    const by = draw(count, 1024).square().add(1);
    const kernels = plannedOf((x) => x.div(by).sub(0.5).logSoftmax({ axis: 0 }), [count, 1024]);
    const spills = kernels.flatMap((kernel) => (kernel.kind === "loop" ? [...kernel.pattern.plan.spills.keys()] : []));
    expect(spills.flatMap((node) => (node.kind === "apply" ? [node.name] : [])).slice(0, kept.length)).toEqual(kept);
  });
});

describe("what norms write that is as large as their inputs: nothing that follows from something else at hand", () => {
  it.each([
    // Neither what is centred nor the negative of its gradient, which the mean's gradient sums.
    ["PairNorm", layer(new PairNorm()), matrix, ["float32", "float32"]],
    // Not what the batch's statistics say of the input, which its kernels make again of the input and those statistics.
    ["BatchInstanceNorm", layer(new BatchInstanceNorm(64)), images, ["float32", "float32"]],
  ] as const)("%s", (_, forward, shape, dtypes) => {
    const written = plannedOf(forward, shape).flatMap((kernel) =>
      kernel.kind === "loop" ? kernel.kernel.stores.filter(({ to }) => sizeOf(to.shape) === sizeOf(shape)) : [],
    );
    expect(written.map(({ to }) => to.dtype).sort()).toEqual(dtypes);
  });
});
