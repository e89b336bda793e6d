import "@tapegrad/autograd";
import { markdownTable } from "@tapegrad/testing";
import { type Tensor, tensor } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  Lion,
  NAdam,
  type Optimizer,
  presets,
  RMSprop,
  SGD,
} from "../src/index.ts";

const { flax, keras, mlx, torch } = presets;
const { abs, sign, sqrt } = Math;

/** One number's way, by its gradients, as the documentation of a framework writes the step. */
type Way = (start: number) => (gradient: number, t: number) => number;

/** Adam as Keras has it: `α_t · m / (√v + ε)`, with the weights shrunk first by `lr · decay`. */
const kerasAdam = (decay: number): Way => (p) => {
  let [m, v] = [0, 0];
  return (g, t) => {
    p -= p * decay * 1e-3;
    m += (g - m) * (1 - 0.9);
    v += (g * g - v) * (1 - 0.999);
    p -= (m * ((1e-3 * sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t))) / (sqrt(v) + 1e-7);
    return p;
  };
}; // prettier-ignore

/** Adam with corrected moments, as optax has it. */
const optaxAdam = (lr: number, decay: number): Way => (p) => {
  let [m, v] = [0, 0];
  return (g, t) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    p -= lr * (m / (1 - 0.9 ** t) / (sqrt(v / (1 - 0.999 ** t)) + 1e-8) + decay * p);
    return p;
  };
}; // prettier-ignore

/** Adam without corrections, as MLX has it. */
const mlxAdam = (lr: number, decay: number): Way => (p) => {
  let [m, v] = [0, 0];
  return (g) => {
    p *= 1 - lr * decay;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    p -= (lr * m) / (sqrt(v) + 1e-8);
    return p;
  };
}; // prettier-ignore

const rmsprop = (lr: number, rho: number, root: (v: number) => number): Way => (p) => {
  let v = 0;
  return (g) => {
    v = rho * v + (1 - rho) * g * g;
    return (p -= (lr * g) / root(v));
  };
}; // prettier-ignore

const adagrad = (lr: number, start: number, root: (v: number) => number): Way => (p) => {
  let v = start;
  return (g) => {
    v += g * g;
    return (p -= (lr * g) / root(v));
  };
}; // prettier-ignore

const adadelta = (lr: number, rho: number, eps: number): Way => (p) => {
  let [v, u] = [0, 0];
  return (g) => {
    v = rho * v + (1 - rho) * g * g;
    const d = (sqrt(u + eps) / sqrt(v + eps)) * g;
    u = rho * u + (1 - rho) * d * d;
    return (p -= lr * d);
  };
}; // prettier-ignore

const lion = (lr: number, decay: number): Way => (p) => {
  let m = 0;
  return (g) => {
    const c = 0.9 * m + 0.1 * g;
    m = 0.99 * m + 0.01 * g;
    return (p -= lr * (sign(c) + decay * p));
  };
}; // prettier-ignore

const kerasNadam: Way = (p) => {
  let [m, v, product] = [0, 0, 1];
  return (g, t) => {
    const [now, next] = [0.9 * (1 - 0.5 * 0.96 ** t), 0.9 * (1 - 0.5 * 0.96 ** (t + 1))];
    product *= now;
    m += (g - m) * (1 - 0.9);
    v += (g * g - v) * (1 - 0.999);
    const mHat = (next * m) / (1 - product * next) + ((1 - now) * g) / (1 - product);
    return (p -= (mHat * 1e-3) / (sqrt(v / (1 - 0.999 ** t)) + 1e-7));
  };
};

type Make = (w: Tensor) => Optimizer;
const rows: readonly (readonly [name: string, make: Make, way: Way])[] = [
  ["keras.sgd", (w) => new SGD([w], keras.sgd), (p) => (g) => (p -= 0.01 * g)],
  ["keras.adam", (w) => new Adam([w], keras.adam), kerasAdam(0)],
  ["keras.adamW", (w) => new AdamW([w], keras.adamW), kerasAdam(0.004)],
  ["keras.rmsprop", (w) => new RMSprop([w], keras.rmsprop), rmsprop(1e-3, 0.9, (v) => sqrt(v + 1e-7))],
  ["keras.adagrad", (w) => new Adagrad([w], keras.adagrad), adagrad(1e-3, 0.1, (v) => sqrt(v + 1e-7))],
  ["keras.adadelta", (w) => new Adadelta([w], keras.adadelta), adadelta(1e-3, 0.95, 1e-7)],
  ["keras.nAdam", (w) => new NAdam([w], keras.nAdam), kerasNadam],
  ["keras.lion", (w) => new Lion([w], keras.lion), lion(1e-3, 0)],
  ["flax.sgd", (w) => new SGD([w], { ...flax.sgd, lr: 0.1 }), (p) => (g) => (p -= 0.1 * g)],
  ["flax.adam", (w) => new Adam([w], { ...flax.adam, lr: 0.01 }), optaxAdam(0.01, 0)],
  ["flax.adamW", (w) => new AdamW([w], { ...flax.adamW, lr: 0.01 }), optaxAdam(0.01, 1e-4)],
  ["flax.rmsprop", (w) => new RMSprop([w], { ...flax.rmsprop, lr: 0.01 }), rmsprop(0.01, 0.9, (v) => sqrt(v + 1e-8))],
  ["flax.adagrad", (w) => new Adagrad([w], { ...flax.adagrad, lr: 0.01 }), adagrad(0.01, 0.1, (v) => sqrt(v + 1e-7))],
  ["flax.adadelta", (w) => new Adadelta([w], { ...flax.adadelta, lr: 1 }), adadelta(1, 0.9, 1e-6)],
  ["flax.lion", (w) => new Lion([w], { ...flax.lion, lr: 0.01 }), lion(0.01, 1e-3)],
  ["mlx.sgd", (w) => new SGD([w], { ...mlx.sgd, lr: 0.1 }), (p) => (g) => (p -= 0.1 * g)],
  ["mlx.adam", (w) => new Adam([w], { ...mlx.adam, lr: 0.01 }), mlxAdam(0.01, 0)],
  ["mlx.adamW", (w) => new AdamW([w], { ...mlx.adamW, lr: 0.01 }), mlxAdam(0.01, 0.01)],
  ["mlx.rmsprop", (w) => new RMSprop([w], { ...mlx.rmsprop, lr: 0.01 }), rmsprop(0.01, 0.99, (v) => sqrt(v) + 1e-8)],
  ["mlx.adagrad", (w) => new Adagrad([w], { ...mlx.adagrad, lr: 0.01 }), adagrad(0.01, 0, (v) => sqrt(v) + 1e-8)],
  ["mlx.adadelta", (w) => new Adadelta([w], { ...mlx.adadelta, lr: 1 }), adadelta(1, 0.9, 1e-6)],
  ["mlx.lion", (w) => new Lion([w], { ...mlx.lion, lr: 0.01 }), lion(0.01, 0)],
];

// Small ones show where eps stands.
const starts = [0.7, -1.3, 0.2];
const gradientsAt = (t: number): number[] => [Math.sin(t), 1e-6 * Math.cos(2 * t), 1e-4 * Math.sin(3 * t + 1)];

describe("presets of optimizers", () => {
  it.each(rows)("%s steps as the framework does", (_, make, way) => {
    const w = tensor(starts, { dtype: "float64", requiresGrad: true });
    const optimizer = make(w);
    const ways = starts.map((start) => way(start));
    for (let t = 1; t <= 20; t++) {
      w.grad = tensor(gradientsAt(t), { dtype: "float64" });
      optimizer.step();
      const want = ways.map((step, i) => step(gradientsAt(t)[i]!, t));
      want.forEach((value, i) => expect(abs(w.data[i]! - value), `${i} after ${t} steps`).toBeLessThan(1e-13));
    }
  });

  it("of PyTorch are the defaults, and each is tried", () => {
    const w = tensor([1], { requiresGrad: true });
    const settings = (optimizer: Optimizer): unknown => optimizer.stateDict().param_groups;
    expect(settings(new SGD([w], torch.sgd))).toEqual(settings(new SGD([w])));
    expect(settings(new Adam([w], torch.adam))).toEqual(settings(new Adam([w])));
    expect(settings(new AdamW([w], torch.adamW))).toEqual(settings(new AdamW([w])));
    expect(settings(new RMSprop([w], torch.rmsprop))).toEqual(settings(new RMSprop([w])));
    expect(settings(new Adagrad([w], torch.adagrad))).toEqual(settings(new Adagrad([w])));
    expect(settings(new Adadelta([w], torch.adadelta))).toEqual(settings(new Adadelta([w])));
    expect(settings(new Adamax([w], torch.adamax))).toEqual(settings(new Adamax([w])));
    expect(settings(new Adamax([w], { ...flax.adamax, lr: 2e-3 }))).toEqual(settings(new Adamax([w])));
    expect(settings(new NAdam([w], torch.nAdam))).toEqual(settings(new NAdam([w])));
    const names = Object.entries({ keras, flax, mlx }).flatMap(([name, of]) =>
      Object.keys(of).map((key) => `${name}.${key}`),
    );
    expect([...rows.map(([name]) => name), "flax.adamax"].toSorted()).toEqual(names.toSorted());
  });

  it("a state of before there were these options goes on as it did", () => {
    const w = tensor([1], { requiresGrad: true });
    const { state, param_groups: groups } = new Adam([w], { lr: 0.5 }).stateDict();
    const old = groups.map((group) =>
      Object.fromEntries(Object.entries(group).filter(([name]) => !/epsHat|biasCorrection/.test(name))),
    );
    const optimizer = new Adam([w]);
    optimizer.loadStateDict({ state, param_groups: old } as never);
    expect(optimizer.stateDict().param_groups).toEqual(groups);
  });
});

const [begin, end] = ["<!-- presets: from optim.presets -->\n\n", "\n\n<!-- /presets -->"] as const;

it("the table in README.md is that of the presets; `vitest -u` renews it", async () => {
  const names = Object.keys({ ...torch, ...keras }) as (keyof (typeof torch & typeof keras))[];
  const lines = names.flatMap((name) => {
    const of = [torch, keras, flax, mlx].map(
      (preset) => Reflect.get(preset, name) as Record<string, unknown> | undefined,
    );
    const options = Object.keys(Object.assign({}, ...of) as object);
    return options.map((option) => [
      `\`${name}\``,
      `\`${option}\``,
      ...of.map((preset) => String(preset?.[option] ?? "–")),
    ]);
  });
  const table = markdownTable([["preset", "option", "`torch`", "`keras`", "`flax`", "`mlx`"], ...lines]);
  const path = new URL("../README.md", import.meta.url);
  const [before, rest] = readFileSync(path, "utf8").split(begin) as [string, string];
  expect(rest).toContain(end);
  await expect(before + begin + table + rest.slice(rest.indexOf(end))).toMatchFileSnapshot(
    fileURLToPath(path),
    "README.md is stale: run vitest -u",
  );
});
