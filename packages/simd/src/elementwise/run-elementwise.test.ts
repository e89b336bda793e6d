import { describe, expect, it } from "vitest";
import { elementwiseReference, unitsOff } from "../../test/elementwise-reference.ts";
import { unitInLastPlace } from "../../test/unit-in-last-place.ts";
import { type ElementType, type OperationName, operations } from "./operations.ts";
import { elementwiseProgram } from "./program.ts";
import type { ProgramWriter, Register } from "./program-writer.ts";
import { type ElementArray, runElementwise } from "./run-elementwise.ts";

const names = Object.keys(operations) as OperationName[];
const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  -2.5,
  3e-45,
  -3e-45,
  1e-40,
  1.17549435e-38,
  3.4028235e38,
  -3.4028235e38,
  88.5,
  -87.5,
  Infinity,
  -Infinity,
  Number.NaN,
  0.1,
  -0.7,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 + 512,
  5e9,
  16777216.5,
  0.99999994,
  7.25,
].map(Math.fround);
const values: Readonly<Record<ElementType, readonly number[]>> = {
  float32: floats,
  int32: [0, 1, -1, 2147483647, -2147483648, 16777217, -16777219],
  // Whatever is not 0 is true.
  bool: [0, 1, 0, 1, 1, 2, 255, 0],
};

/** Elements of a type: all values, at another place for each operand. */
function elements(type: ElementType, count: number, turn: number): ElementArray {
  const list = values[type];
  const out = new arrays[type](count);
  for (let i = 0; i < count; i++) {
    out[i] = list[(i * (turn + 1) + turn * Math.floor(i / list.length)) % list.length]!;
  }
  return out;
}

/** The program of one instruction. */
function single(name: OperationName): ReturnType<typeof elementwiseProgram> {
  return elementwiseProgram((writer) => {
    const operands = operations[name].operands.map((type) => writer.input(type));
    return [(writer[name] as (...given: readonly Register[]) => Register)(...operands)];
  });
}

function check(name: OperationName, inputs: readonly ElementArray[], out: ElementArray): void {
  out.forEach((got, i) => {
    const operands = inputs.map((input) => input[i]!);
    const expected = elementwiseReference[name](...operands);
    if (Object.is(got, expected)) return;
    const error = Math.abs(got - expected) / unitInLastPlace(expected, "float32");
    if (!(error <= (unitsOff[name] ?? 0)))
      expect.fail(`${name}(${operands.join(", ")}) [${i}]: ${got}, not ${expected}`);
  });
}

describe.each(names)("%s", (name) => {
  it.each([1, 2, 3, 4, 5, 31, 900, 8193, 10911, 16383, 16384, 16385, 40001])(
    "of %i elements is what a plain function gives",
    (count) => {
      const inputs = operations[name].operands.map((type, i) => elements(type, count, i));
      const out = new arrays[operations[name].result](count).fill(7);
      runElementwise(single(name), { inputs, outputs: [out] });
      check(name, inputs, out);
    },
  );
});

it.each([1, 2, 3, 5, 7, 64, 1000, 3000, 10007, 20_011])("repeats rows, columns and numbers: %i columns", (columns) => {
  const rows = Math.ceil(30_001 / columns);
  const size = rows * columns;
  const x = elements("float32", size, 0);
  const row = elements("float32", columns, 1);
  const column = elements("float32", rows, 2);
  const mask = elements("bool", rows, 0);
  const program = elementwiseProgram(({ input, add, where }) => {
    const [m, a, b, c] = [input("bool"), input(), input(), input()];
    return [where(m, add(a, b), c), add(b, c)];
  });
  const outputs = [new Float32Array(size), new Float32Array(size)] as const;
  const ofRows = { repeat: columns, period: rows };
  runElementwise(program, {
    inputs: [mask, x, row, column],
    outputs,
    repetitions: [ofRows, undefined, { repeat: 1, period: columns }, ofRows],
  });
  const at = (i: number): [number, number] => [Math.floor(i / columns), i % columns];
  expect(outputs[0]).toEqual(
    Float32Array.from({ length: size }, (_, i) => {
      const [r, c] = at(i);
      return mask[r] === 0 ? column[r]! : x[i]! + row[c]!;
    }),
  );
  expect(outputs[1]).toEqual(
    Float32Array.from({ length: size }, (_, i) => {
      const [r, c] = at(i);
      return row[c]! + column[r]!;
    }),
  );
});

it("repeats channels of images", () => {
  const [batch, channels, area] = [3, 5, 49];
  const x = elements("float32", batch * channels * area, 0);
  const bias = elements("float32", channels, 1);
  const out = new Float32Array(x.length);
  runElementwise(single("add"), {
    inputs: [x, bias],
    outputs: [out],
    repetitions: [undefined, { repeat: area, period: channels }],
  });
  expect(out).toEqual(Float32Array.from(x, (value, i) => value + bias[Math.floor(i / area) % channels]!));
});

it.each([
  [5, 1, 7, 11],
  [3, 1, 4096, 2],
  [3, 1, 16_384, 2],
  [4, 3, 5, 700],
  [2, 1000, 3, 8],
  [40, 1, 1, 900],
])("repeats blocks: %i blocks, repeat %i, period %i, tiles %i", (blocks, repeat, period, tiles) => {
  const span = repeat * period * tiles;
  for (const type of ["float32", "bool"] as const) {
    const data = elements(type, blocks * period, 1);
    const out = new arrays[type](blocks * span);
    const copy = elementwiseProgram(({ input }) => [input(type)]);
    runElementwise(copy, { inputs: [data], outputs: [out], repetitions: [{ repeat, period, tiles }] });
    const expected = out.map((_, i) => data[Math.floor(i / span) * period + (Math.floor(i / repeat) % period)]!);
    expect(out).toEqual(expected);
  }
});

const momentum = elementwiseProgram(({ input, scalar, add, sub, mul, div, sqrt, square }: ProgramWriter) => {
  const [p, g, m, v] = [input(), input(), input(), input()];
  const [rate, beta] = [scalar(), scalar()];
  const next = add(mul(m, beta), mul(g, sub(1, beta)));
  const spread = add(mul(v, beta), mul(square(g), sub(1, beta)));
  return [sub(p, mul(rate, div(next, add(sqrt(spread), 1e-8)))), next, spread];
});

it.each([0, 1, 7, 2048, 10000])("writes over its inputs: %i elements", (count) => {
  const f = Math.fround;
  const of = (turn: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 0.37 + turn));
  const [p, g, m, v] = [of(0), of(1), of(2), of(3).map(Math.abs)] as const;
  const [rate, beta] = [f(0.01), f(0.9)];
  const next = m.map((x, i) => f(x * beta) + f(g[i]! * f(1 - beta)));
  const spread = v.map((x, i) => f(x * beta) + f(f(g[i]! * g[i]!) * f(1 - beta)));
  const stepped = p.map((x, i) => x - f(rate * f(next[i]! / f(f(Math.sqrt(spread[i]!)) + f(1e-8)))));
  runElementwise(momentum, { inputs: [p, g, m, v], scalars: [0.01, 0.9], outputs: [p, m, v] });
  expect([p, m, v]).toEqual([stepped, next, spread]);
});

it("takes views, and instructions on scalars alone", () => {
  const program = elementwiseProgram(({ input, scalar, mul, add }) => {
    const [x, a] = [input(), scalar()];
    return [add(x, mul(a, -0)), x, mul(a, a)];
  });
  const data = Float32Array.of(9, -0, 2, 3, 9);
  const out = new Float32Array(9);
  const outputs = [out.subarray(0, 3), out.subarray(3, 6), out.subarray(6)];
  runElementwise(program, { inputs: [data.subarray(1, 4)], scalars: [3], outputs });
  expect([...out]).toEqual([-0, 2, 3, -0, 2, 3, 9, 9, 9]);
});

it("refuses what does not fit", () => {
  const add = single("add");
  const x = new Float32Array(4);
  const run = { inputs: [x, x], outputs: [x] };
  expect(() => runElementwise(add, { ...run, inputs: [x] })).toThrow("runElementwise: expected 2 inputs, got 1.");
  expect(() => runElementwise(add, { ...run, scalars: [1] })).toThrow("runElementwise: expected 0 scalars, got 1.");
  expect(() => runElementwise(add, { ...run, outputs: [x, x] })).toThrow("runElementwise: expected 1 outputs, got 2.");
  expect(() => runElementwise(add, { ...run, inputs: [x, new Float32Array(3)] })).toThrow(
    "runElementwise: expected 4 elements of an input, got 3.",
  );
  expect(() => runElementwise(add, { ...run, inputs: [x, new Int32Array(4)] })).toThrow(
    "runElementwise: expected a Float32Array as input, got a Int32Array.",
  );
  expect(() => elementwiseProgram(({ input, add: sum }) => [sum(input("bool") as never, 1)])).toThrow(
    "add: expected operands float32, float32, got bool, float32.",
  );
  expect(() => elementwiseProgram(({ scalar }) => [scalar()])).toThrow("expected computed outputs, got a scalar");
  expect(() =>
    elementwiseProgram(({ input, add: sum }) => {
      const inputs = Array.from({ length: 1000 }, () => input());
      return [inputs.reduce((total, x) => sum(total, x))];
    }),
  ).toThrow("elementwiseProgram: expected fewer registers");
});
