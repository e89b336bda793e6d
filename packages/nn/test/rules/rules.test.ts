import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, randn, ShapeError, tensor, zeros } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { constraints, type ConstraintFunction, type RegularizerFunction, regularizers } from "../../src/index.ts";

type Nested = number | readonly Nested[];
interface Fixtures {
  readonly penalties: Readonly<Record<string, { readonly weight: Nested; readonly value: number }>>;
  readonly constraints: Readonly<Record<string, { readonly weight: Nested; readonly value: Nested }>>;
}
const fixtures = JSON.parse(readFileSync(new URL("fixtures.json", import.meta.url), "utf8")) as Fixtures;

const penalties: Readonly<Record<string, RegularizerFunction>> = {
  l1: regularizers.l1(),
  l2: regularizers.l2(),
  l1l2: regularizers.l1l2({ l1: 0.3, l2: 0.2 }),
  "orthogonal rows": regularizers.orthogonal(),
  "orthogonal columns": regularizers.orthogonal({ factor: 0.5, mode: "columns" }),
};
const bounds: Readonly<Record<string, ConstraintFunction>> = {
  maxNorm: constraints.maxNorm(),
  "maxNorm of 1": constraints.maxNorm(1),
  "maxNorm over outputs": constraints.maxNorm(1, { axis: 0 }),
  "maxNorm of filters": constraints.maxNorm(2),
  "maxNorm of a vector": constraints.maxNorm(1),
  nonNeg: constraints.nonNeg(),
  unitNorm: constraints.unitNorm(),
  minMaxNorm: constraints.minMaxNorm(),
  "minMaxNorm halfway": constraints.minMaxNorm({ min: 1, max: 2, rate: 0.5 }),
};
const float64 = { dtype: "float64" } as const;
const flat = (nested: Nested): number[] => [nested].flat(Infinity as 1) as number[];

describe("regularisers", () => {
  it("are those of the fixtures", () => expect(Object.keys(penalties)).toEqual(Object.keys(fixtures.penalties)));

  it.each(Object.entries(penalties))("%s has Keras' value and its own gradient", (name, penalty) => {
    const { weight, value } = fixtures.penalties[name]!;
    const w = tensor(weight as number[][], float64);
    expect(penalty(w).shape).toEqual([]);
    expect(penalty(w).dtype).toBe("float64");
    expect(penalty(w).item()).toBeCloseTo(value, 13);
    expect(gradcheck(penalty, [w], { order: 2 }).passed).toBe(true);
  });

  it("orthogonal reads filters as a matrix of rows, and has no pair in a single one", () => {
    const w = randn([3, 2, 2], { dtype: "float64", generator: new Generator(1) });
    const penalty = regularizers.orthogonal();
    expect(penalty(w).item()).toBe(penalty(w.reshape([3, 4])).item());
    expect([penalty(ones([1, 4])).item(), penalty(zeros([3, 4])).item()]).toEqual([0, 0]);
    expect(() => penalty(ones([3]))).toThrow(
      new ShapeError("orthogonal: expected a weight of at least 2 axes, got shape [3]."),
    );
  });

  it.each<readonly [() => unknown, string]>([
    [() => regularizers.l1(-1), "l1: expected factor ≥ 0, got -1."],
    [() => regularizers.l2(Number.NaN), "l2: expected factor ≥ 0, got NaN."],
    [() => regularizers.l1l2({ l1: -1 }), "l1l2: expected l1 ≥ 0, got -1."],
    [() => regularizers.orthogonal({ mode: "row" as "rows" }), 'orthogonal: expected mode rows or columns, got row. Did you mean "rows"?'],
    [() => regularizers.l1l2()(5 as never), "l1l2: expected weight to be a tensor, got 5."],
    [() => regularizers.l2()(5 as never), "l2: expected weight to be a tensor, got 5."],
  ])("error %#", (run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("constraints", () => {
  it("are those of the fixtures", () => expect(Object.keys(bounds)).toEqual(Object.keys(fixtures.constraints)));

  it.each(Object.entries(bounds))("%s has Keras' value and its own gradient", (name, bound) => {
    const { weight, value } = fixtures.constraints[name]!;
    const w = tensor(weight as number[][], float64);
    const got = flat(bound(w).toArray() as Nested);
    flat(value).forEach((wanted, i) => expect(got[i]).toBeCloseTo(wanted, 13));
    expect(bound(w).shape).toEqual(w.shape);
    expect(gradcheck(bound, [w]).passed).toBe(true);
  });

  it.each(Object.entries(bounds))("%s leaves zeros what they are", (_, bound) => {
    expect(bound(zeros([2, 3])).toArray()).toEqual([[0, 0, 0], [0, 0, 0]]); // prettier-ignore
  });

  it.each<readonly [() => unknown, string]>([
    [() => constraints.maxNorm(-1), "maxNorm: expected max ≥ 0, got -1."],
    [() => constraints.maxNorm(1, { axes: 0 } as object), 'maxNorm: expected options axis, got "axes". Did you mean "axis"?'],
    [() => constraints.minMaxNorm({ min: 2 }), "minMaxNorm: expected min ≤ max, got min 2 and max 1."],
    [() => constraints.minMaxNorm({ rate: 2 }), "minMaxNorm: expected rate in [0, 1], got 2."],
    [() => constraints.unitNorm({ axis: 2 })(ones([2, 2])), "norm: expected an axis in [-2, 1], got 2."],
    [() => constraints.nonNeg()("w" as never), 'nonNeg: expected weight to be a tensor, got "w".'],
  ])("error %#", (run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});
