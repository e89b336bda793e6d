import "@tapegrad/autograd";
import { Dense, functional, LayerNorm, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { assign, Generator, manualSeed, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile, type PlanSummary } from "../src/index.ts";

function trainingPlan(): PlanSummary {
  manualSeed(1);
  const model = new Sequential(new Dense(16, 32), new LayerNorm(32), new ReLU(), new Dense(32, 4));
  const optimizer = new Adam(model.parameters());
  const step = compile((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = functional.crossEntropy(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  step(randn([8, 16], { generator: new Generator(2) }), tensor([0, 1, 2, 3, 0, 1, 2, 3], { dtype: "int32" }));
  return planOf(step);
}

const planOf = ({ plan }: { readonly plan: PlanSummary | undefined }): PlanSummary => {
  if (plan === undefined) throw new Error("expected a plan after a call.");
  return plan;
};

describe("plan", () => {
  it("is undefined before the first call", () => {
    expect(compile((x: Tensor) => x.neg()).plan).toBeUndefined();
  });

  it("is that of the last call", () => {
    const f = compile((x: Tensor) => x.neg());
    f(zeros([2]));
    const { plan } = f;
    f(zeros([3]));
    expect(f.plan).not.toBe(plan);
    f(zeros([2]));
    expect(f.plan).toBe(plan);
  });

  it("counts the work of a product", () => {
    const f = compile((x: Tensor, y: Tensor) => x.matmul(y));
    f(zeros([8, 16]), zeros([16, 32]));
    const { kernels, flops, bytes, schedule } = planOf(f);
    expect([kernels, flops, bytes]).toEqual([1, 2 * 8 * 16 * 32, 4 * (8 * 16 + 16 * 32 + 8 * 32)]);
    expect(schedule).toEqual([
      {
        kind: "matmul",
        loops: [
          { extent: 8, reduced: false, lanes: false },
          { extent: 32, reduced: false, lanes: true },
          { extent: 16, reduced: true, lanes: false },
        ],
        operations: ["matmul"],
        reads: [
          { name: "arg0", shape: [8, 16], dtype: "float32" },
          { name: "arg1", shape: [16, 32], dtype: "float32" },
        ],
        writes: [{ name: "result0", shape: [8, 32], dtype: "float32" }],
        flops: 8192,
        bytes: 3584,
      },
    ]);
  });

  it("counts the work of a loop: one for each element of arithmetic, none for conversions and choices", () => {
    const f = compile((x: Tensor, y: Tensor) => x.add(y).exp().maximum(0).gt(1));
    f(zeros([4, 8]), zeros([8]));
    expect(planOf(f)).toMatchObject({ kernels: 1, flops: 3 * 32, bytes: 4 * 32 + 4 * 8 + 32 });
    expect(planOf(f).schedule[0]?.operations).toEqual(["add", "exp", "maximum", "gt"]);
  });

  it("counts reductions by what they take", () => {
    const f = compile((x: Tensor) => x.max({ axis: 1 }));
    f(zeros([4, 8]));
    expect(planOf(f)).toMatchObject({ kernels: 1, flops: 32, bytes: 4 * (32 + 4) });
    expect(planOf(f).schedule[0]?.loops).toEqual([
      { extent: 4, reduced: false, lanes: expect.any(Boolean) as boolean },
      { extent: 8, reduced: true, lanes: expect.any(Boolean) as boolean },
    ]);
  });

  it("names what it reads and writes", () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const state = tensor([1, 2, 3]);
    const f = compile((x: Tensor) => {
      w.mul(x).mul(state).sum().backward();
      assign(state, state.add(x));
    });
    f(tensor([1, 1, 1]));
    f(tensor([1, 1, 1]));
    const names = new Set(
      planOf(f).schedule.flatMap(({ reads, writes }) => [...reads, ...writes].map(({ name }) => name)),
    );
    expect([...names].toSorted()).toEqual(["arg0", "param0.grad", "state0", "state0'"]);
  });

  it("holds the whole LayerNorm forward in one kernel", () => {
    const { schedule } = trainingPlan();
    const norm = schedule.find(({ operations }) => operations.includes("rsqrt"));
    expect(norm?.loops.map(({ extent, reduced }) => [extent, reduced])).toEqual([
      [8, false],
      [32, true],
    ]);
    expect(norm?.operations).toContain("relu");
  });

  it("prints a line on the whole and an aligned table", () => {
    const plan = trainingPlan();
    const [head, empty, titles, rule, ...rows] = String(plan).split("\n");
    expect(head).toMatch(/^\d+ kernels, [\d.]+ kflop, [\d.]+ kB read and written, [\d.]+ kB of arena, \d+ threads?$/);
    expect(empty).toBe("");
    expect(titles).toMatch(/^# +kernel +loops: kept \| reduced, \* lanes +flop +B +reads +writes +fuses$/);
    expect(rule).toMatch(/^[- ]+$/);
    expect(rows.filter((row) => /^\d/.test(row))).toHaveLength(plan.kernels);
    // Every column starts where its title does.
    for (const start of [...(rule as string).matchAll(/(?<=^| )-/g)].map(({ index }) => index).slice(1)) {
      for (const row of rows) expect(row.slice(start - 2, start).trim()).toBe("");
    }
    // The classes are checked first of all.
    expect(rows[0]!.trim().split(/ {2,}/).slice(1)).toEqual(["check", "0", "32", "arg1[8]:int32", "check"]);
    const [, , , ...columns] = rows[1]!.trim().split(/ {2,}/);
    expect(columns).toEqual(["8.19 k", "3.58 k", "arg0[8,16] param0[32,16]", "t0[8,32]", "matmul"]);
  });

  it("draws kernels and memory", () => {
    const plan = trainingPlan();
    const dot = plan.toDot();
    expect(dot.startsWith("digraph plan {\n")).toBe(true);
    expect(dot.endsWith("}")).toBe(true);
    expect(dot.match(/shape=box/g)).toHaveLength(plan.kernels);
    expect(dot).toContain('"arg0" -> "kernel 1";');
    const edges = plan.schedule.reduce((sum, { reads, writes }) => sum + reads.length + writes.length, 0);
    expect(dot.match(/ -> /g)).toHaveLength(edges);
    const named = new Set([...dot.matchAll(/^ {2}("[^"]+") \[/gm)].map(([, name]) => name));
    for (const [, from, to] of dot.matchAll(/^ {2}("[^"]+") -> ("[^"]+");$/gm)) {
      expect(named).toContain(from);
      expect(named).toContain(to);
    }
  });
});
