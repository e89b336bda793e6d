// A contender: the rows of the bench in jax-js on WebAssembly, every step one function under `jit`.
import { defaultDevice, grad, init, jit, nn, numpy as np, blockUntilReady, tree, valueAndGrad } from "@jax-js/jax";
import { readFileSync } from "node:fs";
import process from "node:process";
import { digest } from "../dist/digest.js";
import { drawAll } from "../dist/draw.js";
import { serve } from "../dist/protocol/serve.js";
import { batchNorm, inferMlp, layerNorm, models, rmsNorm } from "./jax-js-models.mjs";

const { version } = JSON.parse(readFileSync(new URL("node_modules/@jax-js/jax/package.json", import.meta.url), "utf8"));
await init("wasm");
defaultDevice("wasm");

/** Arrays of a row: inputs and targets, and parameters. */
function arraysOf(row) {
  const arrays = Object.entries(drawAll(row)).map(([key, { data, shape }]) => [
    key,
    np.array(data, { shape: [...shape] }),
  ]);
  const inputs = ["x", "y", "cotangent", "a", "b"];
  return {
    inputs: Object.fromEntries(arrays.filter(([key]) => inputs.includes(key))),
    parameters: Object.fromEntries(arrays.filter(([key]) => !inputs.includes(key))),
  };
}

/** Running statistics of every BatchNorm of a training row. */
function initialStatistics(row) {
  const features = row.kind === "cnn" ? row.channels.slice(1) : row.norm === "BatchNorm" ? row.sizes.slice(1, -1) : [];
  return features.map((n) => [np.zeros([n]), np.ones([n])]);
}

function crossEntropy(logits, target) {
  if (logits.shape[1] === 1) {
    // max(z, 0) − z·y + log(1 + exp(−|z|))
    const y = target.astype(np.float32);
    const tail = np.log1p(np.exp(np.absolute(logits.ref).neg()));
    return nn.relu(logits.ref).sub(logits.mul(y)).add(tail).mean();
  }
  const chosen = nn.oneHot(target.reshape([-1]), logits.shape[1]);
  return nn
    .logSoftmax(logits, -1)
    .mul(chosen)
    .sum()
    .mul(-1 / logits.shape[0]);
}

const [lr, beta1, beta2, adamEps] = [1e-3, 0.9, 0.999, 1e-8];

/** Adam for one parameter; `c1` and `c2` are 1 − βᵗ. */
function adam(parameter, gradient, m, v, c1, c2) {
  const mean = m.mul(beta1).add(gradient.ref.mul(1 - beta1));
  const square = v.mul(beta2).add(np.square(gradient).mul(1 - beta2));
  const step = mean.ref.div(c1).div(np.sqrt(square.ref.div(c2)).add(adamEps));
  return [parameter.sub(step.mul(lr)), mean, square];
}

function training(row) {
  const { inputs, parameters } = arraysOf(row);
  const lossOf = valueAndGrad(
    (p, statistics, x, y) => {
      const [logits, next] = models[row.kind](row, p, x, statistics);
      return [crossEntropy(logits, y), next];
    },
    { hasAux: true },
  );
  const run = jit((p, means, squares, powers, statistics, x, y) => {
    const kept = tree.ref(p);
    const [[loss, nextStatistics], gradients] = lossOf(p, statistics, x, y);
    const nextPowers = powers.mul(np.array([beta1, beta2]));
    const corrections = np.array([1, 1]).sub(nextPowers.ref);
    const [c1, c2] = [corrections.ref.slice(0), corrections.slice(1)];
    const next = [{}, {}, {}];
    for (const key of Object.keys(kept)) {
      const all = adam(kept[key], gradients[key], means[key], squares[key], c1.ref, c2.ref);
      all.forEach((value, i) => (next[i][key] = value));
    }
    c1.dispose();
    c2.dispose();
    return [loss, ...next, nextPowers, nextStatistics];
  });
  const zeros = (of) => Object.fromEntries(Object.entries(of).map(([key, value]) => [key, np.zeros(value.shape)]));
  let state = [parameters, zeros(parameters), zeros(parameters), np.array([1, 1]), initialStatistics(row)];
  let loss;
  return {
    step() {
      const [result, ...next] = run(...state, inputs.x.ref, inputs.y.ref);
      state = next;
      loss = result.item();
    },
    values: () => [loss],
    compared: 3,
  };
}

/** A function whose results are waited for, disposed of at the next step, and compared by their digests. */
function resulting(run) {
  let results;
  return {
    async step() {
      if (results !== undefined) tree.dispose(results);
      results = run();
      await blockUntilReady(results);
    },
    values: async () => {
      const values = [];
      for (const result of results) values.push(digest(await result.ref.data()));
      return values;
    },
    compared: 1,
  };
}

/** Gradients of x, γ and β for a given cotangent. */
function norm(row) {
  const { inputs, parameters } = arraysOf(row);
  const arrays = [inputs.x, parameters["norm.weight"], parameters["norm.bias"]].filter((array) => array !== undefined);
  let statistics = row.norm === "BatchNorm" ? [np.zeros([row.features]), np.ones([row.features])] : [];
  const differentiate = grad(
    (leaves, cotangent, before) => {
      const [x, weight, bias] = leaves;
      if (row.norm !== "BatchNorm") {
        const y = row.norm === "LayerNorm" ? layerNorm(x, weight, bias) : rmsNorm(x, weight);
        return [y.mul(cotangent).sum(), []];
      }
      const [y, after] = batchNorm(x, weight, bias, before);
      return [y.mul(cotangent).sum(), after];
    },
    { hasAux: true },
  );
  const run = jit((leaves, cotangent, before) => differentiate(leaves, cotangent, before));
  return resulting(() => {
    const [gradients, after] = run(tree.ref(arrays), inputs.cotangent.ref, statistics);
    statistics = after;
    return gradients;
  });
}

function inference(row) {
  const { inputs, parameters } = arraysOf(row);
  const run = jit((p, x) => inferMlp(row, p, x));
  return resulting(() => [run(tree.ref(parameters), inputs.x.ref)]);
}

function matmul(row) {
  const { a, b } = arraysOf(row).inputs;
  const run = jit((x, y) => np.matmul(x, y));
  return resulting(() => [run(a.ref, b.ref)]);
}

const kinds = { norm, inference, matmul };
await serve([`jax-js ${version} on Node ${process.versions.node}`], (row) => (kinds[row.kind] ?? training)(row));
