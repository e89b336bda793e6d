import { lax, nn, numpy as np } from "@jax-js/jax";

// The networks of the bench in jax-js. Every function consumes its arrays, as the library's do: `.ref` keeps one.

const eps = 1e-5;

/** x·wᵀ + b */
export function linear(x, w, b) {
  const product = np.matmul(x, np.transpose(w));
  return b === undefined ? product : product.add(b);
}

/** Standardizes over axes with the biased variance; also gives mean and variance, with axes of one. */
function standardize(x, axes) {
  const mean = np.mean(x.ref, axes, { keepdims: true });
  const centered = x.sub(mean.ref);
  const variance = np.mean(np.square(centered.ref), axes, { keepdims: true });
  return [centered.mul(np.reciprocal(np.sqrt(variance.ref.add(eps)))), mean, variance];
}

export function layerNorm(x, weight, bias) {
  const [y, mean, variance] = standardize(x, -1);
  mean.dispose();
  variance.dispose();
  return y.mul(weight).add(bias);
}

export function rmsNorm(x, weight) {
  const scale = np.reciprocal(np.sqrt(np.mean(np.square(x.ref), -1, { keepdims: true }).add(eps)));
  return x.mul(scale).mul(weight);
}

/** Training: normalizes by the batch; gives the result and the new running statistics. */
export function batchNorm(x, weight, bias, [runningMean, runningVariance]) {
  const axes = x.ndim === 4 ? [0, 2, 3] : [0];
  const channels = x.shape[1];
  const count = x.size / channels;
  const aligned = x.ndim === 4 ? [1, channels, 1, 1] : [1, channels];
  const [y, mean, variance] = standardize(x, axes);
  const statistics = [
    runningMean.mul(0.9).add(mean.reshape([channels]).mul(0.1)),
    runningVariance.mul(0.9).add(variance.reshape([channels]).mul((0.1 * count) / (count - 1))),
  ];
  return [y.mul(weight.reshape(aligned)).add(bias.reshape(aligned)), statistics];
}

/** `statistics` is a list with a pair for each BatchNorm; the new one is returned. */
function mlp({ sizes, norm }, p, x, statistics) {
  const next = [];
  let h = x;
  for (let i = 0; i < sizes.length - 1; i++) {
    h = linear(h, p[`${3 * i}.weight`], p[`${3 * i}.bias`]);
    if (i === sizes.length - 2) break;
    const [weight, bias] = [p[`${3 * i + 1}.weight`], p[`${3 * i + 1}.bias`]];
    if (norm === "LayerNorm") h = layerNorm(h, weight, bias);
    else if (norm === "RMSNorm") h = rmsNorm(h, weight);
    else [h, next[i]] = batchNorm(h, weight, bias, statistics[i]);
    h = nn.relu(h);
  }
  return [h, next];
}

/** The same in evaluation. */
export function inferMlp({ sizes }, p, x) {
  let h = x;
  for (let i = 0; i < sizes.length - 1; i++) {
    h = linear(h, p[`${3 * i}.weight`], p[`${3 * i}.bias`]);
    if (i === sizes.length - 2) break;
    const of = (name) => p[`${3 * i + 1}.${name}`];
    const scale = of("weight").mul(np.reciprocal(np.sqrt(of("running_var").add(eps))));
    h = nn.relu(h.sub(of("running_mean")).mul(scale).add(of("bias")));
  }
  return h;
}

function cnn(_, p, x, statistics) {
  const next = [];
  let h = x;
  for (const [i, key] of [0, 4].entries()) {
    const conv = lax.conv(h, p[`${key}.weight`], [1, 1], "VALID");
    h = conv.add(p[`${key}.bias`].reshape([1, -1, 1, 1]));
    [h, next[i]] = batchNorm(h, p[`${key + 1}.weight`], p[`${key + 1}.bias`], statistics[i]);
    const [n, c, height, width] = h.shape;
    h = np.max(nn.relu(h).reshape([n, c, height / 2, 2, width / 2, 2]), [3, 5]);
  }
  return [linear(h.reshape([h.shape[0], -1]), p["9.weight"], p["9.bias"]), next];
}

function transformer({ layers, heads }, p, x) {
  let h = np.take(p["embedding.weight"], x, 0).add(p.position);
  const [batch, time, features] = h.shape;
  for (let i = 0; i < layers; i++) {
    const of = (name) => p[`layers.${i}.${name}`];
    const normed = layerNorm(h.ref, of("norm1.weight"), of("norm1.bias"));
    const projected = linear(normed, of("self_attn.in_proj_weight"), of("self_attn.in_proj_bias"));
    const [q, k, v] = np.split(projected, 3, -1).map((part) => part.reshape([batch, time, heads, features / heads]));
    const attended = nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([batch, time, features]);
    h = h.add(linear(attended, of("self_attn.out_proj.weight"), of("self_attn.out_proj.bias")));
    const again = layerNorm(h.ref, of("norm2.weight"), of("norm2.bias"));
    const hidden = nn.relu(linear(again, of("linear1.weight"), of("linear1.bias")));
    h = h.add(linear(hidden, of("linear2.weight"), of("linear2.bias")));
  }
  const logits = linear(layerNorm(h, p["norm.weight"], p["norm.bias"]), p["head.weight"], p["head.bias"]);
  return [logits.reshape([batch * time, -1]), []];
}

function lstm({ features }, p, x) {
  const [time, batch] = x.shape;
  const gatesOfInputs = layerNorm(linear(x, p.weight_ih), p["norm_ih.weight"], p["norm_ih.bias"]).add(p.bias);
  let h = np.zeros([batch, features]);
  let c = np.zeros([batch, features]);
  for (let t = 0; t < time; t++) {
    const recurrent = layerNorm(linear(h, p.weight_hh.ref), p["norm_hh.weight"].ref, p["norm_hh.bias"].ref);
    const [i, f, g, o] = np.split(gatesOfInputs.ref.slice(t).add(recurrent), 4, -1);
    c = nn
      .sigmoid(f)
      .mul(c)
      .add(nn.sigmoid(i).mul(np.tanh(g)));
    h = nn.sigmoid(o).mul(np.tanh(layerNorm(c.ref, p["norm_c.weight"].ref, p["norm_c.bias"].ref)));
  }
  for (const key of ["weight_hh", "norm_hh.weight", "norm_hh.bias", "norm_c.weight", "norm_c.bias"]) p[key].dispose();
  c.dispose();
  gatesOfInputs.dispose();
  return [linear(h, p["head.weight"], p["head.bias"]), []];
}

function gru({ features }, p, x) {
  const [time, batch] = x.shape;
  const gatesOfInputs = linear(x, p["gru.weight_ih_l0"], p["gru.bias_ih_l0"]);
  const [weight, bias] = [p["gru.weight_hh_l0"], p["gru.bias_hh_l0"]];
  let h = np.zeros([batch, features]);
  for (let t = 0; t < time; t++) {
    const [ri, zi, ni] = np.split(gatesOfInputs.ref.slice(t), 3, -1);
    const [rh, zh, nh] = np.split(linear(h.ref, weight.ref, bias.ref), 3, -1);
    const z = nn.sigmoid(zi.add(zh));
    const n = np.tanh(ni.add(nn.sigmoid(ri.add(rh)).mul(nh)));
    h = n.ref.add(z.mul(h.sub(n)));
  }
  weight.dispose();
  bias.dispose();
  gatesOfInputs.dispose();
  return [linear(h, p["head.weight"], p["head.bias"]), []];
}

/** By kind: (row, parameters, x, statistics) → [logits, new statistics]. */
export const models = { mlp, cnn, transformer, lstm, gru };
