import { describe, expect, it } from "vitest";
import type { Value } from "../../graph/graph.ts";
import type { ApplyNode, ConstantNode, LoadNode, LoopKernel } from "../../schedule/loop-kernel.ts";
import { LoopPlanner } from "./planned-loops.ts";

let values = 0;

function buffer(dtype: Value["dtype"] = "float32", shape: readonly number[] = [4, 8]): Value {
  return { id: values++, shape, dtype, from: { kind: "argument", index: 0 }, index: 0 };
}

interface Differences {
  readonly constant?: number;
  readonly offset?: number;
  readonly name?: "add" | "mul";
  readonly extents?: readonly number[];
  readonly strides?: readonly number[];
  readonly isReversed?: boolean;
  readonly reduced?: readonly boolean[];
  /** Whether the second operand is what the result is stored to. */
  readonly isInPlace?: boolean;
}

/** `to = (a ∘ b) · constant`, over buffers of its own. */
function kernel({
  constant = 2,
  offset = 0,
  name = "add",
  extents = [4, 8],
  strides = [8, 1],
  isReversed = false,
  reduced = [false, false],
  isInPlace = false,
}: Differences = {}): LoopKernel {
  const to = buffer();
  const load = (from: Value, at: number): LoadNode => {
    return { kind: "load", from, offset: at, strides, dtype: "float32" };
  };
  const a = load(buffer(), 0);
  const b = load(isInPlace ? to : a.from, offset);
  const inputs = isReversed ? [b, a] : [a, b];
  const both: ApplyNode = { kind: "apply", name, inputs, dtype: "float32" };
  const factor: ConstantNode = { kind: "constant", value: constant, dtype: "float32" };
  const node: ApplyNode = { kind: "apply", name: "mul", inputs: [both, factor], dtype: "float32" };
  return {
    kind: "loop",
    extents,
    reduced,
    stores: [{ node, to, strides: [8, 1] }],
    accumulations: [],
    nodes: [a, b, both, factor, node],
    operations: [],
    checks: 0,
  };
}

describe("LoopPlanner", () => {
  it("plans kernels once that differ in nothing but buffers", () => {
    const planner = new LoopPlanner(false);
    const [one, other] = [planner.plan(kernel()), planner.plan(kernel())];
    expect(other.pattern).toBe(one.pattern);
    expect(other.buffers).not.toEqual(one.buffers);
    const [load] = other.kernel.nodes as readonly [LoadNode];
    expect(other.buffers.map(({ value }) => value)).toEqual([load.from, other.kernel.stores[0]!.to]);
  });

  it.each<Differences>([
    { constant: 0 },
    { constant: -0 },
    { constant: 2.5 },
    { constant: Number.NaN },
    { constant: 2 + 2 ** 32 },
    { offset: 8 },
    { name: "mul" },
    { extents: [2, 8] },
    { strides: [1, 4] },
    { reduced: [false, true] },
    { isInPlace: true },
    { offset: 8, isReversed: true },
  ])("tells a kernel from others: %o", (differences) => {
    const planner = new LoopPlanner(false);
    const others: Differences[] = [{}, { constant: 1 }, { constant: 3 }, { extents: [4, 4] }, { offset: 16 }];
    if (!Object.is(differences.constant, 0)) others.push({ constant: 0 });
    if (!Object.is(differences.constant, -0)) others.push({ constant: -0 });
    if (differences.isReversed === true) others.push({ offset: 8 });
    const known = others.map((other) => planner.plan(kernel(other)).pattern);
    const { pattern } = planner.plan(kernel(differences));
    expect(known).not.toContain(pattern);
    // The extent of an outermost loop is not in the code.
    const codes = known.filter(({ plan }) => plan.kernel.extents.length === pattern.plan.kernel.extents.length);
    if (differences.extents === undefined) expect(codes.map(({ code }) => code)).not.toContain(pattern.code);
    expect(planner.plan(kernel(differences)).pattern).toBe(pattern);
  });

  it("tells kernels from others by their bands, what is outside of those, and how many rows they have", () => {
    const planner = new LoopPlanner(false);
    const codeOf = (lower: number, upper: number, outside: number, rows = 40): string => {
      const whole = kernel({ extents: [rows, 40], strides: [40, 1], reduced: [false, true] });
      const stores = whole.stores.map((store) => ({ ...store, strides: [40, 1], outside }));
      return planner.plan({ ...whole, stores, band: { rows: 0, columns: 1, lower, upper } }).pattern.code;
    };
    const others = [
      codeOf(-39, 0, 0),
      codeOf(-39, 1, 0),
      codeOf(-38, 0, 0),
      codeOf(-39, 0, -0),
      codeOf(-39, 0, 1),
      codeOf(-39, 0, 0, 41),
    ];
    expect(new Set(others).size).toBe(others.length);
    // What most rows have a part in is not looked at.
    expect(codeOf(-39, 38, 0)).toBe(codeOf(-39, 37, 1));
  });
});
