import { type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import "./index.ts";

const leaf = (data: number | readonly number[]): Tensor => tensor(data, { requiresGrad: true, dtype: "float64" });
const double = (data: number | readonly number[]): Tensor => tensor(data, { dtype: "float64" });

describe("backward with inputs", () => {
  it("adds to these tensors and no others, leaves or results", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const z = x.mul(y);
    const out = z.square().sum();
    out.backward(undefined, { inputs: [x], retainGraph: true });
    expect([x.grad!.toArray(), y.grad, z.grad]).toEqual([[18, 64], undefined, undefined]);
    out.backward(undefined, { inputs: new Set([x, z]), retainGraph: true });
    expect([x.grad!.toArray(), y.grad, z.grad!.toArray()]).toEqual([[36, 128], undefined, [6, 16]]);
    z.retainGrad();
    out.backward(undefined, { inputs: [z] });
    expect(z.grad!.toArray()).toEqual([12, 32]);
  });

  it("leaves tensors alone that the output does not depend on", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    x.sum().backward(undefined, { inputs: [x, y] });
    expect([x.grad!.toArray(), y.grad]).toEqual([[1, 1], undefined]);
  });

  it("calls the hooks of these leaves, and of none that it does not reach", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const seen: string[] = [];
    for (const [name, t] of [
      ["x", x],
      ["y", y],
    ] as const) {
      // prettier-ignore
      t.registerHook(() => void seen.push(name));
      t.registerPostAccumulateGradHook(() => void seen.push(`after ${name}`));
    }
    x.mul(y)
      .sum()
      .backward(undefined, { inputs: [y] });
    expect(seen).toEqual(["y", "after y"]);
  });

  it.each([
    ["none", [], "backward: expected at least one tensor as inputs, got none. Leave inputs out for all leaves."],
    [
      "one without gradients",
      [leaf(1), double([1])],
      "backward: expected inputs that require gradients, got input 1 without.",
    ],
    ["what is no list", leaf(1), "backward: expected inputs to be a list of tensors, got"],
    ["null", null, "backward: expected inputs to be a list of tensors, got null."],
  ])("refuses %s", (_, inputs, message) => {
    const x = leaf([1, 2]);
    expect(() => x.sum().backward(undefined, { inputs: inputs as Tensor[] })).toThrow(message);
    expect(x.grad).toBeUndefined();
  });
});
