import { grad } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as functional from "../../src/functional.ts";
import { identityOf, type Invariance } from "../../src/norms/norm-facts.ts";
import { type NormName, table } from "../../src/norms/norm-table.ts";
import { numbers, relativeError } from "./norm-case.ts";
import { normTests } from "./norm-cases.ts";

const { batchNorm, layerNorm, rmsNorm } = functional;

const [cases, inside, neurons] = [8, 6, 5];
const generator = new Generator(81);
const draw = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });
const X = draw(cases, inside).add(0.3);
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

/** A column with `value` in row `row` and `others` elsewhere. */
function column(rows: number, row: number, value: number, others: number): Tensor {
  return tensor(
    Float64Array.from({ length: rows }, (_, i) => (i === row ? value : others)),
    { shape: [rows, 1] },
  );
}

const scaleRow = (t: Tensor, row: number, factor: number): Tensor => t.mul(column(t.shape[0]!, row, factor, 1));
const shiftRow = (t: Tensor, row: number, by: number): Tensor => t.add(column(t.shape[0]!, row, by, 0));
const shift = draw(1, inside);
const changes: Readonly<Record<Invariance, (layer: Layer) => Tensor>> = {
  "scale of the weights": (layer) => layer(X, W.mul(2.5)),
  "shift of all neurons' weights": (layer) => layer(X, W.add(shift)),
  "scale of one neuron's weights": (layer) => layer(X, scaleRow(W, 1, 2.5)),
  "shift within one neuron's weights": (layer) => layer(X, shiftRow(W, 1, 1.5)),
  "scale of the data": (layer) => layer(X.mul(2.5), W),
  "shift of the data": (layer) => layer(X.add(shift), W),
  "scale of one sample": (layer) => layer(scaleRow(X, 2, 2.5), W),
  "shift within one sample": (layer) => layer(shiftRow(X, 2, 1.5), W),
};

/** The ways in which a norm can be in a dense layer, without eps. */
function layersOf(name: NormName): (readonly [string, Layer])[] {
  const test = normTests[name];
  if (test.dense !== undefined) return [[name, test.dense]];
  if (!("kinds" in test)) return [[name, (x, w) => (functional[name] as Norm)(x.matmul(w.transpose()))]];
  return test
    .kinds([cases, neurons])
    .map((kind) => [kind.name, (x, w) => kind.fused(x.matmul(w.transpose()), undefined, undefined, 0)]);
}

const rows = table().flatMap(({ name, invariances, identities, held }) =>
  invariances === undefined
    ? []
    : layersOf(name).map(([title, layer]) => ({ title, layer, invariances, identities, held })),
);

/** How far an identity is from holding, given `∂L/∂W` and `∂L/∂X`. */
const defects: Readonly<Record<Invariance, (g: Tensor, d: Tensor) => Tensor>> = {
  "scale of the weights": (g) => W.mul(g).sum(),
  "shift of all neurons' weights": (g) => g.sum({ axis: 0 }),
  "scale of one neuron's weights": (g) => W.mul(g).sum({ axis: 1 }),
  "shift within one neuron's weights": (g) => g.sum({ axis: 1 }),
  "scale of the data": (_, d) => X.mul(d).sum(),
  "shift of the data": (_, d) => d.sum({ axis: 0 }),
  "scale of one sample": (_, d) => X.mul(d).sum({ axis: 1 }),
  "shift within one sample": (_, d) => d.sum({ axis: 1 }),
};

describe.each(rows)("$title", ({ layer, invariances, identities, held }) => {
  const before = numbers(layer(X, W));
  const leaves = [X.detach().requiresGrad_(), W.detach().requiresGrad_()] as const;
  const [d, g] = grad(layer(...leaves), leaves, { cotangent });

  describe.each(Object.keys(changes) as Invariance[])("%s", (title) => {
    it("changes the output unless its row says otherwise", () => {
      const change = relativeError(changes[title](layer).data, before);
      if (invariances.includes(title)) expect(change).toBeLessThan(1e-12);
      else expect(change).toBeGreaterThan(1e-3);
    });

    // Where nothing leaves the output alone because of what is held, the gradient says nothing of it.
    it.skipIf(held && invariances.length === 0)(
      "leaves a component of the gradient unless it leaves the output alone",
      () => {
        const largest = defects[title](g, d).abs().max().item();
        if (identities.includes(identityOf[title])) expect(largest).toBeLessThan(1e-12);
        else if (!invariances.includes(title)) expect(largest).toBeGreaterThan(1e-3);
      },
    );
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
