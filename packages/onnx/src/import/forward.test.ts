import { compile } from "@tapegrad/compile";
import { Dense, Parameter, Sequential } from "@tapegrad/nn";
import { DTypeError, ShapeError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { linear, load } from "../../test/load.ts";
import { floats, type GraphSketch, modelBytes } from "../../test/model-bytes.ts";
import { loadOnnx } from "./load-onnx.ts";
import { type OnnxModule } from "./onnx-module.ts";

describe("forward", () => {
  const several: GraphSketch = {
    nodes: [{ op: "Sub", inputs: ["a", "b"], outputs: ["c"] }, { op: "Neg", inputs: ["c"], outputs: ["d"] }], // prettier-ignore
    inputs: [{ name: "a", shape: ["n"] }, { name: "b", shape: ["n"] }], // prettier-ignore
    outputs: ["c", "d"],
  };

  it("takes inputs in order or by name, and gives several outputs as an array", () => {
    const model = loadOnnx<Tensor[]>(modelBytes(several));
    const [a, b] = [tensor([5]), tensor([3])];
    expect(model.forward(a, b).map((y) => y.item())).toEqual([2, -2]);
    expect(model.forward({ b, a }).map((y) => y.item())).toEqual([2, -2]);
    const both = compile((x: Tensor, y: Tensor) => model.forward({ a: x, b: y }));
    expect(both(a, b).map((y) => y.item())).toEqual([2, -2]);
  });

  it("says what it takes and gives", () => {
    const model = load(linear);
    expect(model.inputs).toEqual([{ name: "x", dtype: "float32", shape: ["batch", 2] }]);
    expect(model.outputs).toEqual([{ name: "y", dtype: "float32", shape: ["batch", 1] }]);
    expect(String(model)).toBe("OnnxModule(x: float32 [batch, 2] → y: float32 [batch, 1]; Gemm) 3 parameters");
    expect(loadOnnx(modelBytes(several)).details()).toBe("a: float32 [n], b: float32 [n] → c: any dtype, d: any dtype; Sub, Neg"); // prettier-ignore
  });

  it("takes any extent where the file has a name, -1 or nothing", () => {
    const model = load({ nodes: [{ op: "Neg" }], inputs: [{ name: "x", shape: ["n", -1, "", 2] }] });
    expect(model.inputs[0]!.shape).toEqual(["n", undefined, undefined, 2]);
    expect(model.forward(tensor([[[[1, 2]]]])).shape).toEqual([1, 1, 1, 2]);
  });

  it("needs no input that an initializer gives", () => {
    const model = load({ ...linear, inputs: ["x", "fc.weightQ", "fc.weightq"] });
    expect(model.inputs.map(({ name }) => name)).toEqual(["x"]);
    expect(model.forward(tensor([[1, 1]])).item()).toBe(15);
  });

  it.each<[why: string, call: (model: OnnxModule) => unknown, error: Error]>([
    [
      "too many inputs",
      (model) => model.forward(tensor([[1, 2]]), tensor([1])),
      new ValueError("OnnxModule.forward: expected 1 input (x: float32 [batch, 2]), got 2 inputs."),
    ],
    [
      "an unknown name",
      (model) => model.forward({ z: tensor([[1, 2]]) }),
      new ValueError('OnnxModule.forward: expected 1 input (x: float32 [batch, 2]), got "z".'),
    ],
    [
      "a missing name",
      (model) => model.forward({}),
      new ValueError('OnnxModule.forward: expected 1 input (x: float32 [batch, 2]), got no "x".'),
    ],
    [
      "no tensor",
      (model) => model.forward([[1, 2]] as never),
      new ValueError("OnnxModule.forward: expected x to be a tensor, got [[1, 2]]. Make one of it with tensor(...)."),
    ],
    [
      "another shape",
      (model) => model.forward(tensor([[1, 2, 3]])),
      new ShapeError("OnnxModule.forward: expected x: float32 [batch, 2], got shape [1, 3]."),
    ],
    [
      "another dtype",
      (model) => model.forward(tensor([[1, 2]], { dtype: "float64" })),
      new DTypeError('OnnxModule.forward: expected x of dtype float32, got float64. Convert it with to("float32").'),
    ],
  ])("refuses %s", (_, call, error) => {
    expect(() => call(load(linear))).toThrow(error);
  });

  it("computes in float64 after to", () => {
    const model = load(linear).to("float64");
    expect(model.forward(tensor([[1, 1]], { dtype: "float64" })).dtype).toBe("float64");
    expect(() => model.forward(tensor([[1, 1]]))).toThrow(DTypeError);
  });

  it("says in which module and node something is wrong", () => {
    const model = load({
      nodes: [{ op: "MatMul", inputs: ["x", "w"] }],
      initializers: [floats("w", [3, 1], [1, 2, 3])],
    });
    expect(() => new Sequential(model).forward(tensor([[1, 2]]))).toThrow(/^in graph.node\[0\] \(MatMul\): matmul: /);
  });

  it("takes part in larger modules", () => {
    const net = new Sequential(load(linear), new Dense(1, 4));
    expect(net.forward(tensor([[1, 1]])).shape).toEqual([1, 4]);
    expect(net.parameters()).toHaveLength(4);
    expect(net.parameters()[0]).toBeInstanceOf(Parameter);
  });
});
