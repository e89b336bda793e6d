import { Message } from "@tapegrad/io/internal";
import { FormatError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { linear, load } from "../../test/load.ts";
import { floats, modelBytes, type NodeSketch } from "../../test/model-bytes.ts";
import { loadOnnx } from "./load-onnx.ts";

describe("a model is refused", () => {
  it("with all operators that are not implemented at once", () => {
    const nodes: NodeSketch[] = [
      { op: "NonMaxSuppression", outputs: ["a"] },
      { op: "Gelu", outputs: ["b"] },
      { op: "Frob", domain: "com.acme", outputs: ["c"] },
      { op: "Frob", domain: "com.acme", outputs: ["d"] },
      { op: "toString", domain: "ai.onnx", outputs: ["e"] },
      { op: "Lost", domain: "org.lost" },
    ];
    expect(() => load({ nodes }, { opsets: { "": 17, "com.acme": 3 } })).toThrow(
      new FormatError(
        "loadOnnx: expected operators that are implemented, got Gelu (opset 17, implemented are 20 to 27), " +
          "NonMaxSuppression (opset 17), com.acme.Frob (opset 3) in 2 nodes, org.lost.Lost (opset of the domain not told), " +
          "toString (opset 17).",
      ),
    );
    expect(() => load({ nodes: [{ op: "Relu" }] }, { opsets: { "": 99 } })).toThrow("Relu (opset 99, implemented are 1 to 27)"); // prettier-ignore
  });

  it.each<[why: string, read: () => unknown, problem: string]>([
    [
      "of an old format",
      () => load(linear, { irVersion: 2 }),
      "expected version 3 to 13 of the format, got 2 (in ir_version)",
    ],
    ["of a format to come", () => load(linear, { irVersion: 14 }), "expected version 3 to 13 of the format, got 14"],
    ["that is too large", () => load(linear, {}, { maxBytes: 20 }), "expected at most 20 bytes, got"],
    ["that takes itself", () => load({ nodes: [{ op: "Add", inputs: ["x", "y"] }] }), 'expected a known name, got "y"'],
    [
      "whose nodes take each other",
      () => load({ nodes: [{ op: "Neg", inputs: ["b"], outputs: ["a"] }, { op: "Neg", inputs: ["a"], outputs: ["b"] }], outputs: ["b"] }), // prettier-ignore
      'expected a known name, got "b" (in graph.node[0].input[0])',
    ],
    [
      "with two initializers of one name",
      () => load({ ...linear, initializers: [...linear.initializers!, floats("fc.weightq", [1], [1])] }),
      'expected a new name, got "fc.weightq" again (in graph.initializer[2].name)',
    ],
    [
      "with sparse tensors",
      () => loadOnnx(new Message().whole(1, 8).message(7, new Message().text(2, "g").message(15, new Message().wholes(3, [1]))).message(8, new Message().whole(2, 17)).bytes), // prettier-ignore
      "expected none, got 1 (in graph.sparse_initializer)",
    ],
    ["with inputs of text", () => load({ nodes: [{ op: "Neg" }], inputs: [{ name: "x", dtype: 8 }] }), "got STRING"],
    ["that are no bytes", () => loadOnnx("model.onnx" as never), 'expected bytes to be a Uint8Array, got "model.onnx"'],
    [
      "with other files",
      () => load(linear, {}, { externalData: { a: 1 } as never }),
      "externalData to be a Map or an object",
    ],
  ])("%s", (_, read, problem) => {
    expect(read).toThrow(`loadOnnx: ${problem.startsWith("expected") ? problem : ""}`);
    expect(read).toThrow(problem);
  });

  it("that is cut off anywhere", () => {
    const bytes = modelBytes(linear);
    for (let size = 0; size < bytes.length; size++) {
      expect(() => loadOnnx(bytes.subarray(0, size)), `${size} of ${bytes.length} bytes`).toThrow(FormatError);
    }
  });
});
