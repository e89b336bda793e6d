import { Generator, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  Conv2d,
  ConvTranspose2d,
  Dense,
  Embedding,
  GRU,
  LocalResponseNorm,
  LSTM,
  LSTMCell,
  PReLU,
  presets,
  RNN,
} from "../../src/index.ts";
import { wave } from "../networks/waves.ts";

type Framework = "torch" | "keras" | "flax" | "mlx";
const generator = new Generator(17);
const options = { generator, dtype: "float64" } as const;

/** A distribution as frameworks document it: what no number exceeds, and the deviation. */
interface Drawn {
  readonly bound: number;
  readonly std: number;
}
const uniform = (bound: number): Drawn => ({ bound, std: bound / Math.sqrt(3) });
const normal = (std: number): Drawn => ({ bound: Infinity, std });
/** Normal numbers at most two deviations off, stretched to the deviation asked for. */
const truncated = (std: number): Drawn => ({ bound: (2 * std) / 0.879_625_661_034_239_8, std });
const zeros: Drawn = { bound: 0, std: 0 };
const glorot = (inputs: number, outputs: number): Drawn => uniform(Math.sqrt(6 / (inputs + outputs)));

/** Holds a large tensor against a distribution: its bound, that it gets near it, and its deviation. */
function expectDrawn(t: Tensor | undefined, { bound, std }: Drawn): void {
  const largest = t!.abs().max().item();
  expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-12));
  if (Number.isFinite(bound)) expect(largest).toBeGreaterThanOrEqual(Math.min(0.95, 1 - 8 / t!.size) * bound);
  else expect(largest).toBeGreaterThan(2.8 * std);
  if (std > 0) expect(Math.abs(t!.std().item() / std - 1)).toBeLessThan(2 / Math.sqrt(t!.size));
}

// Weight and bias of Dense(64, 400), Conv2d(8, 64, 5) and ConvTranspose2d(64, 8, 5).
const layers: Readonly<Record<Framework, readonly (readonly [weight: Drawn, bias: Drawn])[]>> = {
  torch: [
    [uniform(1 / 8), uniform(1 / 8)],
    [uniform(1 / Math.sqrt(200)), uniform(1 / Math.sqrt(200))],
    [uniform(1 / Math.sqrt(200)), uniform(1 / Math.sqrt(200))],
  ],
  keras: [
    [glorot(64, 400), zeros],
    [glorot(200, 1600), zeros],
    [glorot(200, 1600), zeros],
  ],
  flax: [
    [truncated(1 / 8), zeros],
    [truncated(1 / Math.sqrt(200)), zeros],
    [truncated(1 / 40), zeros],
  ],
  mlx: [
    [uniform(1 / 8), uniform(1 / 8)],
    [uniform(1 / Math.sqrt(200)), zeros],
    [uniform(1 / 40), zeros],
  ],
};
const embeddings: Readonly<Record<Framework, Drawn>> = {
  torch: normal(1),
  keras: uniform(0.05),
  flax: normal(1 / 8),
  mlx: normal(1 / 8),
};

/** The rows of gate `g` of 64. */
const gate = (t: Tensor | undefined, g: number): Tensor => t!.slice([64 * g, 64 * (g + 1)]);
/** How far the columns of `m` are from orthonormal ones. */
const skew = (m: Tensor): number => {
  const product = m.transpose().matmul(m);
  const n = product.shape[0]!;
  return Math.max(...Array.from(product.data, (v, i) => Math.abs(v - (i % (n + 1) === 0 ? 1 : 0))));
};

describe.each(["torch", "keras", "flax", "mlx"] as const)("preset of %s", (framework) => {
  const preset = presets[framework];

  it("draws weights and biases as the framework does", () => {
    const made = [
      new Dense(64, 400, { ...preset.dense, ...options }),
      new Conv2d(8, 64, 5, { ...preset.conv, ...options }),
      new ConvTranspose2d(64, 8, 5, { ...preset.convTranspose, ...options }),
    ];
    made.forEach(({ weight, bias }, i) => {
      const [ofWeight, ofBias] = layers[framework][i]!;
      expectDrawn(weight, ofWeight);
      if (ofBias === zeros || i === 0) expectDrawn(bias, ofBias);
      else expect(bias!.abs().max().item()).toBeLessThanOrEqual(ofBias.bound);
    });
    expectDrawn(new Embedding(500, 64, { ...preset.embedding, ...options }).weight, embeddings[framework]);
    const slopes = { torch: 0.25, keras: 0, flax: 0.01, mlx: 0.25 };
    expect(new PReLU({ ...preset.prelu, dtype: "float64" }).weight.item()).toBe(slopes[framework]);
  });

  it("draws the weights of recurrent layers as the framework does", () => {
    const { weightIh, weightHh, biasIh, biasHh } = new LSTMCell(36, 64, { ...preset.lstm, ...options });
    const inputs = { torch: uniform(1 / 8), keras: glorot(36, 256), flax: truncated(1 / 6), mlx: uniform(1 / 8) };
    expectDrawn(weightIh, inputs[framework]);
    if (framework === "keras") expect(skew(weightHh)).toBeLessThan(1e-12);
    else if (framework === "flax") for (const g of [0, 1, 2, 3]) expect(skew(gate(weightHh, g))).toBeLessThan(1e-12);
    else expectDrawn(weightHh, uniform(1 / 8));
    if (framework === "torch" || framework === "mlx") expectDrawn(biasIh, uniform(1 / 8));
    else {
      const of = [0, 1, 2, 3].map((g) => new Set(gate(biasIh, g).data));
      expect(of).toEqual([[0], [framework === "keras" ? 1 : 0], [0], [0]].map((values) => new Set(values)));
    }
    expectDrawn(biasHh, framework === "torch" ? uniform(1 / 8) : zeros);
  });

  it("and those of RNN and GRU", () => {
    const rnn = new RNN(36, 64, { ...preset.rnn, ...options }).stateDict();
    const gru = new GRU(36, 64, { ...preset.gru, ...options }).stateDict();
    const drawn = framework === "torch" || framework === "mlx";
    expectDrawn(rnn["bias_hh_l0"], framework === "torch" ? uniform(1 / 8) : zeros);
    for (const g of [0, 1, 2]) {
      const old = drawn && (framework === "torch" || g === 2);
      expectDrawn(gate(gru["bias_hh_l0"], g), old ? uniform(1 / 8) : zeros);
      expectDrawn(gate(gru["bias_ih_l0"], g), drawn ? uniform(1 / 8) : zeros);
      if (framework === "flax") expect(skew(gate(gru["weight_hh_l0"], g))).toBeLessThan(1e-12);
    }
    if (framework === "keras") expect(skew(gru["weight_hh_l0"]!)).toBeLessThan(1e-12);
    if (!drawn) expect(skew(rnn["weight_hh_l0"]!)).toBeLessThan(1e-12);
  });
});

describe("initialisers of recurrent layers", () => {
  it("fill each parameter of each layer and direction", () => {
    const inits = { init: "ones", recurrentInit: "zeros", recurrentBiasInit: "ones" } as const;
    const state = new LSTM(2, 3, { ...inits, biasInit: "zeros", numLayers: 2, bidirectional: true }).stateDict();
    expect(Object.keys(state)).toHaveLength(16);
    for (const [key, t] of Object.entries(state)) {
      expect(new Set(t.data), key).toEqual(new Set([/weight_ih|bias_hh/.test(key) ? 1 : 0]));
    }
  });

  it("go before the zeros of layer norm, and are refused by their names", () => {
    expect(new Set(new LSTMCell(2, 3, { layerNorm: true, biasInit: "ones" }).biasIh!.data)).toEqual(new Set([1]));
    expect(new Set(new LSTMCell(2, 3, { layerNorm: true }).biasIh!.data)).toEqual(new Set([0]));
    expect(() => new GRU(2, 3, { recurrentInit: "orthogonl" as "orthogonal" })).toThrow(
      /^GRU: .*Did you mean "orthogonal"\?$/,
    );
  });
});

describe("local response norms", () => {
  const [channels, positions] = [7, 5];
  const x = wave([2, channels, positions], 0.4);

  /** As tf.nn.lrn says: of a sum of squares within the radius. */
  const tensorflow = (radius: number): number[] =>
    Array.from(x.data, (value, i) => {
      const c = Math.floor(i / positions) % channels;
      let sum = 0;
      for (let d = -radius; d <= radius; d++) {
        if (c + d >= 0 && c + d < channels) sum += x.data[i + d * positions]! ** 2;
      }
      return value / (1 + sum) ** 0.5;
    });

  it.each([0, 2, 5])("of Keras' preset are those of TensorFlow with radius %d", (radius) => {
    const y = new LocalResponseNorm(2 * radius + 1, presets.keras.localResponseNorm).forward(x);
    tensorflow(radius).forEach((value, i) => expect(Math.abs(y.data[i]! - value)).toBeLessThan(1e-14));
  });
});
