import { grad } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as functional from "../../src/functional.ts";
import { identityOf, type Invariance } from "../../src/norms/norm-facts.ts";
import { type NormName, table } from "../../src/norms/norm-table.ts";
import { numbers, relativeError } from "./norm-case.ts";
import { normTests } from "./norm-cases.ts";

const { batchNorm, layerNorm, rmsNorm } = functional;

const [cases, inside, neurons, positions] = [8, 5, 6, 4];
const generator = new Generator(81);
const draw = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });
const X = draw(cases, inside).add(0.3);
/** Samples of several positions. */
const images = draw(cases, inside, positions).add(0.3);
const W = draw(neurons, inside);
const cotangent = draw(cases, neurons);

/** A dense layer with its norm, without eps and bias. */
type Layer = (x: Tensor, w: Tensor) => Tensor;
type Norm = (x: Tensor) => Tensor;
const layers: Readonly<Record<string, Layer>> = {
  BN: (x, w) => batchNorm(x.matmul(w.transpose()), { eps: 0 }),
  LN: (x, w) => layerNorm(x.matmul(w.transpose()), neurons, { eps: 0 }),
  RMSNorm: (x, w) => rmsNorm(x.matmul(w.transpose()), neurons, { eps: 0 }),
  pRMSNorm: (x, w) => rmsNorm(x.matmul(w.transpose()), neurons, { eps: 0, partial: 0.4 }),
};

/** What broadcasts along the first axis of `t`: `value` in row `row` and `others` elsewhere. */
function only({ shape: [rows = 0, ...rest] }: Tensor, row: number, value: number, others: number): Tensor {
  const values = Float64Array.from({ length: rows }, (_, i) => (i === row ? value : others));
  return tensor(values, { shape: [rows, ...rest.map(() => 1)] });
}

const scaleRow = (t: Tensor, row: number, factor: number): Tensor => t.mul(only(t, row, factor, 1));
const shiftRow = (t: Tensor, row: number, by: number): Tensor => t.add(only(t, row, by, 0));
const shift = draw(1, inside);
/** One vector for all samples, at each position. */
const shifted = (x: Tensor): Tensor => x.add(x.ndim === 2 ? shift : shift.unsqueeze(2));
const changes: Readonly<Record<Invariance, (layer: Layer, x: Tensor) => Tensor>> = {
  "scale of the weights": (layer, x) => layer(x, W.mul(2.5)),
  "shift of all neurons' weights": (layer, x) => layer(x, W.add(shift)),
  "scale of one neuron's weights": (layer, x) => layer(x, scaleRow(W, 1, 2.5)),
  "shift within one neuron's weights": (layer, x) => layer(x, shiftRow(W, 1, 1.5)),
  "scale of the data": (layer, x) => layer(x.mul(2.5), W),
  "shift of the data": (layer, x) => layer(shifted(x), W),
  "scale of one sample": (layer, x) => layer(scaleRow(x, 2, 2.5), W),
  "shift within one sample": (layer, x) => layer(shiftRow(x, 2, 1.5), W),
};

/** A dense layer, at each position if there are any. */
const dense: Layer = (x, w) => (x.ndim === 2 ? x.matmul(w.transpose()) : w.matmul(x));

/** The ways in which a norm can be in a dense layer, without eps. */
function layersOf(name: NormName): (readonly [string, Layer])[] {
  const test = normTests[name];
  if (test.dense !== undefined) return [[name, test.dense]];
  if (!("kinds" in test)) return [[name, (x, w) => (Reflect.get(functional, name) as Norm)(dense(x, w))]];
  return test
    .kinds(test.positions === true ? [cases, neurons, positions] : [cases, neurons])
    .map((kind) => [kind.name, (x, w) => kind.fused(dense(x, w), undefined, undefined, 0)]);
}

const rows = table().flatMap(({ name, invariances, identities }) =>
  layersOf(name).map(([title, layer]) => {
    const data = normTests[name].positions === true ? images : X;
    return { title, layer, data, invariances, identities };
  }),
);

it("every norm is in a layer", () => {
  for (const { name } of table()) expect(layersOf(name).length).toBeGreaterThan(0);
});

/** How far an identity is from holding, given `∂L/∂W`, the data and `∂L/∂X`. */
const defects: Readonly<Record<Invariance, (g: Tensor, x: Tensor, d: Tensor) => Tensor>> = {
  "scale of the weights": (g) => W.mul(g).sum(),
  "shift of all neurons' weights": (g) => g.sum({ axis: 0 }),
  "scale of one neuron's weights": (g) => W.mul(g).sum({ axis: 1 }),
  "shift within one neuron's weights": (g) => g.sum({ axis: 1 }),
  "scale of the data": (_, x, d) => x.mul(d).sum(),
  "shift of the data": (_, __, d) => d.sum({ axis: d.ndim === 2 ? 0 : [0, 2] }),
  "scale of one sample": (_, x, d) => x.mul(d).sum({ axis: d.ndim === 2 ? 1 : [1, 2] }),
  "shift within one sample": (_, __, d) => d.sum({ axis: d.ndim === 2 ? 1 : [1, 2] }),
};

describe.each(rows)("$title", ({ layer, data, invariances, identities }) => {
  const output = layer(data, W);
  const before = numbers(output);
  const leaves = [data.detach().requiresGrad_(), W.detach().requiresGrad_()] as const;
  const [d, g] = grad(layer(...leaves), leaves, { cotangent: draw(...output.shape) });

  describe.each(Object.keys(changes) as Invariance[])("%s", (title) => {
    it("changes the output unless its row says otherwise", () => {
      const change = relativeError(changes[title](layer, data).data, before);
      if (invariances.includes(title)) expect(change).toBeLessThan(1e-12);
      else expect(change).toBeGreaterThan(1e-3);
    });

    it("leaves a component of the gradient unless its row says otherwise", () => {
      const largest = defects[title](g, data, d).abs().max().item();
      if (identities.includes(identityOf[title])) expect(largest).toBeLessThan(1e-12);
      else expect(largest).toBeGreaterThan(1e-3);
    });
  });
});

describe.each(Object.entries(layers))("%s", (_norm, layer) => {
  const before = numbers(layer(X, W));

  it("flips its sign with that of W", () => {
    expect(relativeError(layer(X, W.neg()).neg().data, before)).toBeLessThan(1e-12);
  });

  const gradient = (x: Tensor, w: Tensor): Tensor => {
    const leaf = w.detach().requiresGrad_();
    return grad(layer(x, leaf), [leaf], { cotangent })[0]!;
  };
  const G = gradient(X, W);

  it("G(δW) = G(W) / δ", () => {
    expect(relativeError(gradient(X, W.mul(2.5)).mul(2.5).data, numbers(G))).toBeLessThan(1e-12);
  });

  it("G(δX) = G(X)", () => {
    expect(relativeError(gradient(X.mul(3), W).data, numbers(G))).toBeLessThan(1e-12);
  });
});

describe("a bias before the norm", () => {
  const bias = draw(neurons);
  const biased: Readonly<Record<string, Layer>> = {
    BN: (x, w) => batchNorm(x.matmul(w.transpose()).add(bias), { eps: 0 }),
    LN: (x, w) => layerNorm(x.matmul(w.transpose()).add(bias), neurons, { eps: 0 }),
    RMSNorm: (x, w) => rmsNorm(x.matmul(w.transpose()).add(bias), neurons, { eps: 0 }),
  };

  it.each([
    ["BN", true],
    ["LN", false],
    ["RMSNorm", false],
  ])("%s stays invariant to W → δW and X → δX: %s", (norm, invariant) => {
    const layer = biased[norm]!;
    const before = numbers(layer(X, W));
    for (const after of [layer(X, W.mul(2.5)), layer(X.mul(2.5), W)]) {
      const change = relativeError(after.data, before);
      if (invariant) expect(change).toBeLessThan(1e-12);
      else expect(change).toBeGreaterThan(1e-3);
    }
  });

  it("is dead before BatchNorm: its gradient is 0", () => {
    const leaf = bias.detach().requiresGrad_();
    const y = batchNorm(X.matmul(W.transpose()).add(leaf));
    expect(grad(y, [leaf], { cotangent })[0]!.abs().max().item()).toBeLessThan(1e-12);
  });
});
