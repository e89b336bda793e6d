import { beforeAll, describe, expect, it } from "vitest";
import { allocate, type DType, dtypes, machineEpsilon, type TypedArray } from "../dtype.ts";
import type { Primitive, PrimitiveName } from "../primitives/primitive.ts";
import { primitives } from "../primitives/primitives.ts";
import { type Shape, sizeOf } from "../shape.ts";
import type { Block } from "../storage.ts";
import { generationKernels } from "./generation.ts";
import { kernels, runKernel, useReference } from "./kernels.ts";
import { movementKernels } from "./movement.ts";

beforeAll(() => useReference(false));

const special = [
  Number.NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1,
  -1,
  1e-45,
  -1e-40,
  1.2e-38,
  3.4e38,
  -3.4e38,
  0.5,
  -2.5,
  1.5,
  7e9,
  88.6,
  -0.3,
];

/** Elements of a dtype; special ones unless `plain`, each operand in another order. */
function block(dtype: DType, shape: Shape, turn: number, plain = false): Block {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) {
    const drawn = Math.sin(i * 1.7 + turn * 11) * 3;
    const k = (i * (2 * turn + 1) + turn * Math.floor(i / special.length)) % (special.length + 6);
    const value = plain || k >= special.length ? drawn : special[k]!;
    data[i] = dtype === "bool" ? Number(drawn > 0) : value;
  }
  return { data, shape, dtype };
}

function run(
  name: PrimitiveName,
  inputs: readonly Block[],
  attrs: object,
): { fast: readonly TypedArray[] | undefined; slow: readonly TypedArray[] } {
  const primitive = primitives[name] as Primitive<object>;
  const outputs = primitive.infer(inputs, attrs);
  return {
    fast: runKernel(name, inputs, attrs as never, outputs),
    slow: primitive.evaluate(inputs, attrs, outputs),
  };
}

/** Compares by units in the last place; what is not a number of the same kind is never near. */
function expectNear(got: TypedArray, expected: TypedArray, units: number | ((value: number) => number)): void {
  expect(got.constructor).toBe(expected.constructor);
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [got[i]!, expected[i]!];
    if (Object.is(a, b)) continue;
    const unit = Math.max(Math.abs(b) * machineEpsilon("float32"), 2 ** -149);
    const most = typeof units === "number" ? units : units(b);
    if (!(Math.abs(a - b) <= most * unit)) expect.fail(`[${i}]: ${a}, not ${b}`);
  }
}

/** Where kernels are not rounded exactly, as elementary functions, or twice. */
const units: { readonly [P in PrimitiveName]?: number } = {
  rsqrt: 1,
  exp: 1.5,
  expm1: 1.5,
  log: 1.5,
  log1p: 0.5,
  tanh: 1.5,
  sigmoid: 1.5,
  erf: 1.5,
  // Both come from double precision, and may be rounded to either neighbour.
  erfc: 1,
  sin: 1,
  cos: 1,
  pow: 1,
};

const names = Object.keys(kernels) as PrimitiveName[];
const draws = Object.keys(generationKernels);
const folds = ["sum", "max", "min", "standardize", "standardizeGrad", "softmax", "logSoftmax"];
const operandsOf = (name: PrimitiveName): readonly DType[] => {
  if (name === "where") return ["bool", "float32", "float32"];
  if (name === "logicalNot") return ["bool"];
  if (name === "logicalAnd" || name === "logicalOr") return ["bool", "bool"];
  const two = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "eq", "ne", "lt", "le", "gt", "ge"];
  return two.includes(name) ? ["float32", "float32"] : ["float32"];
};
const moves = Object.keys(movementKernels);
const elementwise = names.filter((name) => ![...folds, ...moves, ...draws, "cast", "broadcastTo"].includes(name));

describe.each(elementwise)("%s", (name) => {
  const dtypesOf = operandsOf(name);

  it.each([0, 1, 5, 63, 64, 65, 255, 256, 257, 258, 259, 2721, 10_001, 16_384, 16_387, 33_001])(
    "of %i elements",
    (size) => {
      const inputs = dtypesOf.map((dtype, i) => block(dtype, [size], i));
      const { fast, slow } = run(name, inputs, {});
      if (size >= 256) expect(fast).toBeDefined();
      if (size < 64) expect(fast).toBeUndefined();
      if (fast !== undefined) expectNear(fast[0]!, slow[0]!, units[name] ?? 0);
    },
  );

  if (dtypesOf.length === 1) return;
  it.each([
    ["a number", [40, 33], []],
    ["one of one", [40, 33], [1, 1]],
    ["rows", [40, 33], [33]],
    ["long rows", [3, 20_001], [1, 20_001]],
    ["columns", [40, 33], [40, 1]],
    ["long columns", [16_001, 3], [16_001, 1]],
    ["channels", [4, 7, 5, 9], [7, 1, 1]],
    ["channels of samples", [4, 7, 5, 9], [4, 7, 1, 1]],
    ["matrices", [3, 2, 20, 20], [20, 20]],
    ["masks of samples", [3, 2, 20, 20], [3, 1, 1, 20]],
    ["masks of queries", [3, 2, 20, 20], [3, 1, 20, 1]],
    ["matrices of samples", [3, 5, 50, 50], [3, 1, 50, 50]],
  ] as const)("broadcasts %s", (_, shape, operand) => {
    for (let one = 0; one < dtypesOf.length; one++) {
      const inputs = dtypesOf.map((dtype, i) => block(dtype, i === one ? operand : shape, i));
      const { fast, slow } = run(name, inputs, {});
      expectNear(fast![0]!, slow[0]!, units[name] ?? 0);
    }
    // Both ways at once.
    const inputs = dtypesOf.map((dtype, i) => block(dtype, i === 0 ? [1, 50] : [50, 1], i));
    const { fast, slow } = run(name, inputs, {});
    expectNear(fast![0]!, slow[0]!, units[name] ?? 0);
  });

  it("leaves to the reference what no repetition says, and other dtypes", () => {
    const scattered = dtypesOf.map((dtype, i) => block(dtype, i === 0 ? [8, 1, 20, 1, 2] : [8, 2, 20, 2, 2], i));
    expect(run(name, scattered, {}).fast).toBeUndefined();
    if (dtypesOf[0] !== "float32") return;
    const wide = dtypesOf.map((_, i) => block("float64", [2000], i));
    expect(run(name, wide, {}).fast).toBeUndefined();
  });
});

describe("cast", () => {
  const all = Object.keys(dtypes) as DType[];
  it.each(all.flatMap((from) => all.map((to) => [from, to] as const)))("%s to %s", (from, dtype) => {
    for (const size of [1, 1023, 1024, 1029, 9001]) {
      const { fast, slow } = run("cast", [block(from, [size], 1)], { dtype });
      if (fast !== undefined) expectNear(fast[0]!, slow[0]!, 0);
    }
  });
});

describe("broadcastTo", () => {
  it.each(["float32", "int32", "bool"] as const)("of %s", (dtype) => {
    const forms = [
      [[], [255]],
      [[], [256]],
      [[1], [5000]],
      [[33], [40, 33]],
      [
        [40, 1],
        [40, 33],
      ],
      [
        [5001, 1],
        [5001, 3],
      ],
      [
        [3, 1, 20, 1],
        [3, 2, 20, 20],
      ],
      [
        [3, 1, 9],
        [3, 50, 9],
      ],
    ] as const;
    for (const [from, shape] of forms) {
      const { fast, slow } = run("broadcastTo", [block(dtype, from, 1)], { shape });
      expect(fast !== undefined).toBe(sizeOf(shape) >= 256);
      if (fast !== undefined) expectNear(fast[0]!, slow[0]!, 0);
    }
  });
});

it("where chooses among int32", () => {
  const condition = block("bool", [40, 33], 0);
  for (const shape of [[], [33], [40, 33]]) {
    const { fast, slow } = run("where", [condition, block("int32", [40, 33], 1), block("int32", shape, 2)], {});
    expectNear(fast![0]!, slow[0]!, 0);
  }
});

const groups: readonly (readonly [Shape, readonly number[]])[] = [
  [[1023], [0]],
  [[1024], [0]],
  [[40, 33], [1]],
  [[40, 33], [0]],
  [[128, 64], [0]],
  [
    [40, 33],
    [0, 1],
  ],
  [
    [4, 30, 6, 7],
    [0, 2, 3],
  ],
  [[2, 9000], [1]],
  [[3, 1, 700], [2]],
  [
    [5, 7, 40, 30],
    [1, 3],
  ],
  [[2000], []],
];

describe.each(groups.map(([shape, axes]) => [JSON.stringify(shape), JSON.stringify(axes), shape, axes] as const))(
  "groups of %s over %s",
  (_shape, _axes, shape, axes) => {
    const isLarge = sizeOf(shape) >= 1024;

    it.each(["max", "min"] as const)("%s", (name) => {
      for (const plain of [true, false]) {
        const { fast, slow } = run(name, [block("float32", shape, 1, plain)], { axes });
        expect(fast !== undefined).toBe(isLarge);
        if (fast !== undefined) expectNear(fast[0]!, slow[0]!, 0);
      }
    });

    it("sum", () => {
      for (const plain of [true, false]) {
        const { fast, slow } = run("sum", [block("float32", shape, 1, plain)], { axes });
        expect(fast !== undefined).toBe(isLarge);
        if (fast !== undefined) expectNear(fast[0]!, slow[0]!, 1);
      }
    });

    it.each([
      [1e-5, true],
      [1e-5, false],
      [0, true],
    ])("standardize and its gradient, eps %f, center %s", (eps, center) => {
      const [x, g] = [block("float32", shape, 1, true), block("float32", shape, 2, true)];
      const forward = run("standardize", [x], { axes, eps, center });
      const back = run("standardizeGrad", [g, x], { axes, eps, center });
      expect(forward.fast !== undefined && back.fast !== undefined).toBe(isLarge);
      if (!isLarge) return;
      expectNear(forward.fast![0]!, forward.slow[0]!, 1);
      expectNear(forward.fast![1]!, forward.slow[1]!, 1);
      const largest = Math.max(...Array.from(back.slow[0]!, Math.abs));
      back.fast![0]!.forEach((value, i) => {
        const error = Math.abs(value - back.slow[0]![i]!);
        if (Number.isFinite(largest)) expect(error).toBeLessThanOrEqual(largest * machineEpsilon("float32"));
      });
    });

    it.each(["softmax", "logSoftmax"] as const)("%s", (name) => {
      const hidden = block("float32", shape, 1, true);
      hidden.data.fill(-Infinity, 0, Math.ceil(hidden.data.length / 2));
      // In groups with NaN what is hidden is 0, too.
      const poisoned = block("float32", shape, 1);
      poisoned.data.forEach((_, i) => i % 3 === 0 && (poisoned.data[i] = -Infinity));
      const inputs = [block("float32", shape, 1, true), block("float32", shape, 1), hidden, poisoned];
      for (const masked of [true, false]) {
        for (const x of inputs) {
          const { fast, slow } = run(name, [x], { axes, masked });
          if (!isLarge) expect(fast).toBeUndefined();
          // What is subtracted in single precision is off by a part of the distance, which is the logarithm of a share.
          const units = name === "softmax" ? (share: number): number => 4 - Math.log(share) : 4;
          if (fast !== undefined) expectNear(fast[0]!, slow[0]!, units);
        }
      }
    });

    it("standardize keeps NaN and infinities in their groups", () => {
      const { fast, slow } = run("standardize", [block("float32", shape, 1)], { axes, eps: 1e-5, center: true });
      if (fast !== undefined) expectNear(fast[0]!, slow[0]!, 1);
    });
  },
);

it("leaves everything to the reference when told so", () => {
  const inputs = [block("float32", [5000], 0), block("float32", [5000], 1)];
  useReference(true);
  expect(run("add", inputs, {}).fast).toBeUndefined();
  useReference(false);
  expect(run("add", inputs, {}).fast).toBeDefined();
});
