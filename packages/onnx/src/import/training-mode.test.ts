import { compile } from "@tapegrad/compile";
import { manualSeed, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { load } from "../../test/load.ts";
import { attribute, floats, type GraphSketch } from "../../test/model-bytes.ts";

describe("training mode", () => {
  const dropping: GraphSketch = { nodes: [{ op: "Dropout", inputs: ["x", "rate"] }], initializers: [floats("rate", [], [0.25])] }; // prettier-ignore

  it("drops in training, another part in each call, and equally compiled", () => {
    const model = load(dropping);
    const x = tensor(new Float32Array(400).fill(3));
    expect(model.forward(x).toArray()).toEqual(x.toArray());
    model.train();
    manualSeed(5);
    const first = [1, 2, 3].map(() => model.forward(x).toArray());
    expect(first[0]).not.toEqual(first[1]);
    expect(model.forward(x).eq(0).sum().item() / 400).toBeCloseTo(0.25, 1);
    manualSeed(5);
    const run = compile((y: Tensor) => model.forward(y));
    expect([1, 2, 3].map(() => run(x).toArray())).toEqual(first);
  });

  it("draws from a generator of its own where a node has a seed", () => {
    const graph: GraphSketch = { nodes: [{ op: "Dropout", attributes: [attribute.int("seed", 7)] }] };
    const x = tensor(new Float32Array(50).fill(1));
    const draws = (run: (x: Tensor) => Tensor): unknown[] => [1, 2].map(() => run(x).toArray());
    const [eager, other] = [load(graph).train(), load(graph).train()];
    const drawn = draws((y) => eager.forward(y));
    expect(drawn[0]).not.toEqual(drawn[1]);
    expect(draws(compile((y: Tensor) => other.forward(y)))).toEqual(drawn);
  });
});
