import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import type { Optimizer } from "../src/optimizer/optimizer.ts";

/** A number, or all of a parameter, with its state; takes a gradient and returns the new value. */
type Naive<T = number> = (g: T) => T;

/** A parameter, flat. */
type Flat = readonly number[];

/** An optimizer, and its documented formula. */
interface TrajectoryRow {
  readonly name: string;
  readonly make: (params: Tensor[]) => Optimizer;
  readonly naive: (start: Flat, shape: Flat) => Naive<Flat>;
  /** Formulas with a slip, by what is wrong in them; the trajectory must tell them apart. */
  readonly slips?: Readonly<Record<string, TrajectoryRow["naive"]>>;
}

/** A formula on one number, as its framework documents it; `slip` names what to get wrong on purpose. */
export type Formula<O> = (start: number, options: O, slip?: string) => Naive;

/** A formula on all of a parameter. */
export type WholeFormula<O> = (start: Flat, shape: Flat, options: O, slip?: string) => Naive<Flat>;

/** A row for each set of options; each slip is tried with the options at its index. */
export function formulaRows<O extends object>(
  Constructor: new (params: Iterable<Tensor>, options: O) => Optimizer,
  formula: Formula<O>,
  options: readonly O[],
  slips: Readonly<Record<string, number>>,
): TrajectoryRow[] {
  const whole: WholeFormula<O> = (start, _shape, each, slip) => {
    const elements = start.map((value) => formula(value, each, slip));
    return (g) => g.map((value, i) => elements[i]!(value));
  };
  return wholeFormulaRows(Constructor, whole, options, slips);
}

/** The same for formulas on all of a parameter. */
export function wholeFormulaRows<O extends object>(
  Constructor: new (params: Iterable<Tensor>, options: O) => Optimizer,
  formula: WholeFormula<O>,
  options: readonly O[],
  slips: Readonly<Record<string, number>>,
): TrajectoryRow[] {
  return options.map((each, i) => ({
    name: `${Constructor.name} ${JSON.stringify(each)}`,
    make: (params) => new Constructor(params, each),
    naive: (start, shape) => formula(start, shape, each),
    slips: Object.fromEntries(
      Object.entries(slips)
        .filter(([, at]) => at === i)
        .map(([slip]): [string, TrajectoryRow["naive"]] => [slip, (start, shape) => formula(start, shape, each, slip)]),
    ),
  }));
}

/** Two parameters with random gradients; the second one has none in steps 0, 1 and 5. */
function run(
  make: TrajectoryRow["make"],
  naive: TrajectoryRow["naive"],
  dtype: "float32" | "float64",
): { got: number[]; want: number[] }[] {
  const generator = new Generator(3);
  const params = [randn([3], { generator, dtype }), randn([2, 2], { generator, dtype })].map((p) => p.requiresGrad_());
  const naives = params.map((p) => naive([...p.data], p.shape));
  const values = params.map((p) => [...p.data]);
  const optimizer = make(params);
  return Array.from({ length: 20 }, (_, step) => {
    params.forEach((param, i) => {
      const g = randn(param.shape, { generator, dtype });
      const skipped = i === 1 && [0, 1, 5].includes(step);
      param.grad = skipped ? undefined : g;
      if (!skipped) values[i] = [...naives[i]!([...g.data])];
    });
    optimizer.step();
    return { got: params.flatMap((p) => [...p.data]), want: values.flat() };
  });
}

/** Largest difference between an optimizer and a formula. */
function distance(make: TrajectoryRow["make"], naive: TrajectoryRow["naive"], dtype: "float32" | "float64"): number {
  const differences = run(make, naive, dtype).flatMap(({ got, want }) =>
    got.map((value, i) => Math.abs(value - want[i]!)),
  );
  // NaN is as far away as can be.
  return differences.reduce((most, d) => (d <= most ? most : Number.isNaN(d) ? Infinity : d), 0);
}

/** The tests of optimizers against their formulas. */
export function checkTrajectories(rows: readonly TrajectoryRow[]): void {
  describe.each(rows)("$name", ({ make, naive, slips = {} }) => {
    it("follows the documented formula, also where a gradient is missing", () => {
      expect(distance(make, naive, "float64")).toBeLessThan(1e-12);
    });

    it("follows it in float32 to its precision", () => {
      expect(distance(make, naive, "float32")).toBeLessThan(2e-5);
    });

    for (const [slip, wrong] of Object.entries(slips)) {
      it(`is no formula with ${slip}`, () => {
        expect(distance(make, wrong, "float64")).toBeGreaterThan(1e-6);
      });
    }
  });
}
