import * as tf from "@tensorflow/tfjs";

// The networks of the bench in tfjs. Its WebAssembly backend has no gradients of conv2d, of maxPool and of gather:
// convolutions are products with slices, pools are maxima of a reshaped axis, embeddings are products with one-hot rows.

const eps = 1e-5;

/** x·wᵀ + b over the last axis */
export function linear(x, w, b) {
  const rows = x.rank === 2 ? x : x.reshape([-1, x.shape.at(-1)]);
  const product = tf.matMul(rows, w, false, true);
  const y = b === undefined ? product : product.add(b);
  return x.rank === 2 ? y : y.reshape([...x.shape.slice(0, -1), w.shape[0]]);
}

/** Standardizes over axes with the biased variance. */
function standardize(x, axes) {
  const mean = x.mean(axes, true);
  const centered = x.sub(mean);
  const variance = centered.square().mean(axes, true);
  return { y: centered.mul(variance.add(eps).rsqrt()), mean, variance };
}

export function layerNorm(x, weight, bias) {
  return standardize(x, -1).y.mul(weight).add(bias);
}

export function rmsNorm(x, weight) {
  return x.mul(x.square().mean(-1, true).add(eps).rsqrt()).mul(weight);
}

/** Training, channels last: normalizes by the batch and updates the running statistics, two variables. */
export function batchNorm(x, weight, bias, [runningMean, runningVariance]) {
  const { y, mean, variance } = standardize(x, x.rank === 4 ? [0, 1, 2] : [0]);
  const channels = weight.shape;
  const count = x.size / weight.size;
  runningMean.assign(runningMean.mul(0.9).add(mean.reshape(channels).mul(0.1)));
  runningVariance.assign(runningVariance.mul(0.9).add(variance.reshape(channels).mul((0.1 * count) / (count - 1))));
  return y.mul(weight).add(bias);
}

function mlp({ sizes, norm }, p, x, statistics) {
  let h = x;
  for (let i = 0; i < sizes.length - 1; i++) {
    h = linear(h, p[`${3 * i}.weight`], p[`${3 * i}.bias`]);
    if (i === sizes.length - 2) break;
    const [weight, bias] = [p[`${3 * i + 1}.weight`], p[`${3 * i + 1}.bias`]];
    if (norm === "LayerNorm") h = layerNorm(h, weight, bias);
    else if (norm === "RMSNorm") h = rmsNorm(h, weight);
    else h = batchNorm(h, weight, bias, statistics[i]);
    h = h.relu();
  }
  return h;
}

/** The same in evaluation. */
export function inferMlp({ sizes }, p, x) {
  let h = x;
  for (let i = 0; i < sizes.length - 1; i++) {
    h = linear(h, p[`${3 * i}.weight`], p[`${3 * i}.bias`]);
    if (i === sizes.length - 2) break;
    const of = (name) => p[`${3 * i + 1}.${name}`];
    h = tf.batchNorm(h, of("running_mean"), of("running_var"), of("bias"), of("weight"), eps).relu();
  }
  return h;
}

/** Valid convolution of x `[n, h, w, in]` with a weight `[out, in, k, k]`: `[n, h − k + 1, w − k + 1, out]`. */
function conv(x, weight, bias) {
  const [n, height, width, inputs] = x.shape;
  const [outputs, , k] = weight.shape;
  const [toHeight, toWidth] = [height - k + 1, width - k + 1];
  const windows = [];
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) windows.push(x.slice([0, i, j, 0], [n, toHeight, toWidth, inputs]));
  }
  const columns = tf.concat(windows, 3).reshape([-1, k * k * inputs]);
  const matrix = weight.transpose([0, 2, 3, 1]).reshape([outputs, k * k * inputs]);
  return linear(columns, matrix, bias).reshape([n, toHeight, toWidth, outputs]);
}

function maxPool(x) {
  const [n, height, width, c] = x.shape;
  return x
    .reshape([n, height / 2, 2, width / 2, 2 * c])
    .max(2)
    .reshape([n, height / 2, width / 2, 2, c])
    .max(3);
}

function cnn(_, p, x, statistics) {
  let h = x.transpose([0, 2, 3, 1]);
  for (const [i, key] of [0, 4].entries()) {
    h = conv(h, p[`${key}.weight`], p[`${key}.bias`]);
    h = maxPool(batchNorm(h, p[`${key + 1}.weight`], p[`${key + 1}.bias`], statistics[i]).relu());
  }
  const flat = h.transpose([0, 3, 1, 2]).reshape([h.shape[0], -1]);
  return linear(flat, p["9.weight"], p["9.bias"]);
}

function transformer({ layers, heads }, p, x) {
  const [symbols, features] = p["embedding.weight"].shape;
  const [batch, time] = x.shape;
  const rows = tf.oneHot(x.flatten(), symbols).toFloat().matMul(p["embedding.weight"]);
  let h = rows.reshape([batch, time, features]).add(p.position);
  const size = features / heads;
  const ahead = tf.sub(1, tf.linalg.bandPart(tf.ones([time, time]), -1, 0)).mul(-1e9);
  for (let i = 0; i < layers; i++) {
    const of = (name) => p[`layers.${i}.${name}`];
    const normed = layerNorm(h, of("norm1.weight"), of("norm1.bias"));
    const projected = linear(normed, of("self_attn.in_proj_weight"), of("self_attn.in_proj_bias"));
    const split = projected.split(3, -1);
    const [q, k, v] = split.map((part) => part.reshape([batch, time, heads, size]).transpose([0, 2, 1, 3]));
    const scores = tf
      .matMul(q, k, false, true)
      .mul(1 / Math.sqrt(size))
      .add(ahead);
    const attended = tf.matMul(scores.softmax(), v).transpose([0, 2, 1, 3]).reshape([batch, time, features]);
    h = h.add(linear(attended, of("self_attn.out_proj.weight"), of("self_attn.out_proj.bias")));
    const again = layerNorm(h, of("norm2.weight"), of("norm2.bias"));
    const hidden = linear(again, of("linear1.weight"), of("linear1.bias")).relu();
    h = h.add(linear(hidden, of("linear2.weight"), of("linear2.bias")));
  }
  const logits = linear(layerNorm(h, p["norm.weight"], p["norm.bias"]), p["head.weight"], p["head.bias"]);
  return logits.reshape([batch * time, symbols]);
}

function lstm({ features }, p, x) {
  const [, batch] = x.shape;
  const inputs = layerNorm(linear(x, p.weight_ih), p["norm_ih.weight"], p["norm_ih.bias"]).add(p.bias).unstack(0);
  let h = tf.zeros([batch, features]);
  let c = tf.zeros([batch, features]);
  for (const input of inputs) {
    const gates = input.add(layerNorm(linear(h, p.weight_hh), p["norm_hh.weight"], p["norm_hh.bias"]));
    const [i, f, g, o] = gates.split(4, 1);
    c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
    h = o.sigmoid().mul(layerNorm(c, p["norm_c.weight"], p["norm_c.bias"]).tanh());
  }
  return linear(h, p["head.weight"], p["head.bias"]);
}

function gru({ features }, p, x) {
  const [, batch] = x.shape;
  const inputs = linear(x, p["gru.weight_ih_l0"], p["gru.bias_ih_l0"]).unstack(0);
  let h = tf.zeros([batch, features]);
  for (const input of inputs) {
    const [ri, zi, ni] = input.split(3, 1);
    const [rh, zh, nh] = linear(h, p["gru.weight_hh_l0"], p["gru.bias_hh_l0"]).split(3, 1);
    const z = zi.add(zh).sigmoid();
    const n = ni.add(ri.add(rh).sigmoid().mul(nh)).tanh();
    h = n.add(z.mul(h.sub(n)));
  }
  return linear(h, p["head.weight"], p["head.bias"]);
}

/** By kind: (row, parameters, x, statistics) → logits. */
export const models = { mlp, cnn, transformer, lstm, gru };
