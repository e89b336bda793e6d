import { grad } from "@tapegrad/autograd";
import { Generator, randn, stack, type Tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Conv2d, ConvTranspose2d, Dense, functional, norms, Parameter, Sequential } from "../../src/index.ts";
import { numbers, relativeError } from "./norm-case.ts";

const { normalize, powerIteration, spectralNorm, weightNorm } = functional;
const generator = new Generator(101);
const draw = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });

function expectSame(got: Tensor, want: Tensor, tolerance: number = 1e-13): void {
  expect(got.shape).toEqual(want.shape);
  expect(relativeError(got.data, numbers(want))).toBeLessThan(tolerance);
}

describe("weightNorm", () => {
  it("has a gradient orthogonal to v, that of the closed form", () => {
    const [v, g, dw] = [draw(3, 5).requiresGrad_(), draw(3, 1).requiresGrad_(), draw(3, 5)];
    const [dv, dg] = grad(weightNorm(v, g), [v, g], { cotangent: dw }) as [Tensor, Tensor];
    const over = { axis: 1, keepDims: true };
    const length = v.norm(over);
    const direction = v.div(length);
    expectSame(dg, dw.mul(direction).sum(over));
    expectSame(dv, g.div(length).mul(dw.sub(direction.mul(dw.mul(direction).sum(over)))));
    expect(v.mul(dv).sum(over).abs().max().item()).toBeLessThan(1e-13);
  });

  it("of a layer starts from its weight and trains length and direction", () => {
    const plain = new Conv2d(2, 4, 3, { generator, dtype: "float64" });
    const weight = plain.weight.clone().detach();
    const layer = norms.weightNorm(plain);
    expectSame(layer.weight, weight);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "weight_g", "weight_v"]);
    expect(layer.weightG.shape).toEqual([4, 1, 1, 1]);
    expect(layer.namedParameters().map(([name]) => name)).toEqual(["bias", "weightG", "weightV"]);
    const y = layer.forward(draw(1, 2, 4, 4));
    y.backward(draw(...y.shape));
    expect(layer.weightG.grad?.abs().min().item()).toBeGreaterThan(0);
    layer.loadStateDict({ ...layer.stateDict(), weight_g: layer.weightG.detach().mul(2) });
    expectSame(layer.weight, weight.mul(2));
    expect(layer.to("float32").weight.dtype).toBe("float32");
  });
});

describe("spectralNorm", () => {
  it("reads the filters of transposed convolutions by their outputs, as PyTorch does", () => {
    const options = { generator, dtype: "float64" } as const;
    expect(norms.spectralNorm(new ConvTranspose2d(2, 5, 3, options)).weightU.shape).toEqual([5]);
    expect(norms.spectralNorm(new ConvTranspose2d(2, 5, 3, options), { axis: 0 }).weightU.shape).toEqual([2]);
    expect(norms.spectralNorm(new Conv2d(2, 5, 3, options)).weightU.shape).toEqual([5]);
  });

  it("finds the first singular value", () => {
    // A matrix with singular values 5, 2 and 1.
    const [a, b] = [draw(4, 3), draw(6, 3)].map((t) => gramSchmidt(t)) as [Tensor, Tensor];
    const values = zeros([3, 3], { dtype: "float64" });
    [5, 2, 1].forEach((value, i) => (values.data[i * 4] = value));
    const w = a.matmul(values).matmul(b.transpose());
    const [u, v] = powerIteration(w, draw(4), draw(6), { iterations: 60 });
    expectSame(spectralNorm(w, u, v), w.div(5));
    expect(u.norm().item()).toBeCloseTo(1, 14);
  });

  it("of a layer iterates in training, and not in evaluation", () => {
    const layer = norms.spectralNorm(new Dense(5, 3, { generator, dtype: "float64" }), { generator });
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "weight_orig", "weight_u", "weight_v"]);
    const x = draw(2, 5);
    const before = numbers(layer.weightU);
    layer.eval().forward(x);
    expect(numbers(layer.weightU)).toEqual(before);
    layer.train();
    for (let i = 0; i < 200; i++) layer.forward(x);
    expect(numbers(layer.weightU)).not.toEqual(before);
    const [u] = powerIteration(layer.weight, draw(3), draw(5), { iterations: 200 });
    expectSame(u.abs(), layer.weightU.abs(), 1e-9);
    expect(layer.weight.matmul(layer.weightV).norm().item()).toBeCloseTo(1, 9);
  });

  it("of a layer that runs twice before its backward pass keeps the vectors of each run", () => {
    const layer = norms.spectralNorm(new Dense(5, 3, { generator, dtype: "float64" }), { generator });
    const twice = layer.forward(draw(2, 5)).add(layer.forward(draw(2, 5)));
    twice.backward(draw(2, 3));
    expect(layer.weightOrig.grad?.abs().max().item()).toBeGreaterThan(0);
  });

  it("works inside other modules", () => {
    const net = new Sequential(norms.spectralNorm(new Dense(4, 3)), norms.weightNorm(new Dense(3, 2)));
    expect(Object.keys(net.stateDict())).toEqual(["0.bias", "0.weight_orig", "0.weight_u", "0.weight_v", "1.bias", "1.weight_g", "1.weight_v"]); // prettier-ignore
    expect(net.forward(zeros([1, 4])).shape).toEqual([1, 2]);
  });
});

describe("centeredWeightNorm, weightStandardization and scaledWeightStandardization", () => {
  const makers = {
    Dense: () => new Dense(6, 4, { generator, dtype: "float64" }),
    Conv2d: () => new Conv2d(2, 4, 3, { generator, dtype: "float64" }),
    ConvTranspose2d: () => new ConvTranspose2d(2, 4, 3, { generator, dtype: "float64" }),
  };

  it.each(Object.entries(makers))("of %s normalize what belongs to each output", (name, make) => {
    const [axis, over] = name === "ConvTranspose2d" ? [1, [0, 2, 3]] : [0, name === "Dense" ? [1] : [1, 2, 3]];
    const layer = make();
    const weight = layer.weight.detach().clone();
    const centred = norms.centeredWeightNorm(layer);
    expect(centred.weightG.size).toBe(4);
    expect(centred.weightG.shape[axis]).toBe(4);
    expectSame(centred.weight, weight.sub(weight.mean({ axis: over, keepDims: true })), 1e-9);
    const standardized = norms.weightStandardization(norms.removeCenteredWeightNorm(centred), { eps: 0 }).weight;
    expect(standardized.mean({ axis: over }).abs().max().item()).toBeLessThan(1e-14);
    for (const moment of numbers(standardized.square().mean({ axis: over }))) expect(moment).toBeCloseTo(1, 12);
    const [plain, scaled] = [make(), make()];
    scaled.loadStateDict(plain.stateDict());
    const { weightGain, weight: small } = norms.scaledWeightStandardization(scaled, { gain: 3, eps: 0 });
    const fanIn = weight.size / 4;
    expectSame(small, norms.weightStandardization(plain, { eps: 0 }).weight.mul(3 / Math.sqrt(fanIn)), 1e-14);
    expect(weightGain.shape).toEqual(centred.weight.shape.map((_, i) => (i === axis ? 4 : 1)));
    const along = norms.weightStandardization(make(), { axis: 1 - axis }).weight;
    expect(along.mean({ axis: over }).abs().max().item()).toBeGreaterThan(1e-3);
  });

  it("train what they compute from", () => {
    const [centred, standardized] = [norms.centeredWeightNorm(makers.Dense()), norms.weightStandardization(makers.Dense())];
    const scaled = norms.scaledWeightStandardization(makers.Dense());
    expect(Object.keys(scaled.stateDict())).toEqual(["bias", "weight_orig", "weight_gain"]);
    expect(centred.namedParameters().map(([name]) => name)).toEqual(["bias", "weightG", "weightV"]);
    expect(Object.keys(standardized.stateDict())).toEqual(["bias", "weight_orig"]);
    for (const layer of [centred, standardized, scaled]) {
      layer.forward(draw(3, 6)).backward(draw(3, 4));
      for (const parameter of layer.parameters()) expect(parameter.grad?.abs().min().item()).toBeGreaterThan(0);
      expect(layer.to("float32").weight.dtype).toBe("float32");
    }
    centred.loadStateDict({ ...centred.stateDict(), weight_g: centred.weightG.detach().mul(2) });
    expectSame(centred.weight.norm({ axis: 1, keepDims: true }), centred.weightG.detach(), 1e-6);
  }); // prettier-ignore

  it("scaled keeps the variance of its inputs", () => {
    const layer = norms.scaledWeightStandardization(new Dense(400, 300, { bias: false, generator }));
    const y = layer.forward(randn([200, 400], { generator }));
    expect(Math.abs(y.variance().item() - 1)).toBeLessThan(0.03);
  });

  it("leave weights that are all equal without NaN", () => {
    const layers = [norms.centeredWeightNorm, norms.weightStandardization, norms.scaledWeightStandardization].map((by) => by(new Dense(3, 2, { init: "ones" })));
    for (const layer of layers) {
      layer.forward(zeros([1, 3]).add(1)).backward(zeros([1, 2]).add(1));
      expect(numbers(layer.weight)).toEqual([0, 0, 0, 0, 0, 0]);
      for (const { grad } of layer.parameters()) expect(Array.from(grad!.data).every(Number.isFinite)).toBe(true);
    }
  }); // prettier-ignore
});

describe("the removal of norms of weights", () => {
  const conv = (): Conv2d => new Conv2d(2, 4, 3, { generator, dtype: "float64" });
  const layers = {
    weightNorm: () => norms.weightNorm(conv()),
    centeredWeightNorm: () => norms.centeredWeightNorm(conv()),
    weightStandardization: () => norms.weightStandardization(conv()),
    scaledWeightStandardization: () => norms.scaledWeightStandardization(conv(), { gain: 2 }),
    spectralNorm: () => norms.spectralNorm(conv(), { generator }),
  };
  const remove = {
    weightNorm: norms.removeWeightNorm,
    centeredWeightNorm: norms.removeCenteredWeightNorm,
    weightStandardization: norms.removeWeightStandardization,
    scaledWeightStandardization: norms.removeScaledWeightStandardization,
    spectralNorm: norms.removeSpectralNorm,
  };

  it.each(Object.keys(layers) as (keyof typeof layers)[])("of %s leaves a parameter of the present value", (name) => {
    const layer: Conv2d = layers[name]();
    const x = draw(1, 2, 4, 4);
    layer.forward(x);
    const [weight, y] = [layer.weight.detach().clone(), layer.eval().forward(x)];
    expect(remove[name](layer)).toBe(layer);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "weight"]);
    expect(layer.namedParameters().map(([key]) => key)).toEqual(["bias", "weight"]);
    expect(layer.weight).toBeInstanceOf(Parameter);
    expect(layer.weight.toArray()).toEqual(weight.toArray());
    layer.train();
    expect(layer.forward(x).toArray()).toEqual(y.toArray());
    expect(Object.hasOwn(layer, "forward")).toBe(false);
    layer.forward(x).square().sum().backward();
    expect(layer.weight.grad?.shape).toEqual(layer.weight.shape);
    expect(() => remove[name](layer)).toThrow(`: expected a module with ${name}, got Conv2d.`);
    const other = name === "weightNorm" ? layers.spectralNorm() : layers.weightNorm();
    expect(() => remove[name](other)).toThrow(`: expected a module with ${name}, got Conv2d.`);
  });

  it("keeps a frozen weight frozen", () => {
    const layer = norms.weightNorm(new Dense(2, 2)).requiresGrad_(false);
    expect(norms.removeWeightNorm(layer).weight.requiresGrad).toBe(false);
  });
});

describe("weights of 0", () => {
  it("stay 0, and can grow", () => {
    const v = zeros([2, 3], { dtype: "float64" }).requiresGrad_();
    const g = zeros([2, 1], { dtype: "float64" }).add(2).detach().requiresGrad_();
    const w = weightNorm(v, g);
    expect(numbers(w)).toEqual([0, 0, 0, 0, 0, 0]);
    const dw = draw(2, 3);
    const [dv, dg] = grad(w, [v, g], { cotangent: dw }) as [Tensor, Tensor];
    expectSame(dv, dw.mul(2));
    expect(numbers(dg)).toEqual([0, 0]);
    const layer = norms.spectralNorm(new Dense(3, 2, { init: "zeros" }));
    expect(numbers(layer.weight)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(numbers(layer.forward(zeros([1, 3]).add(1)).sub(layer.bias!))).toEqual([0, 0]);
  });
});

describe("normalize", () => {
  it.each([1, 2, 3, Infinity])("gives vectors of length 1 for p = %d", (p) => {
    const x = draw(3, 4, 2);
    for (const axis of [0, 1, -1]) {
      const y = normalize(x, { p, axis });
      for (const length of y.norm({ p, axis }).data) expect(length).toBeCloseTo(1, 13);
    }
  });

  it("leaves the zero vector, and divides short ones by eps", () => {
    const x = zeros([1, 3], { dtype: "float64" }).requiresGrad_();
    const y = normalize(x);
    expect(numbers(y)).toEqual([0, 0, 0]);
    expect(numbers(grad(normalize(x, { eps: 0.5 }), [x], { cotangent: x.detach().add(1) })[0]!)).toEqual([2, 2, 2]);
    expectSame(normalize(x.detach().add(1e-3), { eps: 1 }), x.detach().add(1e-3));
  });
});

/** Orthonormal columns. */
function gramSchmidt(t: Tensor): Tensor {
  const columns: Tensor[] = [];
  for (let j = 0; j < (t.shape[1] ?? 0); j++) {
    let column = t.slice([], j);
    for (const other of columns) column = column.sub(other.mul(column.mul(other).sum()));
    columns.push(column.div(column.norm()));
  }
  return stack(columns, 1);
}
