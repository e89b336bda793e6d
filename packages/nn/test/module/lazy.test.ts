import "@tapegrad/autograd";
import { manualSeed, ones, randn, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  type AnyModule, BatchNorm, Conv1d, Conv2d, Conv3d, ConvTranspose2d, countParameters, Dense, DropConnect, Flatten,
  EvoNormB0, functionalCall, GhostBatchNorm, InstanceNorm, lazy, LSTM, type Module, Parameter, PowerNorm, RecurrentBatchNorm,
  ReLU, Sequential,
} from "../../src/index.ts"; // prettier-ignore

const shapesOf = (module: AnyModule): unknown => module.namedParameters().map(([name, { shape }]) => [name, shape]);
const valuesOf = (module: AnyModule): unknown =>
  Object.entries(module.stateDict()).map(([key, t]) => [key, t.toArray()]);
const net = (): Sequential =>
  new Sequential(
    lazy(Conv2d, 8, 3),
    lazy(BatchNorm),
    new ReLU(),
    lazy(InstanceNorm),
    new Flatten(),
    lazy(Dense, 10, { bias: false }),
  );
const x = ones([2, 3, 5, 5]);

describe("a lazy layer becomes with its first call what its class makes of the size", () => {
  const rows: readonly (readonly [name: string, make: () => AnyModule, eager: () => AnyModule, input: Tensor])[] = [
    ["Dense", () => lazy(Dense, 4, { activation: "relu" }), () => new Dense(3, 4, { activation: "relu" }), randn([2, 5, 3])],
    ["DropConnect", () => lazy(DropConnect, 4, { rate: 0 }), () => new DropConnect(3, 4, { rate: 0 }), randn([2, 3])],
    ["Conv1d", () => lazy(Conv1d, 4, 2), () => new Conv1d(3, 4, 2), randn([3, 6])],
    ["Conv2d", () => lazy(Conv2d, 6, 2, { groups: 3, padding: "same" }), () => new Conv2d(3, 6, 2, { groups: 3, padding: "same" }), randn([2, 3, 4, 4])],
    ["Conv3d", () => lazy(Conv3d, 2, 1), () => new Conv3d(3, 2, 1), randn([2, 3, 2, 2, 2])],
    ["ConvTranspose2d", () => lazy(ConvTranspose2d, 4, 2), () => new ConvTranspose2d(3, 4, 2), randn([2, 3, 4, 4])],
    ["BatchNorm", () => lazy(BatchNorm, { momentum: null }), () => new BatchNorm(3, { momentum: null }), randn([4, 3])],
    ["BatchNorm, channels last", () => lazy(BatchNorm, { axis: -1 }), () => new BatchNorm(3, { axis: -1 }), randn([2, 5, 3])],
    ["GhostBatchNorm", () => lazy(GhostBatchNorm, 2), () => new GhostBatchNorm(3, 2), randn([4, 3])],
    ["InstanceNorm", () => lazy(InstanceNorm), () => new InstanceNorm(3), randn([2, 3, 4])],
    ["RecurrentBatchNorm", () => lazy(RecurrentBatchNorm, 5), () => new RecurrentBatchNorm(3, 5), randn([5, 2, 3])],
    ["EvoNormB0", () => lazy(EvoNormB0, { affine: false }), () => new EvoNormB0(3, { affine: false }), randn([2, 3, 4, 4])],
    ["PowerNorm", () => lazy(PowerNorm, { affine: false }), () => new PowerNorm(3, { affine: false }), randn([4, 3])],
    ["InstanceNorm of one sample", () => lazy(InstanceNorm, { batched: false, affine: true }), () => new InstanceNorm(3, { batched: false, affine: true }), randn([3, 4])],
    ["LSTM", () => lazy(LSTM, 4, { batchFirst: true }), () => new LSTM(3, 4, { batchFirst: true }), randn([2, 5, 3])],
  ];
  const outputs = (module: AnyModule, input: Tensor): unknown => {
    const y = (module as Module).forward(input) as Tensor | readonly [Tensor, ...unknown[]];
    return ("shape" in y ? y : y[0]).toArray();
  };

  it.each(rows)("%s", (_name, make, eager, input) => {
    manualSeed(1);
    const want = eager();
    manualSeed(1);
    const layer = make();
    expect(layer).toBeInstanceOf(want.constructor);
    expect(layer.constructor).toBe(want.constructor);
    expect(outputs(layer, input)).toEqual(outputs(want, input));
    expect([valuesOf(layer), String(layer), Object.keys(layer)]).toEqual([valuesOf(want), String(want), Object.keys(want)]);
    expect(Object.hasOwn(layer, "forward")).toBe(false);
    expect(valuesOf(layer.clone())).toEqual(valuesOf(want));
    // And by a state.
    const loaded = make();
    loaded.loadStateDict(JSON.parse(JSON.stringify(layer.stateDict())));
    if (Object.keys(layer.stateDict()).length > 0) expect(valuesOf(loaded)).toEqual(valuesOf(want));
  });

  it("inside of a model, and trains", () => {
    const model = net();
    expect(model.forward(x).shape).toEqual([2, 10]);
    expect(shapesOf(model)).toEqual([["0.weight", [8, 3, 3, 3]], ["0.bias", [8]], ["1.weight", [8]], ["1.bias", [8]], ["5.weight", [10, 72]]]);
    model.forward(x).square().mean().backward();
    expect(model.parameters().every((p) => p.grad !== undefined)).toBe(true);
    expect(() => model.forward(ones([2, 4, 5, 5]))).toThrow("in 0 (Conv2d)");
  });
}); // prettier-ignore

describe("before the first call a lazy layer", () => {
  const message =
    /^Conv2d: expected parameters of known sizes, got lazy ones at 0\. Call the module once before, or load a state\.$/;

  it("refuses whoever asks for parameters", () => {
    const model = net();
    for (const ask of [
      () => model.parameters(),
      () => model.stateDict(),
      () => model.namedBuffers(),
      () => model.requiresGrad_(false),
      () => model.to("float64"),
      () => countParameters(model),
      () => functionalCall(model, { "5.weight": ones([10, 72]) }, x),
    ]) {
      expect(ask).toThrow(ValueError);
      expect(ask).toThrow(message);
    }
    const layer = lazy(Dense, 2);
    expect(() => layer.weight).toThrow("Dense: expected a layer whose sizes are known, got weight of a lazy one. Call it once before, or load a state.");
    expect(() => (layer.weight = new Parameter(ones([2, 3])))).toThrow("Dense: expected a layer whose sizes are known, got weight of a lazy one.");
    expect(() => layer.parameters()).toThrow("Dense: expected parameters of known sizes, got lazy ones. Call the module once before, or load a state.");
    expect(() => lazy(ReLU as never)).toThrow("lazy: expected a class of layers that can be lazy, got ");
    expect(() => lazy(3 as never)).toThrow("lazy: expected a class of layers that can be lazy, got 3.");
    expect(() => (layer as Module).forward()).toThrow("Dense.forward: expected x to be a tensor, got undefined.");
    expect(() => lazy(BatchNorm).forward(ones([3]))).toThrow("BatchNorm: expected an axis in [-1, 0], got 1.");
    expect(() => lazy(BatchNorm, { axis: [1, 2] }).forward(x)).toThrow("BatchNorm: expected features to be a list of extents for axis [1, 2], got 3.");
    expect(() => lazy(Dense, -2).forward(ones([1, 3]))).toThrow("Dense: expected outFeatures");
  }); // prettier-ignore

  it("is printed, put into modes, hooked and copied", () => {
    const model = net();
    expect(String(model)).toBe(
      [
        "Sequential(",
        "  (0): Conv2d(lazy, 8, 3)",
        "  (1): BatchNorm(lazy)",
        "  (2): ReLU()             0",
        "  (3): InstanceNorm(lazy)",
        "  (4): Flatten()          0",
        "  (5): Dense(lazy, 10, { bias: false })",
        ") 0 parameters, more once lazy layers have been called",
      ].join("\n"),
    );
    const seen: unknown[] = [];
    model.eval();
    model.at(0)!.registerForwardHook((module, inputs, y) => void seen.push(module, inputs.length, y.shape));
    const copy = model.clone();
    expect(copy.forward(x).shape).toEqual([2, 10]);
    expect(seen).toEqual([copy.at(0), 1, [2, 8, 3, 3]]);
    expect(copy.modules().map(({ training }) => training)).toEqual(copy.modules().map(() => false));
    expect(() => model.parameters()).toThrow(message);
    model.train().forward(ones([2, 1, 5, 5]));
    expect([model.parameters()[0]?.shape, copy.parameters()[0]?.shape]).toEqual([[8, 1, 3, 3], [8, 3, 3, 3]]);
  }); // prettier-ignore
});

describe("a state that is loaded before", () => {
  it("tells the sizes, behind a prefix too; where it fails all stay lazy", () => {
    const model = net();
    model.forward(x);
    const state = model.stateDict();
    const other = net();
    const { "5.weight": weight, ...rest } = state;
    expect(() => other.loadStateDict(rest)).toThrow("expected the 7 keys of Sequential, got 1 missing, 0 unexpected and 0 that do not fit.\n  missing: 5.weight");
    expect(() => other.loadStateDict({ ...state, extra: ones([1]) })).toThrow("unexpected: extra");
    const wrong = new Sequential(lazy(Dense, 3), lazy(Dense, -2));
    const sizes = { "0.weight": ones([3, 2]), "0.bias": ones([3]), "1.weight": ones([2, 3]), "1.bias": ones([2]) };
    expect(() => wrong.loadStateDict(sizes)).toThrow("Dense: expected outFeatures");
    expect(() => wrong.parameters()).toThrow("Dense: expected parameters of known sizes, got lazy ones at 0.");
    expect(() => other.parameters()).toThrow("Conv2d: expected parameters of known sizes, got lazy ones at 0.");
    expect(other.loadStateDict(rest, { strict: false })).toEqual({ missing: ["5.weight"], unexpected: [] });
    expect(() => other.parameters()).toThrow("InstanceNorm: expected parameters of known sizes, got lazy ones at 3.");
    other.loadStateDict({ "m.5.weight": weight! }, { prefix: "m.", strict: false });
    expect(other.eval().forward(x).toArray()).toEqual(model.eval().forward(x).toArray());
    expect(valuesOf(other)).toEqual(valuesOf(model));
    expect(other.parameters()[4]).toBeInstanceOf(Parameter);
  }); // prettier-ignore
});
