import { grad } from "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import * as nn from "@tapegrad/nn";
import { assign, full, rand, randint, randn, type Tensor, where, zeros } from "@tapegrad/tensor";
import { errorOf } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { expectSmall } from "../../src/export/graph/encode-model.ts";
import { exportOnnx, loadOnnx } from "../../src/index.ts";
import { evaluated, expectSameInRuntime, expectSameOutputs } from "./expect-same-outputs.ts";
import { loadIntoRuntime } from "./onnx-runtime.ts";
import { operatorsOf } from "./operators-of.ts";

const x = randn([4, 6]);

const initializersOf = (bytes: Uint8Array): string[] =>
  loadOnnx(bytes)
    .namedParameters()
    .map(([name]) => name);

describe("names", () => {
  it("of parameters and buffers are their keys", () => {
    const net = new nn.Sequential(new nn.Dense(6, 3), new nn.BatchNorm(3));
    const state = loadOnnx(exportOnnx(net, [x])).stateDict();
    const used = Object.keys(net.stateDict()).filter((key) => key !== "1.num_batches_tracked");
    expect(Object.keys(state).toSorted()).toEqual(used.toSorted());
  });

  it("of what a function captures are those of the modules that run", () => {
    const [encoder, decoder, scale] = [new nn.Dense(6, 3), new nn.Dense(3, 6), full([], 2)];
    const bytes = exportOnnx((t: Tensor) => decoder.forward(encoder.forward(t)).mul(scale), [x]);
    expect(initializersOf(bytes).toSorted()).toEqual(["bias", "bias_1", "captured", "weight", "weight_1"]);
  });

  it("of shared parameters are one, and tensors are written once", () => {
    const table = new nn.Embedding(50, 8);
    const head = new nn.Dense(8, 50, { bias: false });
    Object.assign(head, { weight: table.weight });
    const bytes = exportOnnx(new nn.Sequential(table, head), [randint(0, 50, [3])]);
    expect(initializersOf(bytes)).toEqual(["0.weight"]);
    expect(bytes.length).toBeLessThan(4 * 50 * 8 + 400);
  });

  it("of inputs and outputs may be given", async () => {
    const f = (a: Tensor, b: Tensor): Tensor[] => [a.add(b), a, a.add(b)];
    const names = ({ inputs, outputs }: ReturnType<typeof loadOnnx>): string[] =>
      [...inputs, ...outputs].map(({ name }) => name);
    expect(names(loadOnnx(exportOnnx(f, [x, x])))).toEqual(["input_0", "input_1", "output_0", "output_1", "output_2"]);
    const options = { inputNames: ["a", "b"], outputNames: ["sum", "first", "again"] };
    const bytes = exportOnnx(f, [x, x], options);
    expect(names(loadOnnx(bytes))).toEqual(["a", "b", "sum", "first", "again"]);
    const { run, release } = await loadIntoRuntime(bytes);
    expectSameOutputs(await run([x, x.exp()]), [x.add(x.exp()), x, x.add(x.exp())]);
    await release();
  });

  it("of initializers give way to those of inputs and outputs", () => {
    class Named extends nn.Module {
      input: nn.Parameter = new nn.Parameter(randn([6]));
      mul_0: nn.Parameter = new nn.Parameter(randn([6]));
      override forward(t: Tensor): Tensor {
        return t.mul(this.input).mul(this.mul_0).exp();
      }
    }
    const net = new Named();
    const bytes = exportOnnx(net, [x]);
    expect(initializersOf(bytes).toSorted()).toEqual(["input_1", "mul_0"]);
    expectSameOutputs(evaluated(loadOnnx(bytes), [x]), evaluated(net, [x]));
  });
});

describe("modes", () => {
  it("of a module are those of evaluation while it is exported, and its own afterwards", async () => {
    const net = new nn.Sequential(new nn.Dense(6, 4), new nn.BatchNorm(4), new nn.Dropout(0.5));
    net.children()[1]!.eval();
    const modes = (): boolean[] => net.modules().map(({ training }) => training);
    const before = modes();
    const bytes = exportOnnx(net, [x]);
    expect(modes()).toEqual(before);
    expect(operatorsOf(bytes)).toBe("Gemm BatchNormalization");
    expect(errorOf(() => exportOnnx(net, [randn([4, 5])]))).toContain("in 0 (Dense): linear: expected input of shape");
    expect(modes()).toEqual(before);
    await expectSameInRuntime(bytes, net, [[x]]);
  });

  it("of a module come back with its own forward, even after an error", () => {
    const layer = new nn.ELU();
    const net = new nn.Sequential(layer, new nn.Dense(6, 2));
    expect(operatorsOf(exportOnnx(net, [x]))).toBe("Elu Gemm");
    expect(errorOf(() => exportOnnx(net, [randn([4, 5])]))).toContain("linear");
    expect(Object.hasOwn(layer, "forward")).toBe(false);
  });

  it("of what a function calls are as they are", () => {
    const net = new nn.Sequential(new nn.Dropout(0.5), new nn.BatchNorm(6));
    const f = (t: Tensor): Tensor => net.forward(t);
    expect(errorOf(() => exportOnnx(f, [x]))).toBe(
      "ValueError: exportOnnx: expected primitives that ONNX has words for, got randomBits (random numbers).",
    );
    net.children()[0]!.eval();
    expect(errorOf(() => exportOnnx(f, [x]))).toBe(
      "ValueError: exportOnnx: expected a function that changes nothing, got one that changes 1.running_mean. Call eval() on its modules first.",
    );
    net.eval();
    expect(operatorsOf(exportOnnx(f, [x]))).toBe("BatchNormalization");
  });
});

describe("whatever runs", () => {
  it("is exported: functions over other dtypes, choices, gradients", async () => {
    const rows: readonly (readonly [(...inputs: Tensor[]) => Tensor, Tensor[]])[] = [
      [(a) => a.mul(3).remainder(5).add(a.abs()), [randint(-9, 9, [4, 2])]],
      [(a) => where(a.gt(0), a.exp(), a.tanh()).to("int32"), [x]],
      [(a) => a.gt(0).logicalAnd(a.lt(1)), [x]],
      [(a) => a.matmul(a.transpose(0, 1)).softmax({ axis: 0 }), [randn([3, 3], { dtype: "float64" })]],
      [
        (a) => {
          const leaf = a.detach().requiresGrad_();
          return grad(nn.functional.layerNorm(leaf, 6).square().mul(leaf).sum(), [leaf])[0]!;
        },
        [x],
      ],
    ];
    for (const [f, inputs] of rows) {
      const { run, release } = await loadIntoRuntime(exportOnnx(f, inputs, { dynamicBatch: false }));
      expectSameOutputs(await run(inputs), [f(...inputs)]);
      await release();
    }
  });

  it("is exported after it was compiled, as it was trained", () => {
    const net = new nn.Dense(6, 2);
    const step = compile((t: Tensor) => assign(net.weight, net.weight.detach().add(net.forward(t).mean())));
    step(x);
    step(x);
    expectSameOutputs(evaluated(loadOnnx(exportOnnx(net, [x])), [x]), evaluated(net, [x]));
  });

  it("is as large as its weights", () => {
    const net = new nn.Sequential(new nn.Dense(64, 128), new nn.ReLU(), new nn.Dense(128, 10));
    const count = nn.countParameters(net).total;
    expect(exportOnnx(net, [randn([1, 64])]).length).toBeLessThan(4 * count + 500);
  });

  it("may be deeper than the stack", () => {
    const f = (t: Tensor): Tensor => {
      let y = t;
      for (let i = 0; i < 3000; i++) y = y.mul(0.5).add(1);
      return y;
    };
    expect(operatorsOf(exportOnnx(f, [x])).split(" ")).toHaveLength(6000);
  });
});

describe("errors", () => {
  it("are told before a model of more than 2 GiB is written", () => {
    expect(errorOf(() => expectSmall(3 * 2 ** 30))).toBe(
      "ValueError: exportOnnx: expected a model of at most 2 GiB, got 3.0 GiB.",
    );
    expectSmall(2 ** 30);
  });

  const w = zeros([6]).requiresGrad_();
  const scaled = w.mul(2);
  const net = new nn.Dense(6, 2);

  it.each<readonly [() => unknown, string]>([
    [() => exportOnnx(5 as never, [x]), "ValueError: exportOnnx: expected model to be a module or a function, got 5."],
    [() => compile((t: Tensor) => (exportOnnx(net, [x]), t))(x), "exportOnnx"],
    [() => exportOnnx(net, x as never), "ValueError: exportOnnx: expected inputs to be a list of tensors, got a Tensor. Put it in a list: [x]."],
    [() => exportOnnx(net, [x], { opset: 12 }), "ValueError: exportOnnx: expected opset to be a whole number in [17, 23], got 12."],
    [() => exportOnnx(net, [x], { inputNames: ["a", "b"] }), "ValueError: exportOnnx: expected inputNames to be one name, got [a, b]."],
    [() => exportOnnx(net, [x], { outputNames: [""] }), "ValueError: exportOnnx: expected outputNames to be one name, got [\"\"]."],
    [() => exportOnnx(net, [x], { inputNames: ["a"], outputNames: ["a"] }), "ValueError: exportOnnx: expected other names for outputs than for inputs, got \"a\" for both."],
    [() => exportOnnx((t: Tensor) => t.mul(t.sum().item()), [x]), "CompileError: item: expected a tensor with a value, got one of shape [] that is being traced."],
    [() => exportOnnx((t: Tensor) => t.add(rand([6])), [x]), "ValueError: exportOnnx: expected primitives that ONNX has words for, got randomBits (random numbers)."],
    [() => exportOnnx((t: Tensor) => t.mul(scaled), [x]), "CompileError: exportOnnx: expected captured tensors outside the recorded graph, got the result of mul of shape [6]."],
    [() => exportOnnx((t: Tensor) => (w.mul(t).sum().backward(), t), [x]), "ValueError: exportOnnx: expected a function that changes nothing, got one that changes the gradient of a leaf of shape [6]."],
    [() => exportOnnx(() => 5, [x]), "ValueError: exportOnnx: expected a function that gives tensors, got one that gives none."],
    [() => exportOnnx((t: Tensor) => new Map([["t", t]]), [x]), "CompileError: exportOnnx: expected results to be tensors,"],
    [() => exportOnnx((t: Tensor) => w.grad ?? t, [x]), "ValueError: exportOnnx: expected no gradients of leaves, got one"],
  ])("are told: %#", (run, message) => {
    w.grad = zeros([6]);
    expect(errorOf(run)).toContain(message);
    w.grad = undefined;
  }); // prettier-ignore
});
