import { compile } from "@tapegrad/compile";
import { assign, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { load } from "../../test/load.ts";
import { attribute, type GraphSketch, ints } from "../../test/model-bytes.ts";

describe("compiled", () => {
  /** `[n, 4]` as `[n · 2, 2]`, by arithmetic with its shape. */
  const reshaping: GraphSketch = {
    nodes: [
      { op: "Shape", outputs: ["s"] },
      { op: "Gather", inputs: ["s", "zero"], outputs: ["n"] },
      { op: "Mul", inputs: ["n", "two"], outputs: ["rows"] },
      { op: "Unsqueeze", inputs: ["rows", "axes"], outputs: ["r"] },
      { op: "Concat", inputs: ["r", "last"], outputs: ["to"], attributes: [attribute.int("axis", 0)] },
      { op: "Reshape", inputs: ["x", "to"] },
    ],
    initializers: [ints("zero", [], [0]), ints("two", [], [2]), ints("axes", [1], [0]), ints("last", [1], [-1])],
  };

  it("computes shapes while it is traced, for each size of batch", () => {
    const model = load(reshaping);
    const run = compile((x: Tensor) => model.forward(x));
    for (const n of [1, 3]) expect(run(tensor(new Float32Array(4 * n), { shape: [n, 4] })).shape).toEqual([2 * n, 2]);
    expect(run.plan?.kernels).toBeLessThan(2);
  });

  it("refuses a shape that depends on values, by name", () => {
    const inputs = [{ name: "x" }, { name: "to", dtype: 7 }];
    const model = load({ nodes: [{ op: "Reshape", inputs: ["x", "to"] }], inputs });
    const [x, to] = [tensor([1, 2]), tensor([2, 1], { dtype: "int32" })];
    expect(model.forward(x, to).shape).toEqual([2, 1]);
    expect(() => compile((a: Tensor, b: Tensor) => model.forward(a, b))(x, to)).toThrow(
      "compile: expected input 1 of Reshape to follow from constants and shapes, got values that only a run has.",
    );
  });

  it("takes the branch that a shape decides, and goes around a loop as often", () => {
    const branch = (op: string): GraphSketch => ({ nodes: [{ op, outputs: ["z"] }], inputs: [], outputs: ["z"] });
    const body: GraphSketch = {
      nodes: [{ op: "Add", inputs: ["sum", "x"], outputs: ["next"] }, { op: "Identity", inputs: ["go"], outputs: ["still"] }], // prettier-ignore
      inputs: ["i", "go", "sum"],
      outputs: ["still", "next"],
    };
    const model = load({
      nodes: [
        { op: "Size", outputs: ["n"] },
        { op: "Greater", inputs: ["n", "two"], outputs: ["many"] },
        {
          op: "If",
          inputs: ["many"],
          outputs: ["h"],
          attributes: [attribute.graph("then_branch", branch("Neg")), attribute.graph("else_branch", branch("Abs"))],
        },
        { op: "Loop", inputs: ["n", "", "h"], attributes: [attribute.graph("body", body)] },
      ],
      initializers: [ints("two", [], [2])],
    });
    const run = compile((x: Tensor) => model.forward(x));
    for (const values of [
      [-1, 2],
      [1, 2, -3],
    ]) {
      // prettier-ignore
      expect(run(tensor(values)).toArray()).toEqual(model.forward(tensor(values)).toArray());
    }
    expect(run(tensor([1, 2, -3])).toArray()).toEqual([2, 4, -6]);
  });

  it("notices when whole numbers that it depends on are others", () => {
    const nodes = [
      { op: "Neg", inputs: ["negative"], outputs: ["to"] },
      { op: "Reshape", inputs: ["x", "to"] },
    ];
    const model = load({ nodes, initializers: [ints("negative", [2], [-1, 1])] });
    const run = compile((x: Tensor) => model.forward(x));
    expect(run(tensor([1, 2])).shape).toEqual([1, 2]);
    const [negative] = model.buffers();
    assign(negative!, tensor([1, -1], { dtype: "int32" }));
    expect(run(tensor([1, 2])).shape).toEqual([2, 1]);
  });
});
