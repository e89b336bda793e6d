import { DTypeError, FormatError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { parseFamily, readFamily, toTensor } from "./format.ts";
import { settings } from "./settings.ts";

const scalar = { shape: [], dtype: "float64", data: [1] };
const family = (fields: object): object => ({ family: "norms", cases: [{ name: "a", op: "relu", config: {}, ...fields }] }); // prettier-ignore

describe("fixtures that are not what they should be", () => {
  it.each<readonly [unknown, string]>([
    [null, "f.json: expected an object, got null."],
    [[], "f.json: expected an object, got an array of 0."],
    [{ cases: [] }, "f.json: expected a string at family, got nothing."],
    [{ family: "norms" }, "f.json: expected an array at cases, got nothing."],
    [family({ name: 3 }), "f.json: expected a string at cases[0].name, got 3."],
    [family({ op: null }), "f.json: expected a string at cases[0].op, got null."],
    [family({ config: [] }), "f.json: expected an object at cases[0].config, got an array of 0."],
    [family({ train: "yes" }), 'f.json: expected true or false at cases[0].train, got "yes".'],
    [family({ inputs: { x: 1 } }), "f.json: expected a tensor at cases[0].inputs.x, got 1."],
    [family({ inputs: { x: { ...scalar, shape: [-1] } } }), "f.json: expected a whole extent of at least 0 at cases[0].inputs.x.shape[0], got -1."],
    [family({ inputs: { x: { ...scalar, shape: [1e300, 1e300] } } }), "f.json: expected a whole extent of at least 0 at cases[0].inputs.x.shape[0], got 1e+300."],
    [family({ inputs: { x: { ...scalar, shape: [2 ** 40, 2 ** 40] } } }), "f.json: expected 1.2089258196146292e+24 numbers for shape [1099511627776, 1099511627776] at cases[0].inputs.x.data, got 1."],
    [family({ inputs: { x: { ...scalar, dtype: "complex64" } } }), 'f.json: expected float64, float32, int64, bool at cases[0].inputs.x.dtype, got "complex64".'],
    [family({ outputs: [{ ...scalar, data: [] }] }), "f.json: expected 1 numbers for shape [] at cases[0].outputs[0].data, got 0."],
    [family({ outputs: [{ ...scalar, data: ["x".repeat(99)] }] }), `f.json: expected a number at cases[0].outputs[0].data[0], got "${"x".repeat(59)}….`],
    [family({ outputs: [{ ...scalar, dtype: "bool", data: [2] }] }), "f.json: expected a value of dtype bool at cases[0].outputs[0].data[0], got 2."],
    [family({ outputs: [{ ...scalar, dtype: "int64", data: [0.5] }] }), "f.json: expected a value of dtype int64 at cases[0].outputs[0].data[0], got 0.5."],
    [family({ grads: { "0.weight": {} } }), "f.json: expected an array at cases[0].grads.0.weight.shape, got nothing."],
    [family({ steps: [{}, { train: 1 }] }), "f.json: expected true or false at cases[0].steps[1].train, got 1."],
    [family({ tol: { rtol: 1 } }), "f.json: expected a number at cases[0].tol.atol, got nothing."],
    [family({ losses: [1, null] }), "f.json: expected a number at cases[0].losses[1], got null."],
    [{ family: "norms", cases: [1, 2].map(() => ({ name: "a", op: "relu", config: {} })) }, 'f.json: expected a name that no other case has at cases[1].name, got "a".'],
  ])("%# %s", (value, message) => {
    const run = (): unknown => parseFamily(value, "f.json");
    expect(run).toThrow(FormatError);
    expect(run).toThrow(new FormatError(message));
  }); // prettier-ignore

  it("include values nested without end", () => {
    const nested = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`) as unknown;
    const run = (): unknown => parseFamily({ family: "norms", cases: [nested] }, "f.json");
    expect(run).toThrow("f.json: expected an object at cases[0], got an array of 1.");
  });

  it("include files that are not there", () => {
    expect(() => readFamily("/nowhere/f.json")).toThrow(/^f\.json: expected a readable JSON file, got ENOENT/);
  });

  it("cannot change prototypes", () => {
    const value = JSON.parse(`{"family": "f", "cases": [{"name": "a", "op": "__proto__", "config": {"__proto__": {"eps": 1}},
      "inputs": {"__proto__": {"shape": [], "dtype": "float64", "data": [1]}}}]}`) as unknown; // prettier-ignore
    const [golden] = parseFamily(value, "f.json").cases;
    expect(Object.getPrototypeOf(golden?.inputs)).toBe(Object.prototype);
    expect(Object.keys(golden?.inputs ?? {})).toEqual(["__proto__"]);
    expect(() => settings(golden?.config ?? {}, { eps: "eps" })).toThrow("settings: expected eps, got __proto__.");
  });
});

describe("fixtures", () => {
  it("become tensors", () => {
    expect(toTensor({ shape: [2], dtype: "float64", data: [1, NaN] }).dtype).toBe("float64");
    expect(toTensor({ shape: [1], dtype: "float32", data: [0.1] }).item()).toBe(Math.fround(0.1));
    expect(toTensor({ shape: [1], dtype: "int64", data: [-3] }).dtype).toBe("int32");
    expect(toTensor({ shape: [2], dtype: "bool", data: [0, 1] }).toArray()).toEqual([0, 1]);
    expect(() => toTensor({ shape: [1], dtype: "int64", data: [2 ** 31] })).toThrow(DTypeError);
  });

  it("hold non-finite numbers as strings, and unknown fields are ignored", () => {
    const data = ["NaN", "Infinity", "-Infinity"];
    const [golden] = parseFamily(family({ outputs: [{ shape: [3], dtype: "float64", data }], note: 1 }), "f").cases;
    expect(golden?.outputs?.[0]?.data).toEqual([NaN, Infinity, -Infinity]);
    expect(Object.keys(golden ?? {})).not.toContain("note");
  });
});
