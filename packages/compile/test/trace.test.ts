import { assign, randn, type Tensor, tensor, where, zeros } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { trace } from "../src/trace/trace.ts";

/** Names of the operations that a traced function is recorded as. */
function recorded(fn: (...tensors: Tensor[]) => Tensor[], ...tensors: Tensor[]): string[] {
  const { graph } = trace({ tensors, withGrad: new Set(), call: (symbols) => ({ tensors: fn(...symbols) }) });
  return graph.operations.map(({ name }) => name);
}

const x = randn([600, 4]);

describe("a traced graph is the program as written", () => {
  const index = tensor([[0, 1, 0, 1]], { dtype: "int32" });
  it.each<[string, string[], (x: Tensor) => Tensor]>([
    ["standardize", ["standardize"], (a) => apply("standardize", [a], { axes: [1], eps: 1e-5, center: true })[0]],
    ["a long sum of float32", ["sum"], (a) => apply("sum", [a], { axes: [0] })[0]],
    ["indexing along a short axis", ["gather"], (a) => apply("gather", [a, index], { axis: 0 })[0]],
    ["a power that is a square", ["broadcastTo", "pow"], (a) => a.pow(tensor(2).broadcastTo(a.shape))],
    ["one operation twice", ["exp", "exp", "add"], (a) => a.exp().add(a.exp())],
    [
      "what changes nothing",
      ["mul", "neg", "neg"],
      (a) =>
        a
          .mul(tensor([1]))
          .neg()
          .neg(),
    ],
    ["constants", ["add", "mul"], (a) => a.mul(tensor([2]).add(tensor([3])))],
    ["what nobody uses", ["log", "relu"], (a) => (a.log(), a.relu())],
    ["reshapes, where they are used", ["reshape", "sqrt", "reshape"], (a) => a.reshape([-1]).sqrt().reshape([4, 600])],
    [
      "positions",
      ["iota", "lt", "where"],
      (a) => where(apply("iota", [], { shape: [4], axis: 0, dtype: "float32" })[0].lt(tensor([2])), a, tensor([0])),
    ],
  ])("%s", (_, names, fn) => {
    expect(recorded((a) => [fn(a)], x)).toEqual(names);
  });

  it("reshapes a value once", () => {
    expect(recorded((a) => [a.reshape([-1]).exp(), a.reshape([-1]).neg()], x)).toEqual(["reshape", "exp", "neg"]);
  });

  it("records an assignment as what the tensor holds afterwards", () => {
    const state = zeros([4]);
    const { graph } = trace({
      tensors: [x],
      withGrad: new Set(),
      call: ([a]) => {
        assign(state, state.add(a!.sum({ axis: 0 })));
        return { tensors: [state.mul(tensor([2]))] };
      },
    });
    expect(graph.operations.map(({ name }) => name)).toEqual(["sum", "reshape", "add", "mul"]);
    expect(graph.updates.get(state.storage)?.from).toBe(graph.operations[2]);
    expect(graph.operations[3]?.inputs[0]).toBe(graph.updates.get(state.storage));
    expect(state.storage.version).toBe(0);
  });
});
