import "@tapegrad/autograd";
import { ones, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchNorm, Dense, Dropout, Lambda, LayerNorm, ModuleList, Residual, Sequential } from "../index.ts";
import { Buffer } from "./buffer.ts";
import { countParameters } from "./count-parameters.ts";
import { type AnyModule, Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** A module with members of every kind. */
class Everything extends Module {
  inner: Dense = new Dense(2, 2, { bias: false });
  scaleFactor: Parameter = new Parameter(ones([2]));
  array: readonly unknown[] = [new Parameter(ones([1])), 3, [new Dense(1, 1)]];
  map: ReadonlyMap<string, unknown> = new Map([["left", new Dense(1, 1, { bias: false })]]);
  record: { readonly head: Dense } = { head: new Dense(1, 1, { bias: false }) };
  stepCount: Buffer = new Buffer(zeros([], { dtype: "int32" }));
  cache: Buffer = new Buffer(zeros([3]), { persistent: false });
  plain: Tensor = ones([5], { requiresGrad: true });
  override forward(x: Tensor): Tensor {
    return this.inner.forward(x).mul(this.scaleFactor);
  }
}

const names = (entries: Iterable<readonly [string, unknown]>): string[] => Array.from(entries, ([name]) => name);

describe("members", () => {
  const module = new Everything();

  it("are found by type in fields, arrays, Maps and plain objects, own ones first", () => {
    expect(names(module.namedParameters())).toEqual([
      "scaleFactor",
      "inner.weight",
      "array.0",
      "array.2.0.weight",
      "array.2.0.bias",
      "map.left.weight",
      "record.head.weight",
    ]);
    expect(names(module.namedBuffers())).toEqual(["stepCount", "cache"]);
    expect(names(module.namedModules())).toEqual(["", "inner", "array.2.0", "map.left", "record.head"]);
    expect(names(module.namedChildren())).toEqual(["inner", "array.2.0", "map.left", "record.head"]);
    expect(module.children()[0]).toBe(module.inner);
  });

  it("have snake_case keys in the state, without buffers that do not persist", () => {
    expect(Object.keys(module.stateDict())).toEqual([
      "scale_factor",
      "step_count",
      "inner.weight",
      "array.0",
      "array.2.0.weight",
      "array.2.0.bias",
      "map.left.weight",
      "record.head.weight",
    ]);
  });

  it("that are shared are reported once, but stand in the state under every name", () => {
    const tied = new Dense(2, 2, { bias: false });
    const net = new Sequential(tied, new Lambda((x) => x.relu()), tied);
    expect(names(net.namedParameters())).toEqual(["0.weight"]);
    expect(Object.keys(net.stateDict())).toEqual(["0.weight", "2.weight"]);
    const other = new Dense(2, 2);
    Object.assign(other, { weight: tied.weight });
    expect([...new Sequential(tied, other).parameters()]).toHaveLength(2);
    expect(countParameters(net)).toEqual({ total: 4, trainable: 4, nonTrainable: 0 });
  });

  it("are arrays that can be walked again, and again as they are after a change", () => {
    const net = new Sequential(new Dense(1, 1));
    const parameters = net.parameters();
    expect([[...parameters].length, [...parameters].length, parameters.length]).toEqual([2, 2, 2]);
    for (const list of [net.modules(), net.children(), net.namedParameters(), net.buffers(), net.namedChildren()]) {
      expect([...list]).toEqual(list.slice());
    }
    net.append(new Dense(1, 1));
    expect([parameters.length, net.parameters().length]).toEqual([2, 4]);
  });

  it("may refer back to what encloses them", () => {
    class Child extends Module {
      parent: AnyModule | undefined = undefined;
      own: Parameter = new Parameter(ones([1]));
      override forward(x: Tensor): Tensor {
        return x;
      }
    }
    const child = new Child();
    const net = new Sequential(child);
    child.parent = net;
    expect(Object.keys(net.stateDict())).toEqual(["0.own"]);
    expect(names(net.namedModules())).toEqual(["", "0"]);
  });

  it("are walked without recursion, however deep", () => {
    let net = new Sequential(new Dense(1, 1));
    for (let i = 0; i < 2000; i++) net = new Sequential(net);
    expect(net.modules()).toHaveLength(2002);
    expect(net.parameters()).toHaveLength(2);
  });
});

describe("mode, gradients, dtype", () => {
  it("train and eval reach all modules", () => {
    const net = new Sequential(new Residual(new Dropout(0.5)), new BatchNorm(2));
    net.eval();
    expect(net.modules().map((m) => m.training)).toEqual([false, false, false, false]);
    expect(
      net
        .train()
        .modules()
        .every((m) => m.training),
    ).toBe(true);
  });

  it("zeroGrad forgets, requiresGrad_ freezes", () => {
    const net = new Sequential(new Dense(2, 3), new LayerNorm(3));
    net
      .forward(randn([4, 2]))
      .square()
      .sum()
      .backward();
    expect(net.parameters().every((p) => p.grad !== undefined)).toBe(true);
    net.zeroGrad();
    expect(net.parameters().every((p) => p.grad === undefined)).toBe(true);
    net.requiresGrad_(false);
    expect(net.forward(randn([4, 2])).requiresGrad).toBe(false);
    expect(countParameters(net)).toEqual({ total: 15, trainable: 0, nonTrainable: 15 });
  });

  it("to converts floats in place and leaves counters", () => {
    const net = new BatchNorm(2);
    const { weight } = net;
    expect(net.to("float64")).toBe(net);
    expect(net.weight).toBe(weight);
    expect(Object.values(net.stateDict()).map((t) => t.dtype)).toEqual([
      "float64",
      "float64",
      "float64",
      "float64",
      "int32",
    ]);
    expect(net.forward(randn([4, 2], { dtype: "float64" })).dtype).toBe("float64");
    expect(() => net.to("int32")).toThrow("to: expected dtype float32 or float64, got int32.");
  });

  it("apply goes from the children up", () => {
    const net = new Sequential(new Residual(new Dense(1, 1)), new LayerNorm(1));
    const seen: string[] = [];
    net.apply((m) => void seen.push(m.constructor.name));
    expect(seen).toEqual(["Dense", "Residual", "LayerNorm", "Sequential"]);
  });
});

describe("printing", () => {
  it("shows the tree with parameter counts", () => {
    const net = new Sequential(
      new Dense(784, 64),
      new BatchNorm(64),
      new Residual(new Dropout(0.1)),
      new Dense(64, 10),
    );
    const text = [
      "Sequential(",
      "  (0): Dense(784, 64)                            50,240",
      "  (1): BatchNorm(64, eps=1e-5, momentum=0.1)        256",
      "  (2): Residual(",
      "    (body): Dropout(0.1)                              0",
      "  )",
      "  (3): Dense(64, 10)                                650",
      ") 51,146 parameters, 51,018 trainable, 128 not",
    ].join("\n");
    expect(String(net)).toBe(text);
    const inspect = Reflect.get(net, Symbol.for("nodejs.util.inspect.custom")) as () => string;
    expect(inspect.call(net)).toBe(text);
    expect(String(new ModuleList([new Dense(1, 2)]))).toContain("(0): Dense(1, 2)");
    expect(String(new Dense(2, 3))).toBe("Dense(2, 3) 9 parameters");
  });
});

describe("Parameter", () => {
  it("is a tensor over the same storage that requires gradients", () => {
    const value = ones([2]);
    const parameter = new Parameter(value);
    expect([parameter.requiresGrad, parameter.storage === value.storage]).toEqual([true, true]);
    expect(parameter.mul(2)).not.toBeInstanceOf(Parameter);
    expect(() => new Parameter(zeros([1], { dtype: "int32" }))).toThrow(
      "Parameter: expected a float32 or float64 tensor, got int32.",
    );
  });
});
