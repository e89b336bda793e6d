import type { NormName, Row, TensorSpec, Workload } from "./row.ts";

type Tensors = Record<string, TensorSpec>;

function uniform(shape: readonly number[], bound = 1): TensorSpec {
  return { shape, low: -bound, high: bound };
}

/** Of variance 1. */
function signal(...shape: number[]): TensorSpec {
  return uniform(shape, 1.75);
}

function classes(below: number, ...shape: number[]): TensorSpec {
  return { shape, below };
}

function dense(key: string, from: number, to: number): Tensors {
  const bound = 1 / Math.sqrt(from);
  return { [`${key}.weight`]: uniform([to, from], bound), [`${key}.bias`]: uniform([to], bound) };
}

function conv(key: string, from: number, to: number, size: number): Tensors {
  const bound = 1 / Math.sqrt(from * size * size);
  return { [`${key}.weight`]: uniform([to, from, size, size], bound), [`${key}.bias`]: uniform([to], bound) };
}

function norm(key: string, name: NormName, features: number, gain = 1): Tensors {
  const weight: Tensors = { [`${key}.weight`]: { shape: [features], low: 0.5 * gain, high: 1.5 * gain } };
  return name === "RMSNorm" ? weight : { ...weight, [`${key}.bias`]: uniform([features], 0.1) };
}

function statistics(key: string, features: number): Tensors {
  return {
    [`${key}.running_mean`]: uniform([features], 0.1),
    [`${key}.running_var`]: { shape: [features], low: 0.5, high: 1.5 },
  };
}

/** Tensors under the keys of `Sequential(dense, norm, relu, dense, norm, relu, ..., dense)`. */
function mlp(sizes: readonly number[], name: NormName, evaluated: boolean): Tensors {
  const tensors: Tensors = {};
  sizes.slice(1).forEach((to, i) => {
    Object.assign(tensors, dense(`${3 * i}`, sizes[i]!, to));
    if (i === sizes.length - 2) return;
    Object.assign(tensors, norm(`${3 * i + 1}`, name, to), evaluated ? statistics(`${3 * i + 1}`, to) : {});
  });
  return tensors;
}

/** A training step of dense layers with norm and ReLU between. */
export function mlpRow(sizes: readonly number[], name: NormName, batch: number): Row {
  const [inputs = 0, outputs = 0] = [sizes[0], sizes.at(-1)];
  const y = outputs === 1 ? classes(2, batch, 1) : classes(outputs, batch);
  const tensors = { x: signal(batch, inputs), y, ...mlp(sizes, name, false) };
  return { name: `${sizes.join("-")} ${name} B${batch}`, kind: "mlp", sizes, norm: name, tensors };
}

/** A training step of a small convolutional network on images of 28×28. */
export function cnnRow(batch: number): Row {
  const channels = [1, 20, 50];
  const tensors = {
    x: signal(batch, 1, 28, 28),
    y: classes(10, batch),
    ...conv("0", 1, 20, 5),
    ...norm("1", "BatchNorm", 20),
    ...conv("4", 20, 50, 5),
    ...norm("5", "BatchNorm", 50),
    ...dense("9", 800, 10),
  };
  return { name: `CNN 28×28, 20 and 50 channels, B${batch}`, kind: "cnn", channels, tensors };
}

/** A training step of a causal language model. */
export function transformerRow(features: number, layers: number, heads: number, time: number, batch: number): Row {
  const symbols = 65;
  const tensors: Tensors = {
    x: classes(symbols, batch, time),
    y: classes(symbols, batch, time),
    "embedding.weight": uniform([symbols, features]),
    position: uniform([time, features]),
  };
  for (let i = 0; i < layers; i++) {
    const attention = dense("in", features, 3 * features);
    Object.assign(
      tensors,
      { [`layers.${i}.self_attn.in_proj_weight`]: attention["in.weight"] },
      { [`layers.${i}.self_attn.in_proj_bias`]: attention["in.bias"] },
      dense(`layers.${i}.self_attn.out_proj`, features, features),
      dense(`layers.${i}.linear1`, features, 4 * features),
      dense(`layers.${i}.linear2`, 4 * features, features),
      norm(`layers.${i}.norm1`, "LayerNorm", features),
      norm(`layers.${i}.norm2`, "LayerNorm", features),
    );
  }
  Object.assign(tensors, norm("norm", "LayerNorm", features), dense("head", features, symbols));
  const name = `transformer d${features}, ${layers} layers, ${heads} heads, T${time}, B${batch}`;
  return { name, kind: "transformer", features, layers, heads, tensors };
}

/** A training step of a layer-normalized LSTM over a whole sequence. */
export function lstmRow(features: number, time: number, batch: number): Row {
  const bound = 1 / Math.sqrt(features);
  const gain = 0.2; // With 1, rounding errors grow a thousandfold over the sequence, and losses cannot be compared.
  const tensors = {
    x: signal(time, batch, features),
    y: classes(10, batch),
    weight_ih: uniform([4 * features, features], bound),
    weight_hh: uniform([4 * features, features], bound),
    bias: uniform([4 * features], bound),
    ...norm("norm_ih", "LayerNorm", 4 * features, gain),
    ...norm("norm_hh", "LayerNorm", 4 * features, gain),
    ...norm("norm_c", "LayerNorm", features, gain),
    ...dense("head", features, 10),
  };
  return { name: `LSTM with LayerNorm h${features}, T${time}, B${batch}`, kind: "lstm", features, tensors };
}

/** A training step of a GRU over a whole sequence. */
export function gruRow(features: number, time: number, batch: number): Row {
  const bound = 1 / Math.sqrt(features);
  const tensors = {
    x: signal(time, batch, features),
    y: classes(10, batch),
    "gru.weight_ih_l0": uniform([3 * features, features], bound),
    "gru.weight_hh_l0": uniform([3 * features, features], bound),
    "gru.bias_ih_l0": uniform([3 * features], bound),
    "gru.bias_hh_l0": uniform([3 * features], bound),
    ...dense("head", features, 10),
  };
  return { name: `GRU h${features}, T${time}, B${batch}`, kind: "gru", features, tensors };
}

/** Forward and backward of one norm. */
export function normRow(name: NormName, batch: number, features: number): Row {
  const tensors = { x: signal(batch, features), cotangent: signal(batch, features), ...norm("norm", name, features) };
  return { name: `${name} ${batch}×${features}, forward and backward`, kind: "norm", norm: name, features, tensors };
}

/** A product of square matrices. */
export function matmulRow(n: number): Row {
  return { name: `matmul ${n}³`, kind: "matmul", tensors: { a: signal(n, n), b: signal(n, n) } };
}

/** The network of {@link mlpRow} in evaluation. */
export function inferenceRow(sizes: readonly number[], name: NormName, batch: number): Row {
  const tensors = { x: signal(batch, sizes[0]!), ...mlp(sizes, name, true) };
  const workload: Workload = { kind: "inference", sizes, norm: name };
  return { name: `${sizes.join("-")} ${name}, inference, B${batch}`, ...workload, tensors };
}

/** An epoch of training steps. */
export function epochRow(sizes: readonly number[], samples: number, batch: number, loop: "fit" | "hand"): Row {
  const tensors: Tensors = { x: signal(samples, sizes[0]!), y: classes(sizes.at(-1)!, samples) };
  sizes.slice(1).forEach((to, i) => Object.assign(tensors, dense(`${2 * i}`, sizes[i]!, to)));
  const name = `epoch ${loop === "fit" ? "by fit" : "by hand"}, ${sizes.join("-")}, ${samples} samples, B${batch}`;
  return { name, kind: "epoch", sizes, batch, loop, tensors };
}
