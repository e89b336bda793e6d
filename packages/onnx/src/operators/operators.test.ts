import { manualSeed, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { load } from "../../test/load.ts";
import { attribute, floats, ints, type NodeSketch } from "../../test/model-bytes.ts";
import type { Message } from "@tapegrad/io/internal";

/** What one node makes of a tensor. */
function run(opset: number, node: NodeSketch, x: Tensor, initializers: readonly Message[] = []): Tensor {
  return load({ nodes: [node], initializers }, { opsets: { "": opset } }).forward(x);
}

// What the node tests of version 17 do not have.
describe("operators of other versions", () => {
  it("broadcast from an axis on, before version 7", () => {
    const node: NodeSketch = {
      op: "Add",
      inputs: ["x", "b"],
      attributes: [attribute.int("broadcast", 1), attribute.int("axis", 0)],
    };
    const x = tensor([[0, 0, 0], [0, 0, 0]]); // prettier-ignore
    expect(run(6, node, x, [floats("b", [2], [1, 2])]).toArray()).toEqual([[1, 1, 1], [2, 2, 2]]); // prettier-ignore
  });

  it("concatenate along axis 1 unless told, before version 4", () => {
    expect(run(3, { op: "Concat", inputs: ["x", "x"] }, tensor([[1], [2]])).toArray()).toEqual([[1, 1], [2, 2]]); // prettier-ignore
  });

  it("pad some of the axes, from version 18 on, and around, from 19 on", () => {
    const node: NodeSketch = { op: "Pad", inputs: ["x", "pads", "", "axes"], attributes: [attribute.text("mode", "wrap")] }; // prettier-ignore
    const x = tensor([[1, 2, 3]]);
    expect(run(19, node, x, [ints("pads", [2], [1, 2]), ints("axes", [1], [-1])]).toArray()).toEqual([
      [3, 1, 2, 3, 1, 2],
    ]);
    const plain: NodeSketch = { op: "Pad", inputs: ["x", "pads", "", "axes"] };
    expect(run(18, plain, x, [ints("pads", [2], [1, 0]), ints("axes", [1], [0])]).toArray()).toEqual([[0, 0, 0], [1, 2, 3]]); // prettier-ignore
  });

  it("normalize groups with a factor for each group, before version 21", () => {
    const node: NodeSketch = {
      op: "GroupNormalization",
      inputs: ["x", "scale", "bias"],
      attributes: [attribute.int("num_groups", 2), attribute.float("epsilon", 0)],
    };
    const x = tensor([[[1], [3], [10], [30]]]);
    const [y] = run(18, node, x, [floats("scale", [2], [2, 5]), floats("bias", [2], [0, 100])]).toArray(3);
    expect(y!.flat().map((value) => Math.round(value * 1e4) / 1e4)).toEqual([-2, 2, 95, 105]);
  });

  it("normalize by the Euclidean norm, and leave zeros alone", () => {
    const y = run(17, { op: "LpNormalization" }, tensor([[3, 4], [0, 0]])); // prettier-ignore
    expect(y.toArray(2).map((row) => row.map((value) => Math.round(value * 10) / 10))).toEqual([[0.6, 0.8], [0, 0]]); // prettier-ignore
  });
});

describe("random numbers", () => {
  it.each<[op: string, attributes: readonly Message[], mean: number, std: number]>([
    ["RandomNormal", [attribute.float("mean", 3), attribute.float("scale", 2)], 3, 2],
    ["RandomUniform", [attribute.float("low", -1), attribute.float("high", 5)], 2, 6 / Math.sqrt(12)],
  ])("%s has its mean and spread, alone and like another tensor", (op, attributes, mean, std) => {
    manualSeed(2);
    const shape = attribute.ints("shape", [40, 50]);
    const alone = load({ nodes: [{ op, inputs: [], attributes: [...attributes, shape] }], inputs: [] }).forward();
    const like = run(17, { op: `${op}Like`, attributes }, tensor(new Float32Array(2000)));
    for (const y of [alone, like]) {
      expect(y.size).toBe(2000);
      expect(Math.abs(y.mean().item() - mean)).toBeLessThan(0.15);
      expect(Math.abs(y.std().item() - std)).toBeLessThan(0.1);
    }
    expect(alone.toArray()).not.toEqual(like.reshape(40, 50).toArray());
  });
});
