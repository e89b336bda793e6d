import { grad } from "@tapegrad/autograd";
import { BatchNorm, functional, InstanceNorm } from "@tapegrad/nn";
import { Generator, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { drawMask } from "../../nn/test/norms/masked-norm-cases.ts";
import { numbers, relativeError } from "../../nn/test/norms/norm-case.ts";
import { compile } from "../src/index.ts";

const { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } = functional;
const draw = (shape: readonly number[], seed: number): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });
const nothing = zeros([4, 5]).eq(1);
const masks = [drawMask([4, 5]), drawMask([4, 5], [0, 1, 2, 3, 4], 145), nothing];

const norms: Readonly<Record<string, (x: Tensor, mask: Tensor) => Tensor>> = {
  batchNorm: (x, mask) => batchNorm(x, { mask }),
  "batchNorm, channels last": (x, mask) => batchNorm(x.permute([0, 2, 1]), { mask, axis: -1 }),
  instanceNorm: (x, mask) => instanceNorm(x, { mask }),
  groupNorm: (x, mask) => groupNorm(x, 3, { mask }),
  layerNorm: (x, mask) => layerNorm(x, [6, 5], { mask: mask.unsqueeze(1) }),
  "layerNorm by the deviation": (x, mask) => layerNorm(x, 5, { mask: mask.unsqueeze(1), rmsScaling: true }),
  rmsNorm: (x, mask) => rmsNorm(x, 5, { mask: mask.unsqueeze(1) }),
};

describe("compiled norms with a mask that changes between calls", () => {
  it.each(Object.entries(norms))("%s", (_, norm) => {
    const run = (x: Tensor, mask: Tensor, cotangent: Tensor): Tensor[] => {
      const leaf = x.detach().requiresGrad_();
      const y = norm(leaf, mask);
      return [y, grad(y, [leaf], { cotangent: cotangent.reshape(y.shape) })[0]!];
    };
    const compiled = compile(run);
    const [x, cotangent] = [draw([4, 6, 5], 141).add(100), draw([4, 6, 5], 142)];
    for (const [dtype, limit] of [["float64", 1e-12], ["float32", 3e-7]] as const) {
      for (const mask of masks) {
        const [at, g] = [x.to(dtype), cotangent.to(dtype)];
        const want = run(at.to("float64"), mask, g.to("float64"));
        compiled(at, mask, g).forEach((t, i) => expect(relativeError(t.data, numbers(want[i]!), 1)).toBeLessThan(limit));
      }
    }
  }); // prettier-ignore

  it.each([
    ["BatchNorm", () => new BatchNorm(6, { dtype: "float64" })],
    ["BatchNorm of the average of all batches", () => new BatchNorm(6, { momentum: null, dtype: "float64" })],
    ["InstanceNorm", () => new InstanceNorm(6, { trackRunningStats: true, dtype: "float64" })],
  ])("have the running statistics of eager ones, in training and evaluation: %s", (_, make) => {
    const [eager, other] = [make(), make()];
    const compiled = compile((x: Tensor, mask: Tensor) => other.forward(x, mask));
    const x = draw([4, 6, 5], 143).add(3);
    for (const training of [true, false, true]) {
      for (const mask of masks) {
        eager.train(training);
        other.train(training);
        expect(relativeError(compiled(x, mask).data, numbers(eager.forward(x, mask)), 1)).toBeLessThan(1e-12);
        const buffers = other.buffers();
        eager.buffers().forEach((t, i) => expect(relativeError(buffers[i]!.data, numbers(t), 1)).toBeLessThan(1e-12));
      }
    }
  });
});
