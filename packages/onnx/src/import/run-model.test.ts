import { malformed, Message } from "@tapegrad/io/internal";
import { FormatError, ShapeError, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  attribute,
  floats,
  type GraphSketch,
  modelBytes,
  type ModelSketch,
  type NodeSketch,
} from "../../test/model-bytes.ts";
import { type Model, readModel } from "../model/read-model.ts";
import { runModel } from "./run-model.ts";

const model = (graph: GraphSketch, sketch?: ModelSketch): Model => readModel("a.onnx", modelBytes(graph, sketch));
const modelOf = (...nodes: NodeSketch[]): Model => model({ nodes });
const run = (of: Model, x: Tensor = tensor([1, -2])): unknown => runModel(of, [x])[0]?.toArray();

describe("runModel", () => {
  it("runs nodes in order, and leaves out what is named by nothing", () => {
    const relu = { op: "Relu", outputs: ["h"] };
    expect(run(modelOf(relu, { op: "Add", inputs: ["h", "x"] }))).toEqual([2, -2]);
    const clip = { op: "Clip", inputs: ["x", "", "x"] };
    expect(run(modelOf(clip))).toEqual([1, -2]);
  });

  it("takes defaults from initializers", () => {
    const nodes = [{ op: "Mul", inputs: ["x", "w"] }];
    expect(run(model({ nodes, inputs: ["x", "w"], initializers: [floats("w", [1], [5])] }))).toEqual([5, -10]);
  });

  it("runs a subgraph, which sees the names around it", () => {
    const branch = (op: string): GraphSketch => ({ nodes: [{ op, outputs: ["z"] }], inputs: [], outputs: ["z"] });
    const choice = (given: string): NodeSketch => ({
      op: "If",
      inputs: [given],
      attributes: [attribute.graph("then_branch", branch("Neg")), attribute.graph("else_branch", branch("Abs"))],
    });
    const flag = { op: "Equal", inputs: ["x", "x"], outputs: ["same"] };
    expect(runModel(modelOf(flag, choice("same")), [tensor([3])])[0]?.toArray()).toEqual([-3]);
    const not = { op: "Not", inputs: ["same"], outputs: ["other"] };
    expect(runModel(modelOf(flag, not, choice("other")), [tensor([-3])])[0]?.toArray()).toEqual([3]);
  });

  it("carries gradients", () => {
    const x = tensor([3, -4], { requiresGrad: true });
    const [y] = runModel(modelOf({ op: "Mul", inputs: ["x", "x"] }), [x]);
    y?.backward(tensor([1, 2]));
    expect(x.grad?.toArray()).toEqual([6, -16]);
  });
});

describe("a model is refused", () => {
  it.each<[why: string, read: () => unknown, field: string, problem: string, hint?: string]>([
    [
      "without a graph",
      () => readModel("a.onnx", new Message().whole(1, 8).message(8, new Message().whole(2, 17)).bytes),
      "graph",
      "expected a graph, got none",
    ],
    ["without versions", () => model({ nodes: [] }, { opsets: {} }), "opset_import", "expected at least one, got none"],
    [
      "with functions",
      () => model({ nodes: [] }, { more: new Message().message(25, new Message().text(1, "f")) }),
      "functions",
      "expected none, got 1",
      "Inline them before: onnx.inliner.inline_local_functions(model).",
    ],
    [
      "that reads an unknown name",
      () => modelOf({ op: "Add", inputs: ["x", "w"] }),
      "graph.node[0].input[1]",
      'expected a known name, got "w"',
    ],
    [
      "that gives a name twice",
      () => modelOf({ op: "Abs" }, { op: "Neg" }),
      "graph.node[1].output[0]",
      'expected a new name, got "y" again',
    ],
    [
      "that gives an unknown name",
      () => modelOf({ op: "Abs", outputs: ["z"] }),
      "graph.output[0].name",
      'expected a known name, got "y"',
    ],
    [
      "with an unknown operator",
      () => run(modelOf({ op: "Frobnicate" })),
      "graph.node[0].op_type",
      'expected a known operator, got "Frobnicate"',
    ],
    [
      "with an operator that Object has",
      () => run(modelOf({ op: "toString" })),
      "graph.node[0].op_type",
      'expected a known operator, got "toString"',
    ],
    [
      "with an unknown domain",
      () => run(modelOf({ op: "Abs", domain: "com.acme" })),
      "graph.node[0].domain",
      'expected an imported domain, got "com.acme"',
    ],
    [
      "with a cast to an unknown dtype",
      () => run(modelOf({ op: "Cast", attributes: [attribute.int("to", 77)] })),
      "graph.node[0].attribute.to",
      "expected a dtype among FLOAT, UINT8, INT8, UINT16, INT16, INT32, INT64, BOOL, FLOAT16, DOUBLE, UINT32, UINT64, BFLOAT16, got number 77",
    ],
    [
      "with a cast to 16 bits",
      () => run(modelOf({ op: "Cast", attributes: [attribute.int("to", 10)] })),
      "graph.node[0].attribute.to",
      "expected a dtype that is computed in, got FLOAT16",
    ],
    [
      "with a cast out of range",
      () => run(modelOf({ op: "Cast", attributes: [attribute.int("to", 2)] })),
      "graph.node[0].attribute.to",
      "expected values of UINT8, got -2",
    ],
    [
      "with an attribute of another type",
      () => run(modelOf({ op: "Softmax", attributes: [attribute.float("axis", 1)] })),
      "graph.node[0].attribute.axis",
      "Softmax: expected type 2, got 1",
    ],
    [
      "without an attribute",
      () => run(modelOf({ op: "Concat" })),
      "graph.node[0].attribute",
      "Concat: expected axis, got none",
    ],
    [
      "without an input",
      () => run(modelOf({ op: "Add" })),
      "graph.node[0].input[1]",
      "Add: expected a tensor, got none",
    ],
    [
      "that asks for too much",
      () => run(modelOf({ op: "HannWindow" }), tensor(2 ** 30, { dtype: "int32" })),
      "graph.node[0].input[0]",
      `HannWindow: expected extents of at most ${2 ** 27} elements, got [${2 ** 30}]`,
    ],
  ])("%s", (_, read, field, problem, hint) => {
    expect(read).toThrow(malformed("a.onnx", field, problem, hint).message);
    expect(read).toThrow(FormatError);
  });

  it("that one of our functions refuses, whose error learns the node", () => {
    const node = { op: "Squeeze", name: "narrow", attributes: [attribute.ints("axes", [0])] };
    expect(() => run(modelOf(node))).toThrow(
      new ShapeError('in graph.node[0] (Squeeze "narrow"): squeeze: expected extent 1 at axis 0, got shape [2].'),
    );
  });

  it("whose loops in loops do not end", () => {
    const around = (level: number, inner: NodeSketch): NodeSketch => {
      const body: GraphSketch = { nodes: [inner], inputs: [`i${level}`, `go${level}`, `h${level}`], outputs: [`go${level}`, `n${level}`] }; // prettier-ignore
      const outputs = [level === 0 ? "y" : `n${level - 1}`];
      return { op: "Loop", inputs: ["trips", "", "x"], outputs, attributes: [attribute.graph("body", body)] };
    };
    const loops = around(0, around(1, { op: "Neg", outputs: ["n1"] }));
    const trips = new Message().whole(2, 7).wholes(7, [9999]).text(8, "trips");
    const nested = model({ nodes: [loops], initializers: [trips] });
    expect(() => runModel(nested, [tensor([1])], { nodes: 1000 })).toThrow(
      "expected an end, got more nodes than a run may have",
    );
  });

  it("that is run without an input", () => {
    expect(() => runModel(modelOf({ op: "Abs" }), [])).toThrow(
      malformed("a.onnx", "graph.input[0]", "expected a value for x, got none"),
    );
  });
});
