import { assign, Generator, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { type AnyModule, type Buffer, Conv2d, ConvTranspose1d, Dense, norms, type Parameter, parametrizations, parametrize } from "../../src/index.ts"; // prettier-ignore
import { expectNear, formula, numbers } from "./formula.ts";

const options = { dtype: "float64" } as const;
const unit = (t: Tensor): Tensor => t.div(t.norm());
const conv = (): Conv2d => {
  const layer = new Conv2d(2, 3, 2, options);
  assign(layer.weight, formula(3, 2, 2, 2));
  return layer;
};

describe("parametrizations.spectralNorm", () => {
  it("has PyTorch 1.13's values, keys and gradients", () => {
    const layer = parametrizations.spectralNorm(conv());
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "parametrizations.weight.original", "parametrizations.weight.0._u", "parametrizations.weight.0._v"]);
    expect(layer.namedParameters().map(([name]) => name)).toEqual(["bias", "parametrizations.weight.original"]);
    const [u, v] = layer.buffers() as [Buffer, Buffer];
    assign(u, unit(formula(3).add(1)));
    assign(v, unit(formula(8).add(1)));
    expectNear(numbers(layer.weight).slice(0, 4), [0, 0.2381403017271313, 0.36427949850713426, 0.319092355115055], 1e-14);
    const { weight } = layer;
    expectNear(numbers(weight).slice(0, 4), [0, 0.2319503504841996, 0.35481082681147785, 0.3107982272172175], 1e-14);
    expectNear(numbers(u), [0.6655538172376343, 0.6571653703364873, 0.35379625830542794], 1e-14);
    expectNear(numbers(v).slice(0, 3), [-0.27409715123344636, 0.07961290200218045, 0.39587976344027315], 1e-14);
    weight.backward(formula(3, 2, 2, 2).cos());
    expectNear(numbers(layer.parametrizations.weight.original!.grad!).slice(0, 4), [0.39744235625028124, 0.2770239394330536, 0.14491675994187017, 0.16228102236452968], 1e-14);
    layer.eval();
    expectNear(numbers(layer.weight).slice(0, 2), [0, 0.2319503504841996], 1e-14);
  }); // prettier-ignore

  it("finds the largest singular value, along the axis of the outputs", () => {
    for (const layer of [new Dense(3, 4, options), new ConvTranspose1d(4, 2, 3, options)]) {
      const normed = parametrizations.spectralNorm(layer, { iterations: 200, generator: new Generator(1) });
      const axis = layer instanceof Dense ? 0 : 1;
      const w = axis === 0 ? normed.weight : normed.weight.transpose(0, 1).reshape([2, 12]);
      const gram = w.matmul(w.transpose()).detach();
      let power = gram;
      for (let i = 0; i < 60; i++) power = power.div(power.norm()).matmul(gram);
      expect(power.norm().item()).toBeCloseTo(1, 8);
    }
  });
});

describe("both forms of PyTorch's keys load into both forms of a norm", () => {
  const stateOf = (module: AnyModule): Tensor[] =>
    Object.values(module.stateDict()).toSorted((a, b) => a.ndim - b.ndim || a.size - b.size);

  it.each(["weightNorm", "spectralNorm"] as const)("%s", (name) => {
    const pairs = [
      [norms[name](conv()), parametrizations[name](conv())],
      [parametrizations[name](conv()), norms[name](conv())],
    ] as const;
    for (const [from, to] of pairs) {
      const other = to.clone();
      for (const t of [...from.parameters(), ...from.buffers()]) assign(t, t.detach().add(0.25));
      const state = { ...from.stateDict() };
      expect(to.loadStateDict(state)).toEqual({ missing: [], unexpected: [] });
      expect(stateOf(to).map(numbers)).toEqual(stateOf(from).map(numbers));
      expectNear(numbers(to.eval().weight), numbers(from.eval().weight), 1e-14);
      // Also of a copy, and behind a prefix.
      other.loadStateDict(Object.fromEntries(Object.entries(state).map(([key, t]) => [`m.${key}`, t])), {
        prefix: "m.",
      });
      expectNear(numbers(other.eval().weight), numbers(from.weight), 1e-14);
      expect(() => to.loadStateDict({ ...state, ...to.stateDict() })).toThrow("unexpected");
    }
  });

  it("and not once the norm is gone", () => {
    const normed = norms.weightNorm(conv());
    const layer = parametrize.removeParametrizations(parametrizations.weightNorm(conv()), "weight");
    expect(() => layer.loadStateDict(normed.stateDict())).toThrow("unexpected: weight_g, weight_v");
    const other = norms.removeWeightNorm(norms.weightNorm(conv()));
    expect(() => other.loadStateDict(parametrizations.weightNorm(conv()).stateDict())).toThrow("missing: weight");
  }); // prettier-ignore
});

describe("parametrizations.weightNorm", () => {
  it("keeps the value at first, and is computed from lengths and directions", () => {
    const layer = parametrizations.weightNorm(conv());
    expectNear(numbers(layer.weight), numbers(formula(3, 2, 2, 2)), 1e-14);
    const { original0: g, original1: v } = layer.parametrizations.weight;
    expect([g?.shape, v?.shape]).toEqual([[3, 1, 1, 1], [3, 2, 2, 2]]);
    assign(g!, g!.detach().mul(2));
    expectNear(numbers(layer.weight), numbers(formula(3, 2, 2, 2).mul(2)), 1e-14);
    layer.weight = formula(3, 2, 2, 2).mul(-3) as Parameter;
    expectNear(numbers(layer.weight), numbers(formula(3, 2, 2, 2).mul(-3)), 1e-14);
    const whole = parametrizations.weightNorm(conv(), { axis: null });
    expect(whole.parametrizations.weight.original0?.shape).toEqual([]);
  }); // prettier-ignore

  it("of another parameter than the weight, and of several", () => {
    const bias = parametrizations.weightNorm(parametrizations.weightNorm(new Dense(2, 3)), { name: "bias" });
    expect(Object.keys(bias.stateDict())).toEqual([
      "parametrizations.weight.original0",
      "parametrizations.weight.original1",
      "parametrizations.bias.original0",
      "parametrizations.bias.original1",
    ]);
    expect(() => parametrizations.weightNorm(new Dense(2, 3), { name: "kernel" })).toThrow(
      'weightNorm: expected a module with a parameter or buffer "kernel", got Dense.',
    );
  });
});
