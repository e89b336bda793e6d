import { type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense, Flatten, Identity, Lambda, type Module, ModuleList, Residual, Sequential } from "../index.ts";

describe("containers", () => {
  it("Sequential applies in order, ModuleList only holds", () => {
    const net = new Sequential(new Lambda((x) => x.add(1))).append(new Lambda((x) => x.mul(2)));
    expect(net.forward(tensor(3)).item()).toBe(8);
    expect([net.length, [...net].length]).toEqual([2, 2]);
    expect(new Sequential().forward(tensor(3)).item()).toBe(3);
    const modules = new ModuleList([new Dense(1, 1), new Dense(1, 1)]).append(new Dense(1, 1));
    expect([modules.length, [...modules].length, modules.parameters().length]).toEqual([3, 3, 6]);
    expect(modules.at(-1)).toBeInstanceOf(Dense);
    expect(() => modules.forward()).toThrow("ModuleList: expected its modules to be called one by one");
    expect(Object.keys(new ModuleList([new Dense(1, 1)]).stateDict())).toEqual(["0.weight", "0.bias"]);
  });

  it("take modules only", () => {
    const relu = ((x: Tensor) => x.relu()) as unknown as Module;
    expect(() => new Sequential(relu)).toThrow(
      "Sequential: expected module 0 to be a module, got the function relu. Wrap a function in Lambda.",
    );
    expect(() => new Sequential([] as unknown as Module)).toThrow(
      "Sequential: expected module 0 to be a module, got [].",
    );
    expect(() => new Sequential().forward()).toThrow("Sequential: expected an input, got none.");
    expect(() => new Lambda(3 as unknown as () => Tensor)).toThrow("Lambda: expected fn to be a function, got 3.");
  });

  it("Residual adds, Flatten joins, Identity returns", () => {
    expect(new Residual(new Lambda((x) => x.mul(2))).forward(tensor([1, 2])).toArray()).toEqual([3, 6]);
    expect(() => new Residual(new Flatten()).forward(zeros([2, 1, 1]))).toThrow(
      "Residual: expected a body that keeps shape [2, 1, 1], got [2, 1].",
    );
    expect(new Flatten().forward(zeros([0, 3, 4])).shape).toEqual([0, 12]);
    const x = zeros([2]);
    expect(new Identity().forward(x)).toBe(x);
  });
});
