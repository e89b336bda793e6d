import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { Generator } from "../random/generator.ts";
import { describeOptions, option, optional, type OptionTable, required, settleOptions } from "./option-table.ts";
import {
  bound,
  callable,
  count,
  either,
  extent,
  finite,
  flag,
  floatDType,
  fraction,
  functionOrName,
  instanceOf,
  integer,
  interval,
  keyOf,
  listOf,
  nonNegative,
  oneOf,
  orListOf,
  orNull,
  portion,
  positive,
  unit,
  whole,
} from "./ranges.ts";
import { resolveName } from "./resolve-name.ts";
import { expectValue, type ValueRange } from "./value-range.ts";

interface Options {
  readonly eps?: number;
  readonly momentum?: number | null;
  readonly mode?: "mean" | "sum";
  readonly affine?: boolean;
  readonly generator?: Generator | undefined;
}

const table: OptionTable<Options> = {
  eps: option(nonNegative, 1e-5, { shown: true }),
  momentum: option(orNull(unit), 0.1),
  mode: option(oneOf("mean", "sum"), "mean"),
  affine: option(flag, true),
  generator: optional(instanceOf(Generator)),
};

const standard = { eps: 1e-5, momentum: 0.1, mode: "mean", affine: true, generator: undefined };

describe("ranges", () => {
  it.each<[string, ValueRange<unknown>, inside: unknown[], outside: unknown[]]>([
    ["finite", finite, [0, -1e300], [NaN, Infinity, "1", null]],
    ["bound", bound, [0, -Infinity], [NaN, "1", null]],
    ["positive", positive, [1e-300, 3], [0, -1, Infinity, NaN, true]],
    ["nonNegative", nonNegative, [0, 3], [-1e-300, Infinity, NaN, "0"]],
    ["fraction", fraction, [0, 0.999], [1, -0.1, NaN]],
    ["unit", unit, [0, 1], [1.001, -0.1, NaN]],
    ["portion", portion, [1e-300, 1], [0, 1.001, NaN]],
    ["integer", integer, [0, -3], [0.5, 2 ** 53, Infinity, "1"]],
    ["extent", extent, [1, 7], [0, 1.5, "2"]],
    ["interval", interval(-1, 1), [-1, 0.5, 1], [-1.001, 2, NaN, "0"]],
    ["count", count, [1, 7], [0, 1.5, 2 ** 53, "2"]],
    ["whole(0)", whole(0), [0, 7], [-1, 0.5, NaN]],
    ["flag", flag, [true, false], [0, 1, "true", undefined]],
    ["oneOf", oneOf("a", "b"), ["a", "b"], ["c", "", 1]],
    ["functionOrName", functionOrName<string>(), [Math.sin, "relu"], [0, null, undefined]],
    ["keyOf", keyOf({ a: 1, b: 2 }), ["a", "b"], ["c", "toString", 1]],
    ["floatDType", floatDType, ["float32", "float64"], ["int32", "bool", 32]],
    ["orNull", orNull(unit), [null, 0.5], [undefined, 2]],
    ["listOf", listOf(unit), [[], [0, 1]], [0, [2], [NaN], "01"]],
    ["listOf of 2", listOf(unit, 2), [[0, 1]], [[0], [0, 1, 1], [0, 2], undefined]],
    ["orListOf", orListOf(count), [1, [1, 2], []], [0, [1, 0], null]],
    ["callable", callable(), [() => 1, Generator], [{}, "f", null]],
    ["either", either(whole(0), oneOf("same")), [0, "same"], [-1, "valid", null]],
    ["instanceOf", instanceOf(Generator), [new Generator(1)], [{}, 1, null]],
  ])("%s", (_, range, inside, outside) => {
    for (const value of inside) expect(() => expectValue("f", "x", value, range)).not.toThrow();
    for (const value of outside)
      expect(() => expectValue("f", "x", value, range)).toThrow(`f: expected x ${range.text}, got`);
  });

  it("throw the error of their kind", () => {
    expect(() => expectValue("f", "dtype", "int32", floatDType)).toThrow(
      new DTypeError("f: expected dtype float32 or float64, got int32."),
    );
    expect(() => expectValue("f", "features", 0, extent)).toThrow(
      new ShapeError("f: expected features to be a whole number ≥ 1, got 0."),
    );
    expect(() => expectValue("f", "x", -1, either(whole(0), oneOf("same", "valid")))).toThrow(
      new ValueError("f: expected x to be a whole number ≥ 0, or same or valid, got -1."),
    );
    expect(() => expectValue("f", "x", {}, positive)).toThrow(new ValueError("f: expected x > 0, got {}."));
    expect(() => expectValue("f", "x", [1.5], listOf(count))).toThrow(
      new ValueError("f: expected x to be a list of values, each a whole number ≥ 1, got [1.5]."),
    );
    expect(() =>
      expectValue(
        "f",
        "x",
        Array.from({ length: 1e5 }, (_, i) => i),
        count,
      ),
    ).toThrow(new ValueError("f: expected x to be a whole number ≥ 1, got [0, 1, 2, 3, 4, 5, 6, 7, …]."));
    expect(() => expectValue("f", "x", [1], listOf(unit, 2))).toThrow(
      new ValueError("f: expected x to be 2 values, each in [0, 1], got [1]."),
    );
    expect(() => expectValue("f", "x", [1, "a"], { ...positive, error: ShapeError })).toThrow(
      new ShapeError("f: expected x > 0, got [1, a]."),
    );
  });
});

describe("settleOptions", () => {
  it("adds what is not given", () => {
    expect(settleOptions("f", {}, table)).toEqual(standard);
    expect(settleOptions("f", { eps: undefined } as object, table)).toEqual(standard);
  });

  it("keeps what is given, null and false included", () => {
    expect(settleOptions("f", { momentum: null, affine: false }, table)).toEqual({
      ...standard,
      momentum: null,
      affine: false,
    });
  });

  it("asks for what must be given", () => {
    const rows: OptionTable<{ readonly sparsity: number }> = { sparsity: required(unit) };
    expect(settleOptions("f", { sparsity: 0 }, rows)).toEqual({ sparsity: 0 });
    expect(() => settleOptions("f", {} as { sparsity: number }, rows)).toThrow(
      new ValueError("f: expected sparsity in [0, 1], got undefined."),
    );
  });

  it.each<[object, string]>([
    [{ epsilon: 1 }, 'f: expected options eps, momentum, mode, affine, generator, got "epsilon". Did you mean "eps"?'],
    [
      { Momentum: 1 },
      'f: expected options eps, momentum, mode, affine, generator, got "Momentum". Did you mean "momentum"?',
    ],
    [{ toString: 1 }, 'f: expected options eps, momentum, mode, affine, generator, got "toString".'],
    [{ eps: -1 }, "f: expected eps ≥ 0, got -1."],
    [{ momentum: 2 }, "f: expected momentum in [0, 1] or null, got 2."],
    [{ mode: "max" }, "f: expected mode mean or sum, got max."],
    [{ affine: 1 }, "f: expected affine to be true or false, got 1."],
    [{ generator: 7 }, "f: expected generator to be a Generator, got 7."],
    [null as unknown as object, "f: expected options such as { eps: 1e-5 }, got null."],
    [5 as unknown as object, "f: expected options such as { eps: 5 }, got 5."],
    [[1], "f: expected options such as { eps: 1e-5 }, got [1]."],
    [-5 as unknown as object, "f: expected options such as { eps: 1e-5 }, got -5."],
    [false as unknown as object, "f: expected options such as { affine: false }, got false."],
    ["sum" as unknown as object, 'f: expected options such as { mode: "sum" }, got "sum".'],
    [Math.sin, "f: expected options such as { eps: 1e-5 }, got the function sin."],
    [new Map([["eps", 1]]), "f: expected options such as { eps: 1e-5 }, got a Map."],
    [new Date(0), "f: expected options such as { eps: 1e-5 }, got a Date."],
    [new Generator(1), "f: expected options such as { generator: ... }, got a Generator."],
    [[], "f: expected options such as { eps: 1e-5 }, got []."],
  ])("refuses %j", (given, message) => {
    expect(() => settleOptions("f", given, table)).toThrow(new ValueError(message));
  });
});

describe("describeOptions", () => {
  it("prints what differs from the standard, and what is always shown", () => {
    expect(describeOptions(settleOptions("f", {}, table), table)).toBe("eps=1e-5");
    const settled = settleOptions("f", { eps: 0.5, momentum: null, mode: "sum" }, table);
    expect(describeOptions(settled, table)).toBe("eps=0.5, momentum=null, mode=sum");
  });

  it("leaves out what has no short form", () => {
    const settled = settleOptions("f", { generator: new Generator(1), affine: false }, table);
    expect(describeOptions(settled, table)).toBe("eps=1e-5, affine=false");
  });
});

describe("resolveName", () => {
  const names = { relu: 1, leakyRelu: 2, gelu: 3 };

  it.each(["leakyRelu", "leaky_relu", "LeakyReLU", "leaky-relu"])("finds %s", (name) => {
    expect(resolveName("f", "a function", names, name)).toBe(2);
  });

  it.each<[unknown, string]>([
    ["rleu", 'f: expected a function or one of relu, leakyRelu, gelu, got "rleu". Did you mean "relu"?'],
    ["leakyrelo", 'f: expected a function or one of relu, leakyRelu, gelu, got "leakyrelo". Did you mean "leakyRelu"?'],
    ["transformer", 'f: expected a function or one of relu, leakyRelu, gelu, got "transformer".'],
    ["toString", 'f: expected a function or one of relu, leakyRelu, gelu, got "toString".'],
    [3, "f: expected a function or one of relu, leakyRelu, gelu, got 3."],
  ])("refuses %s", (name, message) => {
    expect(() => resolveName("f", "a function", names, name as string)).toThrow(new ValueError(message));
  });

  it("says nothing else where nothing else is allowed", () => {
    expect(() => resolveName("f", undefined, names, "tanh")).toThrow(
      new ValueError('f: expected one of relu, leakyRelu, gelu, got "tanh".'),
    );
  });
});
