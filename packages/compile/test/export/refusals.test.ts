import "@tapegrad/autograd";
import { Dense } from "@tapegrad/nn";
import { SGD, StepLR } from "@tapegrad/optim";
import { CompileError, ones, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/compile.ts";
import { exportWasm } from "../../src/export-wasm.ts";
import { loadWasm } from "../../src/loader.ts";

const x = tensor([1, 2, 3]);

describe("exportWasm refuses", () => {
  it("operations without code of their own, all at once", () => {
    const atan = (t: Tensor): Tensor => apply("atan", [t], {})[0];
    const fn = compile((t: Tensor, n: Tensor) => [atan(t), n.pow(n), atan(t.to("float64"))]);
    const expected =
      "exportWasm: expected operations that are WebAssembly, got atan of float32, pow of int32, " +
      "atan of float64. Return what they take, and let the program around the module compute them. At ";
    const attempt = (): unknown => exportWasm(fn, [x, tensor([1, 2], { dtype: "int32" })]);
    expect(attempt).toThrow(CompileError);
    expect(attempt).toThrow(expected);
  });

  it("gradients that are not there yet, and takes them when they are", () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const add = compile((t: Tensor) => w.mul(t).sum().backward());
    expect(() => exportWasm(add, [x])).toThrow(/got one that adds to gradients that are not there yet\. Call it once/);
    add(x);
    expect(() => exportWasm(add, [x])).not.toThrow();
  });

  it("gradients that only the first call finds", () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const optimizer = new SGD([w], { lr: 1 });
    const step = compile((t: Tensor) => {
      w.mul(t).sum().backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
    w.grad = ones([3]);
    expect(() => exportWasm(step, [x])).toThrow(/got one that removes a gradient that is there\. Call it once before/);
    step(x);
    expect(() => exportWasm(step, [x])).not.toThrow();
  });

  it("what the next call would find changed", () => {
    const model = new Dense(3, 3);
    const flip = compile((t: Tensor) => {
      const y = model.training ? model.forward(t) : t;
      model.eval();
      return y;
    });
    expect(() => exportWasm(flip, [x])).toThrow(
      /expected a function that does the same in every call, got one that changes/,
    );
    const freeze = compile((t: Tensor) => {
      const y = model.weight.requiresGrad ? model.forward(t) : t;
      model.weight.requiresGrad_(false);
      return y;
    });
    expect(() => exportWasm(freeze, [x])).toThrow(/changes requiresGrad of a tensor/);
  });

  it("a schedule that is stepped inside", () => {
    const w = tensor([1, 2, 3], { requiresGrad: true });
    const optimizer = new SGD([w], { lr: 1 });
    const schedule = new StepLR(optimizer, { stepSize: 2 });
    const step = compile(() => {
      optimizer.zeroGrad();
      w.square().sum().backward();
      optimizer.step();
      schedule.step();
    });
    expect(() => exportWasm(step, [])).toThrow(/got one that steps a schedule\. Step it outside/);
  });

  it("a call while a function is traced", () => {
    const inner = compile((t: Tensor) => t.add(1));
    const outer = compile((t: Tensor) => {
      exportWasm(inner, [t]);
      return t;
    });
    expect(() => outer(x)).toThrow(/exportWasm: expected a call outside compiled functions/);
  });

  it.each<[string, unknown, unknown, unknown, RegExp]>([
    [
      "a function that is not compiled",
      (t: Tensor) => t,
      [x],
      {},
      /expected a function that compile gave, got a function/,
    ],
    ["one argument alone", undefined, x, {}, /expected inputs to be the arguments of a call, as a list, got a Tensor/],
    [
      "state that is no tensors",
      undefined,
      [x],
      { state: { a: 1 } },
      /expected state to be a module, or tensors by name/,
    ],
    [
      "a state of something else",
      undefined,
      [x],
      { state: new SGD([tensor([1], { requiresGrad: true })]) },
      /module, or ten/,
    ],
    ["an unknown option", undefined, [x], { names: {} }, /exportWasm: expected options state, got "names"/],
  ])("%s", (_, fn, inputs, options, message) => {
    const compiled = fn ?? compile((t: Tensor) => t.add(1));
    expect(() => exportWasm(compiled as never, inputs as never, options as never)).toThrow(message);
    expect(() => exportWasm(compiled as never, inputs as never, options as never)).toThrow(ValueError);
  });

  it("two tensors of one name", () => {
    const [a, b] = [tensor([1, 2, 3]), tensor([1, 2, 3])];
    const fn = compile((t: Tensor) => t.mul(a).add(b));
    const nested = compile((both: { "a.b": Tensor; a: { b: Tensor } }) => both["a.b"].add(both.a.b));
    expect(() => exportWasm(nested, [{ "a.b": a, a: { b } }])).toThrow(
      new ValueError("exportWasm: expected names that differ, got two tensors named arg0.a.b."),
    );
    expect(() => exportWasm(fn, [x], { state: { state0: b } })).toThrow(
      new ValueError("exportWasm: expected names that differ, got two tensors named state0."),
    );
  });
});

describe("loadWasm refuses", () => {
  const scale = compile((t: Tensor, by: Tensor) => t.mul(by));
  const { wasm } = exportWasm(scale, [x, tensor(2)]);

  it("other modules", async () => {
    const nothing = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(loadWasm(nothing)).rejects.toThrow(new TypeError("loadWasm: expected a module of exportWasm."));
  });

  it.each([
    [[[1, 2, 3]], "loadWasm: expected 2 inputs, got 1."],
    [[[1, 2, 3], [2], [3]], "loadWasm: expected 2 inputs, got 3."],
    [[[1, 2], [2]], "loadWasm: expected 3 elements of arg0, got 2."],
    [[[9, 9, 9], []], "loadWasm: expected 1 elements of arg1, got 0."],
  ])("inputs %j", async (inputs, message) => {
    const loaded = await loadWasm(wasm);
    expect(loaded.run([1, 2, 3], [2])).toEqual([Float32Array.of(2, 4, 6)]);
    expect(() => loaded.run(...inputs)).toThrow(new RangeError(message));
    expect(loaded.run()).toEqual([Float32Array.of(2, 4, 6)]);
  });

  it.each(["w", "toString", "__proto__"])("a state named %s", async (name) => {
    const loaded = await loadWasm(wasm);
    const state = JSON.parse(`{"${name}": [1]}`) as Record<string, number[]>;
    expect(() => loaded.loadStateDict(state)).toThrow(
      new RangeError(`loadWasm: expected undefined elements of ${name}, got 1.`),
    );
  });
});
