import type { Tensor } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  BatchNorm,
  Conv2d,
  Dense,
  functional,
  GELU,
  GlobalAvgPool,
  GroupNorm,
  LayerNorm,
  LeakyReLU,
  Module,
  presets,
  RMSNorm,
  Sequential,
} from "../../src/index.ts";
import { digest, fillWithWaves, wave } from "../networks/waves.ts";
import { conventions } from "./conventions.ts";
import { constant, type Dual } from "./dual.ts";
import { references, type State } from "./reference.ts";

const { keras } = presets;
const unbiased = { ...keras.batchNorm, runningVariance: "unbiased" } as const;
/** A preset for each convention, and what tf.keras 2 takes for images. */
const chosen = {
  torch: [presets.torch, presets.torch.batchNorm],
  keras: [keras, keras.batchNorm],
  "tf.keras": [keras, unbiased],
  flax: [presets.flax, presets.flax.batchNorm],
  mlx: [presets.mlx, presets.mlx.batchNorm],
} as const;
type Preset = (typeof chosen)[keyof typeof chosen];

const dtype = "float64";

class Block extends Module {
  norm1: LayerNorm;
  norm2: RMSNorm;
  query = new Dense(4, 4, { dtype });
  key = new Dense(4, 4, { dtype });
  value = new Dense(4, 4, { dtype });
  linear1 = new Dense(4, 6, { dtype });
  linear2 = new Dense(6, 4, { dtype });
  gelu: GELU;

  constructor([preset]: Preset) {
    super();
    this.norm1 = new LayerNorm(4, { ...preset.layerNorm, dtype });
    this.norm2 = new RMSNorm(4, { ...preset.rmsNorm, dtype });
    this.gelu = new GELU(preset.gelu);
  }

  override forward(x: Tensor): Tensor {
    const normed = this.norm1.forward(x);
    const [q, k, v] = [this.query, this.key, this.value].map((layer) => layer.forward(normed)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const y = x.add(functional.scaledDotProductAttention(q, k, v));
    return y.add(this.linear2.forward(this.gelu.forward(this.linear1.forward(this.norm2.forward(y)))));
  }
}

const models: Readonly<Record<keyof typeof references, (preset: Preset) => Module>> = {
  mlp: ([preset]) =>
    new Sequential(
      new Dense(3, 5, { ...preset.dense, dtype }),
      new BatchNorm(5, { ...preset.batchNorm, dtype }),
      new LeakyReLU(preset.leakyRelu),
      new Dense(5, 2, { ...preset.dense, dtype }),
    ),
  cnn: ([preset, ofImages]) =>
    new Sequential(
      new Conv2d(2, 4, 3, { ...preset.conv, padding: 1, dtype }),
      new BatchNorm(4, { ...ofImages, dtype }),
      new LeakyReLU(preset.leakyRelu),
      new Conv2d(4, 4, 3, { ...preset.conv, padding: 1, dtype }),
      new GroupNorm(2, 4, { ...preset.groupNorm, dtype }),
      new GELU(preset.gelu),
      new GlobalAvgPool(),
      new Dense(4, 3, { ...preset.dense, dtype }),
    ),
  block: (preset) => new Block(preset),
};

interface Observed {
  /** Output of the first batch in training. */
  readonly trained: Tensor;
  /** And in evaluation, after three batches. */
  readonly evaluated: Tensor;
  readonly state: Readonly<Record<string, Tensor>>;
  readonly gradients: Readonly<Record<string, Tensor>>;
}

function observe(name: keyof typeof references, preset: Preset): Observed {
  const [, shape] = references[name];
  const model = models[name](preset);
  fillWithWaves(model);
  const trained = model.forward(wave(shape, 1));
  trained.mul(wave(trained.shape, 0.9)).sum().backward();
  for (const phase of [2, 3]) model.forward(wave(shape, phase));
  const buffers = Object.entries(model.stateDict()).filter(([key]) => key.includes("running_"));
  return {
    trained,
    evaluated: model.eval().forward(wave(shape, 1)),
    state: Object.fromEntries(buffers),
    gradients: Object.fromEntries(model.namedParameters().map(([key, p]) => [key, p.grad!])),
  };
}

/** The state of a model as plain numbers; that under `key` changes along the wave by which gradients are summed. */
function plain(model: Module, key?: string): State {
  const dual = (name: string, t: Tensor): Dual[] => {
    const along = wave(t.shape, 0.5).data;
    return Array.from(t.data, (value, i) => ({ value, slope: name === key ? along[i]! : 0 }));
  };
  const floats = Object.entries(model.stateDict()).filter(([, t]) => t.dtype !== "int32");
  return Object.fromEntries(floats.map(([name, t]) => [name, dual(name, t)]));
}

const constants = (t: Tensor): Dual[] => Array.from(t.data, constant);

function expectClose(got: Tensor, want: readonly Dual[], what: string): void {
  expect(got.size, what).toBe(want.length);
  want.forEach(({ value }, i) => expect(Math.abs(got.data[i]! - value), `${what}[${i}]`).toBeLessThan(1e-12));
}

describe.each(Object.keys(conventions) as (keyof typeof conventions)[])("preset of %s", (framework) => {
  it.each(Object.keys(references) as (keyof typeof references)[])("%s gives the framework's numbers", (name) => {
    const { trained, evaluated, state, gradients } = observe(name, chosen[framework]);
    const [run, shape] = references[name];
    const model = models[name](chosen[framework]);
    fillWithWaves(model);
    const batch = (phase: number): Dual[] => constants(wave(shape, phase));
    const values = plain(model);
    expectClose(trained, run(batch(1), values, true, conventions[framework]), "output in training");
    for (const phase of [2, 3]) run(batch(phase), values, true, conventions[framework]);
    for (const [key, t] of Object.entries(state)) expectClose(t, values[key]!, key);
    expectClose(evaluated, run(batch(1), values, false, conventions[framework]), "output in evaluation");
    const cotangent = wave(trained.shape, 0.9).data;
    expect(Object.keys(gradients).length).toBeGreaterThan(5);
    for (const [key, gradient] of Object.entries(gradients)) {
      const outputs = run(batch(1), plain(model, key), true, conventions[framework]);
      const slope = outputs.reduce((total, y, i) => total + y.slope * cotangent[i]!, 0);
      const { sum, scale } = digest(gradient);
      expect(Math.abs(sum - slope) / scale, `gradient of ${key}`).toBeLessThan(1e-12);
    }
  });
});

interface Sums {
  readonly trained: number;
  readonly evaluated: number;
  readonly state: Readonly<Record<string, number>>;
  readonly gradients: Readonly<Record<string, number>>;
}
const fixtures = JSON.parse(readFileSync(new URL("torch.json", import.meta.url), "utf8")) as {
  readonly models: Readonly<Record<keyof typeof references, Sums>>;
};

describe("PyTorch itself", () => {
  it.each(Object.keys(references) as (keyof typeof references)[])("%s gives its numbers", (name) => {
    const got = observe(name, chosen.torch);
    const want = fixtures.models[name];
    const tensors = { trained: got.trained, evaluated: got.evaluated, ...got.state, ...got.gradients };
    const sums: Readonly<Record<string, number>> = { trained: want.trained, evaluated: want.evaluated, ...want.state, ...want.gradients }; // prettier-ignore
    expect(Object.keys(tensors).toSorted()).toEqual(Object.keys(sums).toSorted());
    for (const [key, t] of Object.entries(tensors)) {
      const { sum, scale } = digest(t);
      expect(Math.abs(sum - sums[key]!) / scale, key).toBeLessThan(1e-12);
    }
  });
});
