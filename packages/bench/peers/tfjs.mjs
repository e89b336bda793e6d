// A contender: the rows of the bench in tfjs with its WebAssembly backend.
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { digest } from "../dist/digest.js";
import { drawAll } from "../dist/draw.js";
import { serve } from "../dist/protocol/serve.js";
import { batchNorm, inferMlp, layerNorm, models, rmsNorm } from "./tfjs-models.mjs";

setWasmPaths(fileURLToPath(new URL("node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url)));
setThreadsCount(1);
await tf.setBackend("wasm");
await tf.ready();

/** Tensors of a row; parameters are variables. */
function tensorsOf(row) {
  const inputs = {};
  const parameters = {};
  for (const [key, { data, shape }] of Object.entries(drawAll(row))) {
    const tensor = tf.tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32");
    if (["x", "y", "cotangent", "a", "b"].includes(key)) inputs[key] = tensor;
    else parameters[key] = tf.variable(tensor);
  }
  return { inputs, parameters };
}

function statisticsOf(features) {
  return [tf.variable(tf.zeros([features]), false), tf.variable(tf.ones([features]), false)];
}

function crossEntropy(logits, target) {
  if (logits.shape[1] === 1) return tf.losses.sigmoidCrossEntropy(target, logits);
  return target
    .mul(logits.logSoftmax())
    .sum()
    .mul(-1 / logits.shape[0]);
}

function training(row) {
  const { inputs, parameters } = tensorsOf(row);
  const { x, y } = inputs;
  const features = row.kind === "cnn" ? row.channels.slice(1) : row.norm === "BatchNorm" ? row.sizes.slice(1, -1) : [];
  const statistics = features.map(statisticsOf);
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  const variables = Object.values(parameters);
  let loss;
  return {
    step() {
      const result = optimizer.minimize(
        () => {
          const logits = models[row.kind](row, parameters, x, statistics);
          const target = logits.shape[1] === 1 ? y.toFloat() : tf.oneHot(y.flatten(), logits.shape[1]).toFloat();
          return crossEntropy(logits, target);
        },
        true,
        variables,
      );
      [loss] = result.dataSync();
      result.dispose();
    },
    values: () => [loss],
    compared: 3,
  };
}

/** A function whose results are waited for, disposed of at the next step, and compared by their digests. */
function resulting(run) {
  let results;
  return {
    step() {
      if (results !== undefined) tf.dispose(results);
      results = tf.tidy(run);
    },
    values: () => results.map((result) => digest(result.dataSync())),
    compared: 1,
  };
}

/** Gradients of x, γ and β for a given cotangent. */
function norm(row) {
  const { inputs, parameters } = tensorsOf(row);
  const leaves = [inputs.x, parameters["norm.weight"], parameters["norm.bias"]].filter((leaf) => leaf !== undefined);
  const statistics = statisticsOf(row.features);
  const differentiate = tf.grads((x, weight, bias) => {
    if (row.norm === "LayerNorm") return layerNorm(x, weight, bias);
    return row.norm === "RMSNorm" ? rmsNorm(x, weight) : batchNorm(x, weight, bias, statistics);
  });
  return resulting(() => differentiate(leaves, inputs.cotangent));
}

function inference(row) {
  const { inputs, parameters } = tensorsOf(row);
  return resulting(() => [inferMlp(row, parameters, inputs.x)]);
}

function matmul(row) {
  const { a, b } = tensorsOf(row).inputs;
  return resulting(() => [tf.matMul(a, b)]);
}

/** An epoch of steps with Adam: by the `fit` of a model of layers, or batch by batch. */
function epoch(row) {
  const { inputs, parameters } = tensorsOf(row);
  const { x } = inputs;
  const y = tf.oneHot(inputs.y, row.sizes.at(-1)).toFloat();
  const model = tf.sequential();
  row.sizes.slice(1).forEach((units, i) => {
    const activation = i === row.sizes.length - 2 ? "linear" : "relu";
    model.add(tf.layers.dense({ units, activation, ...(i === 0 && { inputShape: [row.sizes[0]] }) }));
  });
  model.setWeights(
    row.sizes.slice(1).flatMap((_, i) => [parameters[`${2 * i}.weight`].transpose(), parameters[`${2 * i}.bias`]]),
  );
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  const loss = (target, logits) => tf.losses.softmaxCrossEntropy(target, logits);
  model.compile({ optimizer, loss });
  let mean;
  return {
    async step() {
      if (row.loop === "fit") {
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- what the peer declares is an enum of its own
        const { history } = await model.fit(x, y, { batchSize: row.batch, epochs: 1, shuffle: false, verbose: 0 });
        [mean] = history.loss;
        return;
      }
      let [total, samples] = [0, 0];
      for (let start = 0; start < x.shape[0]; start += row.batch) {
        const count = Math.min(row.batch, x.shape[0] - start);
        const [input, target] = [x.slice(start, count), y.slice(start, count)];
        const value = optimizer.minimize(() => loss(target, model.apply(input)), true);
        total += value.dataSync()[0] * count;
        samples += count;
        tf.dispose([input, target, value]);
      }
      mean = total / samples;
    },
    values: () => [mean],
    compared: 3,
  };
}

const kinds = { norm, inference, matmul, epoch };
await serve([`tfjs ${tf.version.tfjs} on Node ${process.versions.node}`], (row) => (kinds[row.kind] ?? training)(row));
