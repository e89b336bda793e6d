import { tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { fixtures, flat, gap, type Nested } from "../../test/torch/fixtures.ts";
import type { Optimizer } from "../optimizer/optimizer.ts";
import { ASGD } from "./asgd.ts";
import { Rprop } from "./rprop.ts";
import { SparseAdam } from "./sparse-adam.ts";

const double = (values: Nested): Tensor => tensor(values as number[], { dtype: "float64" });
const classes: Readonly<Record<string, new (params: Iterable<Tensor>, options: object) => Optimizer>> = {
  Rprop,
  ASGD,
  SparseAdam,
};

describe.each(fixtures.trajectories)("$name with $options", ({ name, options, first, steps, state }) => {
  it("goes where PyTorch goes, and keeps the same state", () => {
    const params = first.map((values) => double(values).requiresGrad_());
    const optimizer = new classes[name]!(params, options);
    for (const [i, { grads, after }] of steps.entries()) {
      params.forEach((p, k) => (p.grad = flat(grads[k]!).length === 0 ? undefined : double(grads[k]!)));
      if (i === 5) optimizer.lr /= 2;
      optimizer.step();
      expect(gap(params.map((p) => p.toArray()) as Nested[], after), `step ${i}`).toBeLessThan(1e-12);
    }
    const saved = optimizer.stateDict().state;
    state.forEach((entries, k) => {
      expect(Object.keys(saved[k]!).toSorted()).toEqual(Object.keys(entries).toSorted());
      for (const [key, want] of Object.entries(entries)) {
        expect(gap(saved[k]![key]!.toArray() as Nested, want), key).toBeLessThan(1e-12);
      }
    });
  });
});
