import { Message } from "@tapegrad/io/internal";
import { Sequential } from "@tapegrad/nn";
import { assign, FormatError, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { linear, load } from "../../test/load.ts";
import { attribute, floats, type GraphSketch, ints, type NodeSketch } from "../../test/model-bytes.ts";

describe("what is kept", () => {
  it("are parameters under the names of the file, in the state too", () => {
    const model = load(linear);
    expect(model.namedParameters().map(([name]) => name)).toEqual(["fc.weightQ", "fc.weightq"]);
    expect(Object.keys(model.stateDict())).toEqual(["fc.weightQ", "fc.weightq"]);
    expect(Object.keys(new Sequential(model).stateDict())).toEqual(["0.fc.weightQ", "0.fc.weightq"]);
    expect(model.training).toBe(false);
  });

  it("has names that are harmless", () => {
    const names = ["__proto__", "constructor", "toString", "a.b", ""];
    const nodes = names.map((name, i): NodeSketch => ({ op: "Add", inputs: [i === 0 ? "x" : `h${i}`, name], outputs: [`h${i + 1}`] })); // prettier-ignore
    const known = names.slice(0, 4);
    const model = load({
      nodes: nodes.slice(0, 4),
      outputs: ["h4"],
      initializers: known.map((name, i) => floats(name, [1], [i + 1])),
    });
    expect(model.forward(tensor([0])).toArray()).toEqual([10]);
    expect(Object.keys(model.stateDict())).toEqual(known);
    expect(Object.getPrototypeOf(model.stateDict())).toBeNull();
    model.loadStateDict(JSON.parse(JSON.stringify(model)) as Record<string, Tensor>);
    expect(
      model
        .clone()
        .forward(tensor([0]))
        .toArray(),
    ).toEqual([10]);
  });

  it("are buffers where nothing is to be trained: whole numbers, constants, bounds, statistics", () => {
    const model = load({
      nodes: [
        {
          op: "Constant",
          inputs: [],
          outputs: ["half"],
          attributes: [attribute.tensor("value", floats("", [], [0.5]))],
        },
        { op: "Mul", inputs: ["x", "half"], outputs: ["a"] },
        { op: "Clip", inputs: ["a", "low"], outputs: ["b"] },
        { op: "Reshape", inputs: ["b", "shape"], outputs: ["c"] },
        { op: "Identity", inputs: ["one"], outputs: ["mean"] },
        { op: "BatchNormalization", inputs: ["c", "one", "bias", "mean", "variance"], outputs: ["y"] },
      ],
      initializers: [
        floats("low", [], [0]),
        ints("shape", [2], [-1, 1]),
        floats("one", [1], [1]),
        floats("bias", [1], [0]),
        floats("variance", [1], [4]),
      ],
    });
    expect(model.namedParameters().map(([name]) => name)).toEqual(["one", "bias"]);
    expect(model.namedBuffers().map(([name, { persistent }]) => [name, persistent])).toEqual([
      ["low", false],
      ["shape", false],
      ["variance", true],
      ["half", false],
      ["mean", true],
    ]);
    expect(Object.keys(model.stateDict())).toEqual(["one", "bias", "variance", "mean"]);
    const y = model.forward(tensor([-1, 4]));
    expect(y.shape).toEqual([2, 1]);
    expect(y.data[1]).toBeCloseTo((2 - 1) / 2, 5);
  });

  it("is one for each name of an equal tensor that is written once", () => {
    const model = load({
      nodes: [
        { op: "Identity", inputs: ["a"], outputs: ["b"] },
        { op: "Mul", inputs: ["x", "a"], outputs: ["h"] },
        { op: "Add", inputs: ["h", "b"] },
      ],
      initializers: [floats("a", [1], [3])],
    });
    model
      .forward(tensor([5]))
      .sum()
      .backward();
    expect(model.namedParameters().map(([name, { grad }]) => [name, grad?.item()])).toEqual([["a", 5], ["b", 1]]); // prettier-ignore
    assign(model.parameters()[1]!, tensor([7]));
    expect(model.parameters()[0]!.item()).toBe(3);
  });

  it("lies in other files where these are given", () => {
    const entry = (key: string, value: string): Message => new Message().text(1, key).text(2, value);
    const outside = (offset: string): Message =>
      new Message()
        .wholes(1, [2])
        .whole(2, 1)
        .text(8, "w")
        .message(13, entry("location", "../big.bin"))
        .message(13, entry("offset", offset))
        .message(13, entry("length", "8"))
        .whole(14, 1);
    const graph = (offset: string): GraphSketch => ({
      nodes: [{ op: "Add", inputs: ["x", "w"] }],
      initializers: [outside(offset)],
    });
    const bytes = new Uint8Array(Float32Array.of(0, 1, 2).buffer);
    for (const externalData of [{ "../big.bin": bytes }, new Map([["../big.bin", bytes]])]) {
      expect(
        load(graph("4"), {}, { externalData })
          .forward(tensor([0, 0]))
          .toArray(),
      ).toEqual([1, 2]);
    }
    expect(() => load(graph("4"))).toThrow(
      new FormatError(
        'loadOnnx: expected the data of "w" in the model, got it in "../big.bin" (in graph.initializer[0].external_data). ' +
          'Give the bytes of the file: { externalData: { "../big.bin": bytes } }.',
      ),
    );
    for (const offset of ["8", "13", "-4", "4.5", "1e1", "9".repeat(20)]) {
      expect(() => load(graph(offset), {}, { externalData: { "../big.bin": bytes } })).toThrow(FormatError);
    }
  });
});
