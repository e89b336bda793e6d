import { ones, zeros } from "../functions/creation.ts";
import { assign, type Tensor } from "../tensor/tensor.ts";
import { withTracer } from "../tensor/tracer.ts";
import { describe, expect, it } from "vitest";
import { planOf } from "./plan.ts";
import type { ProgramCache } from "./segment.ts";
import { Recorder } from "./recorder.ts";

/** What the steps of an update are: programs by how many instructions, inputs and outputs they have. */
function stepsOf(update: () => void, cache: ProgramCache = new Map()): string[] {
  const recorder = new Recorder();
  withTracer(recorder, update);
  return planOf(recorder.recording!, cache).map((step) => {
    if (step.kind !== "program") return step.kind === "application" ? step.name : "assign";
    const { program, inputs, scalars, outputs } = step;
    const read = `${inputs.length} inputs, ${scalars.length} numbers`;
    return `${program.operations} operations of ${read}, ${outputs.length} outputs`;
  });
}

const parameter = (...shape: number[]): Tensor => {
  const param = zeros(shape).requiresGrad_();
  param.grad = ones(shape);
  return param;
};

describe("a plan", () => {
  const [a, b, m, n] = [parameter(8), parameter(2, 3), zeros([8]), zeros([2, 3])];

  it("is one program for each parameter, with one text; numbers are computed once", () => {
    const cache: ProgramCache = new Map();
    const rate = zeros([], { dtype: "float64" });
    const update = (): void => {
      const rest = rate.mul(2).to("float32");
      for (const [param, state] of [
        [a, m],
        [b, n],
      ] as const) {
        const average = state.mul(0.5).add(param.grad!.mul(rest));
        assign(state, average);
        assign(param, param.sub(average.mul(rest)));
      }
    };
    const each = "5 operations of 3 inputs, 2 numbers, 2 outputs";
    expect(stepsOf(update, cache)).toEqual(["mul", "cast", each, each]);
    expect(cache.size).toBe(1);
  });

  it("goes on behind what is not elementwise with the values that are needed there", () => {
    const update = (): void => {
      const change = a.grad!.mul(2).add(1);
      const norm = change.square().sum().sqrt();
      assign(a, a.sub(change.div(norm)));
    };
    expect(stepsOf(update)).toEqual([
      "3 operations of 1 inputs, 2 numbers, 2 outputs",
      "sum",
      "reshape",
      "sqrt",
      "2 operations of 2 inputs, 1 numbers, 1 outputs",
    ]);
  });

  it("leaves other dtypes, broadcasting and numbers to kernels", () => {
    const c = zeros([3], { dtype: "float64" });
    const update = (): void => {
      assign(c, c.add(1));
      assign(b, b.add(zeros([3])));
      assign(m, m.add(1).square());
    };
    expect(stepsOf(update)).toEqual([
      "add",
      "assign",
      "add",
      "0 operations of 1 inputs, 0 numbers, 1 outputs",
      "2 operations of 1 inputs, 1 numbers, 1 outputs",
    ]);
  });

  it("assigns once what is assigned twice, and copies", () => {
    const update = (): void => {
      assign(m, a.grad!);
      assign(m, m.add(a));
      assign(a, m.clone());
    };
    expect(stepsOf(update)).toEqual(["1 operations of 2 inputs, 0 numbers, 2 outputs"]);
  });
});
