import { assign, randint, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { expectElements } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import type { Graph, Value } from "../src/graph/graph.ts";
import { compile } from "../src/index.ts";
import { isCheck } from "../src/schedule/kernel.ts";
import { schedule } from "../src/schedule/schedule.ts";
import { trace } from "../src/trace/trace.ts";
import { wasmTarget } from "../src/wasm/wasm-target.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

function expectPositive(x: Tensor): void {
  const error = (value: number): ValueError => new ValueError(`root: expected numbers from 0 on, got ${value}.`);
  expectElements(x, { within: [[0, Infinity]], error });
}

describe("a check of what was computed after an assignment", () => {
  const state = tensor(1);
  const step = compile((x: Tensor, y: Tensor) => {
    const next = state.add(x);
    assign(state, next);
    expectPositive(next.sub(y));
    return next;
  });

  it("leaves captured tensors as they were, since nothing is overwritten before it", () => {
    expect(step(tensor(1), tensor(-7)).item()).toBe(2);
    expect(() => step(tensor(10), tensor(13))).toThrow("root: expected numbers from 0 on, got -1.");
    expect(state.storage.version).toBe(1);
    expect(state.item()).toBe(2);
    expect(step(tensor(1), tensor(0)).item()).toBe(3);
  });
});

describe("the order of checks", () => {
  /** The kernels of a function, by what they run. */
  function kernelsOf(fn: (x: Tensor) => Tensor, x: Tensor): { names: string[]; inputs: Value[] } {
    const { graph }: { readonly graph: Graph } = trace({
      tensors: [x],
      withGrad: new Set(),
      call: (symbols) => ({ tensors: [fn(symbols[0]!)] }),
    });
    const { kernels } = schedule(wasmTarget.lower(graph), wasmTarget.canFuse);
    return {
      names: kernels.map((kernel) => {
        if (kernel.kind === "routine") return kernel.operation.name;
        const isGather = kernel.kind === "loop" && kernel.nodes.some((node) => node.kind === "load" && node.at);
        return isGather ? "gather" : kernel.kind;
      }),
      inputs: kernels.flatMap((kernel) => (kernel.kind === "routine" && isCheck(kernel) ? kernel.inputs : [])),
    };
  }

  const matrix = tensor([[1, 2], [3, 4]]); // prettier-ignore

  it("is that of the function, and they come before all that they do not need", () => {
    const { names, inputs } = kernelsOf((x) => {
      const sums = x.cumsum({ axis: 0 });
      const y = x.matmul(x);
      expectPositive(y);
      expectPositive(x);
      return sums.matmul(y);
    }, matrix);
    expect(names).toEqual(["matmul", "check", "check", "cumsum", "matmul"]);
    expect(inputs.map(({ from }) => from.kind)).toEqual(["operation", "argument"]);
  });

  it("has what relies on an index wait for all checks that came before", () => {
    const index = randint(0, 2, [300]);
    const { names } = kernelsOf((x) => {
      // The kernel of this waits for the sums below, and its check with it.
      const more = x.add(1);
      expectPositive(more);
      const rows = x.indexSelect(0, index);
      const result = more.mul(x.cumsum({ axis: 0 }));
      expectPositive(rows);
      return result;
    }, matrix);
    expect(names.filter((name) => name !== "loop")).toEqual(["cumsum", "check", "check", "gather", "check"]);
  });

  it("lets a parameter be updated in place when they have run", () => {
    const weight = tensor([1, 2]);
    const train = compile((x: Tensor) => {
      const p = x.matmul(x);
      assign(weight, weight.mul(p.sum()));
      expectPositive(p);
    });
    train(matrix);
    expect(wasmExecutableOf(train)?.memory.inPlace.size).toBe(1);
  });

  it("has each value checked once for one range", () => {
    const { names } = kernelsOf((x) => {
      expectPositive(x);
      expectPositive(x.reshape([4]));
      expectPositive(x.unsqueeze(0).broadcastTo([3, 2, 2]));
      expectPositive(tensor([1, 2]));
      return x;
    }, matrix);
    expect(names).toEqual(["check"]);
  });
});
