import { FormatError, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Comparison } from "../comparison.ts";
import type { GoldenCase, GoldenTensor } from "../format.ts";
import { Arguments } from "./arguments.ts";
import { ops } from "./ops.ts";

const x = tensor([1, 2]);
const read = (args: readonly unknown[], kwargs: object = {}): Arguments =>
  new Arguments(["input", "dim", "other"], { args, kwargs } as GoldenCase["config"], { x });

describe("Arguments", () => {
  it("names positions, and resolves tensors also within lists", () => {
    const a = read([{ tensor: "x" }, -1], { other: [{ tensor: "x" }] });
    expect(a.tensor("input")).toBe(x);
    expect(a.number("dim")).toBe(-1);
    expect(a.tensors("other")).toEqual([x]);
    expect(a.maybeTensor("input")).toBe(x);
    expect(a.operand("input")).toBe(x);
  });

  it("has what is absent or null be absent", () => {
    const a = read([{ tensor: "x" }], { dim: null });
    expect(a.raw("dim")).toBeUndefined();
    expect(a.oneOrMore("dim")).toBeUndefined();
    expect(a.maybeTensor("other")).toBeUndefined();
    expect(a.number("dim", 3)).toBe(3);
    expect(a.flag("dim", true)).toBe(true);
  });

  it("takes a list of one for its number, and strings for what is infinite", () => {
    expect(read([], { dim: [2] }).oneOrMore("dim")).toBe(2);
    expect(read([], { dim: [2, 3] }).oneOrMore("dim")).toEqual([2, 3]);
    expect(read([], { dim: "-Infinity" }).number("dim")).toBe(-Infinity);
  });

  it.each<readonly [() => unknown, string]>([
    [() => read([], { axis: 1 }), "arguments: expected input, dim, other, got axis."],
    [() => read([1, 2, 3, 4]), "arguments: expected input, dim, other, got #3."],
    [() => read([{ tensor: "y" }]), "arguments: expected a tensor among the inputs, got y."],
    [() => read([1]).tensor("input"), "arguments: expected a tensor as input, got 1."],
    [() => read([]).number("dim"), "arguments: expected a number as dim, got undefined."],
    [() => read([], { dim: 1 }).flag("dim", false), "arguments: expected true or false as dim, got 1."],
    [() => read([], { dim: 1 }).text("dim"), "arguments: expected a string as dim, got 1."],
    [() => read([], { dim: 1 }).numbers("dim"), "arguments: expected a list of numbers as dim, got 1."],
    [() => read([], { dim: [1] }).tensors("dim"), "arguments: expected a list of tensors as dim, got 1."],
  ])("error %#", (run, message) => {
    expect(run).toThrow(FormatError);
    expect(run).toThrow(message);
  });
});

describe("settings that no fixture has", () => {
  const golden = (shape: readonly number[], data: readonly number[], dtype: GoldenTensor["dtype"] = "float64") => ({
    shape,
    dtype,
    data,
  });

  it("positions of maxima, and a source larger than its index", () => {
    const check = new Comparison();
    const input = golden([1, 1, 4], [1, 3, 5, 2]);
    const pooled = { args: [{ tensor: "input" }], kwargs: { kernel_size: 2, return_indices: true } };
    const outputs = [golden([1, 1, 2], [3, 5]), golden([1, 1, 2], [1, 2], "int64")];
    ops({ name: "a", op: "max_pool1d", config: pooled, inputs: { input }, outputs }, check);
    const inputs = {
      input: golden([3], [0, 0, 0]),
      index: golden([1], [1], "int64"),
      src: golden([2], [5, 7]),
    };
    const added = { args: [{ tensor: "input" }, 0, { tensor: "index" }, { tensor: "src" }], kwargs: {} };
    ops({ name: "b", op: "scatter_add", config: added, inputs, outputs: [golden([3], [0, 5, 0])] }, check);
    expect(check.failures).toEqual([]);
  });
});
