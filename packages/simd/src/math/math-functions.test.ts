import { describe, expect, it } from "vitest";
import { disassemble } from "../../test/disassemble.ts";
import { mapVectors } from "../../test/map-vectors.ts";
import type { Floats } from "../../test/map-vectors.ts";
import type { ParamLocals } from "../assembler/function-builder.ts";
import { ModuleBuilder } from "../assembler/module-builder.ts";
import { call } from "../assembler/ops/call.ts";
import { f32x4, f64x2 } from "../assembler/ops/float-vector.ts";
import type { MathFunction, VectorArguments } from "./define-math-function.ts";
import { mathFunctions } from "./math-functions.ts";
import type { UnaryMathName } from "./math-functions.ts";

type Form = (x: number, y: number, other: number) => number;

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

// The values at −∞, −0, 0, ∞ and NaN.
const specials: { readonly [Name in UnaryMathName]: readonly number[] } = {
  exp: [0, 1, 1, inf, nan],
  expm1: [-1, -0, 0, inf, nan],
  log: [nan, -inf, -inf, inf, nan],
  log1p: [nan, -0, 0, inf, nan],
  tanh: [-1, -0, 0, 1, nan],
  sigmoid: [0, 0.5, 0.5, 1, nan],
  erf: [-1, -0, 0, 1, nan],
  erfc: [2, 1, 1, 0, nan],
  sin: [nan, -0, 0, nan, nan],
  cos: [nan, 1, 1, nan, nan],
};
const unaryNames = Object.keys(specials) as UnaryMathName[];
const rows: readonly (readonly [string, MathFunction<string>])[] = Object.entries(mathFunctions);
const shapes = [
  ["f32x4", Float32Array, 4],
  ["f64x2", Float64Array, 2],
] as const;

// Zeros, subnormal, huge and ordinary numbers; some take paths that their neighbours do not.
const specialArguments = [
  0,
  -0,
  1,
  -1,
  0.3,
  -2.5,
  1e-40,
  -1e-40,
  3e38,
  -3e38,
  90,
  -110,
  1e9,
  5e-39,
  inf,
  -inf,
  nan,
  1.5,
];

describe.each(shapes)("%s", (shape, type, lanes) => {
  const apply = (row: MathFunction<string>, ...args: (readonly number[])[]): number[] => {
    const { run, arguments: inputs, out } = mapVectors<Floats>(row, type);
    args.forEach((values, i) => inputs[i]?.set(values));
    const length = args[0]!.length;
    run(Math.ceil(length / lanes) * lanes);
    return Array.from(out.subarray(0, length));
  };

  it.each(unaryNames)("%s has the special values of Math", (name) => {
    expect(apply(mathFunctions[name], [-inf, -0, 0, inf, nan])).toEqual(specials[name]);
  });

  it("logarithms have poles and no values beyond them", () => {
    expect(apply(mathFunctions.log, [-1, -1e-40, -inf])).toEqual([nan, nan, nan]);
    expect(apply(mathFunctions.log1p, [-1, -1.5, -3e38])).toEqual([-inf, nan, nan]);
  });

  it("pow has the special values of IEEE 754", () => {
    const values = [...specialArguments, 2, -2, 3, -3, 0.5, -0.5, 2 ** 24, 2 ** 24 - 1, 2 ** 53].map(
      shape === "f32x4" ? Math.fround : Number,
    );
    const pairs = values.flatMap((x) => values.map((y) => [x, y] as const));
    const actual = apply(
      mathFunctions.pow,
      pairs.map(([x]) => x),
      pairs.map(([, y]) => y),
    );
    pairs.forEach(([x, y], i) => {
      const power = x === 1 || (x === -1 && Math.abs(y) === inf) ? 1 : x ** y;
      const expected = shape === "f32x4" ? Math.fround(power) : power;
      const value = actual[i]!;
      const isClose = Math.abs(value - expected) <= Math.abs(expected) * (shape === "f32x4" ? 1e-7 : 5e-16);
      expect(Object.is(value, expected) || (isClose && expected !== 0), `pow(${x}, ${y}) = ${value}`).toBe(true);
    });
  });

  it.each(rows)("%s gives a lane the same bits whatever the others hold, as one number and inline", (_, row) => {
    const module = new ModuleBuilder();
    const callee = row[shape](module);
    // Typed as if for single precision, but the same code builds both.
    const scalar = (shape === "f32x4" ? "f32" : "f64") as "f32";
    const ops = (shape === "f32x4" ? f32x4 : f64x2) as typeof f32x4;
    const last = lanes - 1;
    const signature = { params: { x: scalar, y: scalar, other: scalar }, result: scalar } as const;
    const names = Object.keys(callee.signature.params) as ("x" | "y")[];
    const beside = (locals: ParamLocals<(typeof signature)["params"]>): VectorArguments<string> =>
      Object.fromEntries(names.map((name) => [name, ops.replaceLane(ops.splat(locals.other), last, locals[name])]));
    const functions = [
      module.function("alone", signature, (_, locals) =>
        call(row[scalar](module), Object.fromEntries(names.map((name) => [name, locals[name]]))),
      ),
      module.function("called", signature, (_, locals) => ops.extractLane(call(callee, beside(locals)), last)),
      module.function("inlined", signature, (f, locals) =>
        ops.extractLane(row.inline[shape](module, f, beside(locals)), last),
      ),
    ];
    for (const form of functions) module.exportFunction(form);
    const { exports } = new WebAssembly.Instance(module.compile());
    const [alone, called, inlined] = functions.map(({ name }) => exports[name]) as [Form, Form, Form];
    for (const other of [0, nan, 1e-40, 3e38, inf, 0.1]) {
      for (const x of specialArguments) {
        const value = alone(x, 0.7, other);
        expect(called(x, 0.7, other), `${x} beside ${other}`).toBe(value);
        expect(inlined(x, 0.7, other), `${x} beside ${other}`).toBe(value);
      }
    }
  });
});

describe("a module", () => {
  it("calls a function as in the example", () => {
    const module = new ModuleBuilder();
    const exp = mathFunctions.exp.f32x4(module);
    const signature = { params: { x: "f32" }, result: "f32" } as const;
    const run = module.function("run", signature, (_, { x }) => f32x4.extractLane(call(exp, { x: f32x4.splat(x) }), 0));
    module.exportFunction(run);
    const { exports } = new WebAssembly.Instance(module.compile());
    expect((exports["run"] as (x: number) => number)(1)).toBe(2.7182817459106445);
  });

  it.each(rows)("holds %s once, without imports, memory or relaxed instructions", (_, row) => {
    const module = new ModuleBuilder();
    for (const form of ["f32x4", "f64x2", "f32", "f64"] as const) {
      const first = row[form](module);
      expect(row[form](module)).toBe(first);
      module.exportFunction(first);
    }
    const bytes = module.toBytes();
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([]);
    const text = disassemble(bytes);
    expect(text).not.toContain("relaxed");
    expect(text).not.toContain("(memory");
  });

  it("holds nothing that it did not ask for", () => {
    const module = new ModuleBuilder();
    module.exportFunction(mathFunctions.exp.f32x4(module));
    expect(disassemble(module.toBytes()).match(/^ {2}\(func /gm)).toHaveLength(1);
    expect(module.toBytes().length).toBeLessThan(600);
  });
});
