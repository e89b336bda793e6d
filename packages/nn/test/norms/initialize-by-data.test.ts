import { Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { type AnyModule, Conv2d, ConvTranspose2d, Dense, Embedding, norms, ReLU, Sequential } from "../../src/index.ts";
import { numbers } from "./norm-case.ts";

const generator = new Generator(111);
const options = { generator, dtype: "float64" } as const;
const draw = (...shape: number[]): Tensor => randn(shape, options);
const { centeredWeightNorm, initializeByData, weightNorm } = norms;

/** Mean and variance of every output; `axis` is that of the outputs. */
function expectStandard(y: Tensor, axis: number, means: "no means" | "any means" = "no means"): void {
  const over = { axis: y.shape.map((_, i) => i).filter((i) => i !== axis), keepDims: true };
  const mean = y.mean(over);
  if (means === "no means") for (const value of numbers(mean)) expect(value).toBeCloseTo(0, 12);
  else expect(mean.abs().max().item()).toBeGreaterThan(1e-3);
  for (const value of numbers(y.sub(mean).square().mean(over))) expect(value).toBeCloseTo(1, 12);
}

describe("initializeByData", () => {
  it.each([
    ["Dense", () => weightNorm(new Dense(5, 4, options)), [16, 5], 1],
    ["Dense of three axes", () => centeredWeightNorm(new Dense(5, 4, options)), [4, 3, 5], 2],
    ["Conv2d", () => weightNorm(new Conv2d(2, 4, 3, options)), [3, 2, 6, 6], 1],
    ["Conv2d in groups", () => centeredWeightNorm(new Conv2d(2, 4, 3, { ...options, groups: 2 })), [3, 2, 6, 6], 1],
    ["ConvTranspose2d", () => weightNorm(new ConvTranspose2d(2, 4, 3, options), { axis: 1 }), [3, 2, 4, 4], 1],
  ] as const)("%s has outputs of mean 0 and variance 1", (_, make, shape, axis) => {
    const [layer, x] = [make(), draw(...shape).mul(3).add(1)];
    expectStandard(initializeByData<AnyModule & { forward(x: Tensor): Tensor }>(layer, x).forward(x), axis);
  }); // prettier-ignore

  it("sets every layer before its activation by what those before it make of the batch", () => {
    const first = weightNorm(new Dense(5, 6, { ...options, activation: "relu" }));
    const second = weightNorm(new Dense(6, 3, { ...options, bias: false }));
    const [plain, last] = [new Dense(3, 3, options), weightNorm(new Dense(3, 2, options))];
    const untouched = numbers(plain.weight);
    const net = new Sequential(first, new Sequential(second, new ReLU()), plain, last);
    const x = draw(32, 5);
    expect(initializeByData(net, x)).toBe(net);
    const y = net.forward(x);
    const hidden = first.forward(x);
    expect(hidden.min().item()).toBe(0);
    first.activation = undefined;
    expectStandard(first.forward(x), 1);
    expectStandard(second.forward(hidden), 1, "any means");
    expectStandard(y, 1);
    expect(numbers(plain.weight)).toEqual(untouched);
    expect(Object.hasOwn(last, "forward")).toBe(false);
    expect(y.requiresGrad).toBe(true);
  });

  it("is set by the first of several calls", () => {
    const layer = weightNorm(new Dense(3, 3, options));
    const x = draw(16, 3);
    initializeByData(new Sequential(layer, layer), x);
    expectStandard(layer.forward(x), 1);
  });

  it.each<readonly [run: () => unknown, type: new (message: string) => Error, message: string]>([
    [() => initializeByData(new Dense(3, 2), zeros([4, 3])), ValueError, "initializeByData: expected a module with layers of weightNorm, got Dense."],
    [() => initializeByData(weightNorm(new Embedding(3, 2)), zeros([4], { dtype: "int32" })), ValueError, "initializeByData: expected weightNorm of dense layers and convolutions, got Embedding."],
    [() => initializeByData(weightNorm(new ConvTranspose2d(2, 4, 3)), zeros([1, 2, 4, 4])), ShapeError, "initializeByData: expected a length for each of 4 outputs of ConvTranspose2d, got shape [2, 1, 1, 1]. Give weightNorm axis 1."],
    [() => initializeByData(5 as unknown as Dense, zeros([1])), ValueError, "initializeByData: expected module to be a module, got 5."],
  ])("error %#", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  }); // prettier-ignore

  it("changes nothing when it fails", () => {
    const [first, second] = [weightNorm(new Dense(3, 3, { ...options, activation: "tanh" })), weightNorm(new Dense(3, 2, options))];
    const net = new Sequential(first, new ReLU(), second);
    const before = JSON.stringify(net.stateDict());
    expect(() => initializeByData(net, draw(4, 3).mul(0))).toThrow("expected outputs that vary over the batch, got a standard deviation of 0.");
    const x = draw(8, 3);
    const broken = new Sequential(first, weightNorm(new Dense(4, 2, options)));
    expect(() => initializeByData(broken, x)).toThrow(ShapeError);
    expect(JSON.stringify(net.stateDict())).toBe(before);
    expect(first.activation).toBeDefined();
    expect(Object.hasOwn(first, "forward")).toBe(false);
  }); // prettier-ignore
});
