import { cat, type DType, DTypeError, fullLike, tensor, type Tensor, ValueError, where } from "@tapegrad/tensor";
import { grad } from "@tapegrad/autograd";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const all: readonly DType[] = ["bool", "int32", "float32", "float64"];
const pairs = all.flatMap((a) => all.map((b) => [a, b] as const));

/** The rule in a list: of two dtypes the later one. */
const later = (...dtypes: readonly DType[]): DType => all[Math.max(...dtypes.map((dtype) => all.indexOf(dtype)))]!;

/** What a function of two elements gives, and the least dtype in which it takes place; comparisons give bool. */
interface Row {
  readonly least: DType | "compare";
  readonly apply: (a: Tensor, b: Tensor | number) => Tensor;
  readonly exact: (a: number, b: number) => number;
}

const floorMod = (a: number, b: number): number => a - Math.floor(a / b) * b;
const functions: { readonly [name: string]: Row } = {
  add: { least: "int32", apply: (a, b) => a.add(b), exact: (a, b) => a + b },
  sub: { least: "int32", apply: (a, b) => a.sub(b), exact: (a, b) => a - b },
  mul: { least: "int32", apply: (a, b) => a.mul(b), exact: (a, b) => a * b },
  div: { least: "float32", apply: (a, b) => a.div(b), exact: (a, b) => a / b },
  pow: { least: "int32", apply: (a, b) => a.pow(b), exact: (a, b) => a ** b },
  remainder: { least: "int32", apply: (a, b) => a.remainder(b), exact: floorMod },
  maximum: { least: "bool", apply: (a, b) => a.maximum(b), exact: Math.max },
  minimum: { least: "bool", apply: (a, b) => a.minimum(b), exact: Math.min },
  eq: { least: "compare", apply: (a, b) => a.eq(b), exact: (a, b) => Number(a === b) },
  ne: { least: "compare", apply: (a, b) => a.ne(b), exact: (a, b) => Number(a !== b) },
  lt: { least: "compare", apply: (a, b) => a.lt(b), exact: (a, b) => Number(a < b) },
  le: { least: "compare", apply: (a, b) => a.le(b), exact: (a, b) => Number(a <= b) },
  gt: { least: "compare", apply: (a, b) => a.gt(b), exact: (a, b) => Number(a > b) },
  ge: { least: "compare", apply: (a, b) => a.ge(b), exact: (a, b) => Number(a >= b) },
  "clamp below": { least: "bool", apply: (a, b) => a.clamp(b), exact: Math.max },
  "clamp above": { least: "bool", apply: (a, b) => a.clamp(undefined, b), exact: Math.min },
  "where true": { least: "bool", apply: (a, b) => where(a.ne(a).logicalNot(), a, b), exact: (a) => a },
  "where false": { least: "bool", apply: (a, b) => where(a.ne(a), a, b), exact: (_, b) => b },
};

/** Zeros and ones in all combinations, in a number that leaves a rest after vectors; larger numbers where they fit. */
const elements = (dtype: DType, i: 0 | 1): number[] => {
  const bits = Array.from({ length: 37 }, (_, k) => (k >> i) & 1);
  return dtype === "bool" ? bits : bits.map((bit, k) => (k % 5 === 0 ? bit : bit + 2));
};
const make = (dtype: DType, i: 0 | 1): Tensor => tensor(elements(dtype, i), { dtype });
const plain = ({ dtype, data }: Tensor): unknown => [dtype, ...data];
/** As the elements of a dtype have it. */
const asElement = (value: number, dtype: DType): number =>
  dtype === "float32" ? Math.fround(value) : dtype === "int32" ? value | 0 : value;

describe("two operands meet in the larger dtype", () => {
  it.each(pairs)("%s and %s", (left, right) => {
    const [a, b] = [make(left, 0), make(right, 1)];
    const names = Object.keys(functions);
    const every = (x: Tensor, y: Tensor): Tensor[] => names.map((name) => functions[name]!.apply(x, y));
    const [eager, compiled] = [every(a, b), compile(every)(a, b)];
    names.forEach((name, n) => {
      const { least, exact } = functions[name]!;
      const dtype = least === "compare" ? "bool" : later(left, right, least);
      const want = Array.from(a.data, (x, k) => asElement(exact(x, b.data[k]!), dtype));
      const isUndefined = (k: number): boolean => dtype === "int32" && name === "remainder" && b.data[k] === 0;
      expect(eager[n]!.dtype, name).toBe(dtype);
      expect(
        Array.from(eager[n]!.data, (x, k) => (isUndefined(k) ? 0 : x + 0)),
        name,
      ).toEqual(want.map((x, k) => (isUndefined(k) ? 0 : x + 0)));
      expect(plain(compiled[n]!), name).toEqual(plain(eager[n]!));
    });
    const joined = (x: Tensor, y: Tensor): Tensor[] => [
      cat([x, y]),
      x.scatterAdd(0, tensor([0, 0, 1], { dtype: "int32" }), y.slice([3, 6])),
    ];
    const [both, added] = joined(a, b);
    expect([both!.dtype, added!.dtype]).toEqual([later(left, right), later(left, right, "int32")]);
    const sums = Array.from(a.data);
    [0, 0, 1].forEach((place, k) => (sums[place] = sums[place]! + b.data[3 + k]!));
    expect(Array.from(added!.data)).toEqual(sums);
    expect(compile(joined)(a, b).map(plain)).toEqual([plain(both!), plain(added!)]);
  });
});

/** The dtype of a number beside bools, and beside int32. */
const numbers: readonly (readonly [number, DType, DType])[] = [
  [0, "bool", "int32"],
  [1, "bool", "int32"],
  [2, "int32", "int32"],
  [-3, "int32", "int32"],
  [-(2 ** 31), "int32", "int32"],
  [2 ** 31 - 1, "int32", "int32"],
  [0.5, "float32", "float32"],
  [2 ** 31, "float32", "float32"],
  [-(2 ** 31) - 1, "float32", "float32"],
  [Infinity, "float32", "float32"],
  [-Infinity, "float32", "float32"],
  [NaN, "float32", "float32"],
];

describe("a number takes the dtype that it meets, or the next that has its value", () => {
  it.each(numbers)("%d", (value, besideBool, besideInt32) => {
    for (const own of all) {
      const met = own === "bool" ? besideBool : own === "int32" ? besideInt32 : own;
      const a = make(own, 0);
      const isRefused = !own.startsWith("float") && Number.isInteger(value) && value < 0;
      const names = Object.keys(functions).filter((name) => name !== "pow" || !isRefused);
      const every = (x: Tensor): Tensor[] => [
        ...names.map((name) => functions[name]!.apply(x, value)),
        x.maskedFill(x.eq(1), value),
        x.pad([[1, 0]], { value }),
        fullLike(x, value),
      ];
      const [eager, compiled] = [every(a), compile(every)(a)];
      [...names, "maskedFill", "pad", "fullLike"].forEach((name, n) => {
        const least = functions[name]?.least ?? "bool";
        const dtype = name === "fullLike" ? met : least === "compare" ? "bool" : later(own, met, least);
        expect(eager[n]!.dtype, `${own} ${name}`).toBe(dtype);
        expect(plain(compiled[n]!), `${own} ${name}`).toEqual(plain(eager[n]!));
      });
      const [filled, padded, like] = eager.slice(-3) as [Tensor, Tensor, Tensor];
      const element = asElement(value, met);
      expect(Array.from(filled.data)).toEqual(Array.from(a.data, (x) => (x === 1 ? element : x)));
      expect(Array.from(padded.data)).toEqual([element, ...a.data]);
      expect(like.data.every((x) => Object.is(x, element))).toBe(true);
      if (isRefused) {
        expect(() => a.pow(value)).toThrow(ValueError);
        expect(() => compile((x: Tensor) => x.pow(value))(a)).toThrow(ValueError);
      }
    }
  });

  it("by which a negative power of int32 is refused, that of floats is not", () => {
    const [x, y] = [tensor([1, 2], { dtype: "int32" }), tensor([0, -1], { dtype: "int32" })];
    const message = 'pow: expected exponents of int32 to be ≥ 0, got -1. Convert the base with to("float32") first.';
    expect(() => x.pow(y)).toThrow(message);
    expect(() => compile((a: Tensor, b: Tensor) => a.pow(b))(x, y)).toThrow(message);
    expect(x.to("float32").pow(y).toArray()).toEqual([1, 0.5]);
  });
});

const bools = [0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1];
/** Of three rows of seven bools: the dtype, and elements. */
const ofBools: { readonly [name: string]: readonly [run: (x: Tensor) => Tensor, dtype: DType, exact: unknown] } = {
  sum: [(x) => x.sum(), "int32", 12],
  "sum of rows": [(x) => x.sum({ axis: 1 }), "int32", [5, 4, 3]],
  "sum of columns": [(x) => x.sum({ axis: 0 }), "int32", [1, 2, 3, 0, 2, 2, 2]],
  prod: [(x) => x.prod({ axis: 0 }), "int32", [0, 0, 1, 0, 0, 0, 0]],
  "sum of nothing": [(x) => x.slice([0, 0]).sum({ axis: 0 }), "int32", [0, 0, 0, 0, 0, 0, 0]],
  mean: [(x) => x.mean({ axis: 1 }).mul(7).round(), "float32", [5, 4, 3]],
  cumsum: [(x) => x.slice(0).cumsum({ axis: 0 }), "int32", [0, 1, 2, 2, 3, 4, 5]],
  max: [(x) => x.max({ axis: 1 }), "bool", [1, 1, 1]],
  min: [(x) => x.min({ axis: 0 }), "bool", [0, 0, 1, 0, 0, 0, 0]],
  all: [(x) => x.all({ axis: 0 }), "bool", [0, 0, 1, 0, 0, 0, 0]],
  any: [(x) => x.any({ axis: 1 }), "bool", [1, 1, 1]],
  argmax: [(x) => x.argmax({ axis: 1 }), "int32", [1, 0, 1]],
  square: [(x) => x.slice(0).square(), "int32", [0, 1, 1, 0, 1, 1, 1]],
  "the second power": [(x) => x.slice(0).pow(2), "int32", [0, 1, 1, 0, 1, 1, 1]],
  "a sum, negated": [(x) => x.add(x).slice(0).logicalNot(), "bool", [1, 0, 0, 1, 0, 0, 0]],
  "a sum, as float": [(x) => x.add(x).slice(0).to("float64"), "float64", [0, 2, 2, 0, 2, 2, 2]],
  "a difference, as float": [
    (x) => x.slice(1).sub(x.slice(0)).to("float32"),
    "float32",
    [0, 0, 0, 0, 0, 0, 0].map((_, i) => bools[7 + i]! - bools[i]!),
  ],
  "the largest of sums": [(x) => x.add(x).max(), "int32", 2],
  "a sum, compared": [(x) => x.add(x).slice(0).eq(2), "bool", [0, 1, 1, 0, 1, 1, 1]],
  "a sum, as bool": [(x) => x.add(x).to("bool").sum(), "int32", 12],
  "padded with true": [(x) => x.slice(0).pad([[1, 0]], { value: 1 }), "bool", [1, 0, 1, 1, 0, 1, 1, 1]],
  "filled with true": [(x) => x.slice(0).maskedFill(x.slice(0), 1).sum(), "int32", 5],
  "chosen beside a number": [
    (x) => where(x.slice(0), x.slice(1), 0),
    "bool",
    [0, 1, 1, 0, 0, 1, 0].map((_, i) => bools[i]! & bools[7 + i]!),
  ],
  "chosen between numbers": [(x) => where(x.slice(0), 1, 0), "float32", [0, 1, 1, 0, 1, 1, 1]],
  gathered: [(x) => x.slice(0).gather(0, tensor([1, 0, 6], { dtype: "int32" })), "bool", [1, 0, 1]],
  "of a matrix product": [(x) => x.to("int32").matmul(x.to("int32").transpose()).slice(0), "int32", [5, 3, 3]],
};

describe("bools are 0 and 1, and count where they are added", () => {
  it.each(Object.keys(ofBools))("%s", (name) => {
    const [run, dtype, exact] = ofBools[name]!;
    const x = tensor(bools, { dtype: "bool", shape: [3, 7] });
    const eager = run(x);
    expect([eager.dtype, eager.toArray()]).toEqual([dtype, exact]);
    expect(plain(compile(run)(x))).toEqual(plain(eager));
  });

  it.each<[string, (x: Tensor) => Tensor]>([
    ["neg", (x) => x.neg()],
    ["abs", (x) => x.abs()],
    ["sign", (x) => x.sign()],
    ["relu", (x) => x.relu()],
    ["floor", (x) => x.floor()],
    ["matmul", (x) => x.matmul(x)],
  ])("%s is refused", (_, run) => {
    const x = tensor([true, false]);
    expect(() => run(x)).toThrow(DTypeError);
    expect(() => compile(run)(x)).toThrow(DTypeError);
  });
});

describe("gradients flow through operands of several dtypes", () => {
  it("to the floats alone, in their dtype", () => {
    const mask = tensor([true, false, true]);
    const count = tensor([2, 3, 4], { dtype: "int32" });
    const run = (w: Tensor, v: Tensor): Tensor[] => {
      const y = w
        .mul(mask)
        .add(mask.add(mask))
        .mul(count)
        .add(where(mask, v, count))
        .add(v.maximum(count));
      return [y, ...grad(y.mul(tensor([1, 10, 100])).sum(), [w, v])] as Tensor[];
    };
    const w = tensor([5, 6, 7], { requiresGrad: true });
    const v = tensor([0.5, 9, 11], { dtype: "float64", requiresGrad: true });
    const eager = run(w, v);
    expect(eager.map(plain)).toEqual([
      ["float64", (5 + 2) * 2 + 0.5 + 2, 0 + 3 + 9, (7 + 2) * 4 + 11 + 11],
      ["float32", 2, 0, 400],
      ["float64", 1, 10, 200],
    ]);
    const compiled = compile((a: Tensor, b: Tensor) => run(a, b))(w, v);
    expect(compiled.map(plain)).toEqual(eager.map(plain));
  });
});

describe("round", () => {
  it("keeps the sign of what becomes 0", () => {
    const x = tensor([-0.5, -0.2, -0, 0, 0.5, 0.2, -1.5, 2.5, -Infinity, NaN, 1e30], { dtype: "float64" });
    const want = [-0, -0, -0, 0, 0, 0, -2, 2, -Infinity, NaN, 1e30];
    for (const y of [x.round(), compile((a: Tensor) => a.round())(x)]) expect(Array.from(y.data)).toEqual(want);
    const single = x.to("float32");
    expect(plain(compile((a: Tensor) => a.round())(single))).toEqual(plain(single.round()));
  });
});
