import { type DType, Tensor } from "@tapegrad/tensor";
import { NullTracer, type PrimitiveName, type Spec, symbolicTensor, withTracer } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import * as f from "../../src/functional.ts";

const symbolic = (shape: readonly number[], dtype: DType = "float32"): Tensor => symbolicTensor({ shape, dtype });

class NameTracer extends NullTracer {
  readonly names: PrimitiveName[] = [];
  override record(
    name: PrimitiveName,
    _inputs: readonly Tensor[],
    _attrs: unknown,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    this.names.push(name);
    return outputs.map(symbolicTensor);
  }
}

const x = symbolic([4, 3]);
const y = symbolic([4, 3]);
const t = symbolic([4], "int32");

describe("losses without values", () => {
  it.each<[string, () => Tensor]>([
    ["crossEntropy", () => f.crossEntropy(x, t, { weight: symbolic([3]), labelSmoothing: 0.1 })],
    ["crossEntropy of probabilities", () => f.crossEntropy(x, y)],
    ["nllLoss", () => f.nllLoss(x, t)],
    ["binaryCrossEntropy", () => f.binaryCrossEntropy(x, y)],
    ["binaryCrossEntropyWithLogits", () => f.binaryCrossEntropyWithLogits(x, y)],
    ["mseLoss", () => f.mseLoss(x, y)],
    ["l1Loss", () => f.l1Loss(x, y)],
    ["huberLoss", () => f.huberLoss(x, y)],
    ["smoothL1Loss", () => f.smoothL1Loss(x, y)],
    ["klDivLoss", () => f.klDivLoss(x, y, { reduction: "batchmean" })],
    ["hingeEmbeddingLoss", () => f.hingeEmbeddingLoss(x, y)],
    ["marginRankingLoss", () => f.marginRankingLoss(x, y, y)],
    ["cosineEmbeddingLoss", () => f.cosineEmbeddingLoss(x, y, symbolic([4]))],
    ["poissonNllLoss", () => f.poissonNllLoss(x, y, { full: true })],
    ["gaussianNllLoss", () => f.gaussianNllLoss(x, y, symbolic([4, 1]))],
  ])("%s reads none", (_name, call) => {
    const tracer = new NameTracer();
    const loss = withTracer(tracer, call);
    expect(loss.shape).toEqual([]);
    expect(loss.storage.data).toBeUndefined();
    expect(tracer.names).toContain("sum");
  });

  it("skips the work for ignored targets only where it sees that there are none", () => {
    const count = (target: Tensor): number => {
      const tracer = new NameTracer();
      withTracer(tracer, () => f.crossEntropy(x, target));
      return tracer.names.length;
    };
    const concrete = new Tensor({ dtype: "int32", data: new Int32Array(4), version: 0 }, [4]);
    expect(count(concrete)).toBeLessThan(count(t));
  });
});
