import { compile } from "@tapegrad/compile";
import { DataLoader, TensorDataset } from "@tapegrad/data";
import { Dense, functional, type Module, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import type { Tensor } from "@tapegrad/tensor";
import { Model } from "@tapegrad/train";
import type { Work } from "../protocol/serve.ts";
import type { EpochRow } from "../rows/row.ts";
import { load, tensorsOf } from "./program.ts";

/**
 * An epoch of training, by `fit` or by hand; what is compared is the mean loss.
 *
 * @param threads of compiled steps; undefined for eager ones
 */
export function epochWork(row: EpochRow, threads: number | undefined): Work {
  const tensors = tensorsOf(row);
  const net = load(dense(row.sizes), tensors);
  const [x, y] = [tensors["x"]!, tensors["y"]!];
  const epoch = (row.loop === "fit" ? byFit : byHand)(net, x, y, row.batch, threads);
  let loss = 0;
  return {
    step: async () => {
      loss = await epoch();
    },
    values: () => [loss],
    compared: 3,
  };
}

type Epoch = () => number | Promise<number>;

function dense(sizes: readonly number[]): Sequential {
  const layers = sizes.slice(1).flatMap((to, i): Module[] => {
    const layer = new Dense(sizes[i]!, to);
    return i === sizes.length - 2 ? [layer] : [layer, new ReLU()];
  });
  return new Sequential(...layers);
}

function byFit(net: Sequential, x: Tensor, y: Tensor, batchSize: number, threads: number | undefined): Epoch {
  const model = new Model(net).compile({
    optimizer: (params) => new Adam(params, { lr: 1e-3 }),
    loss: "crossEntropy",
    ...(threads === undefined ? {} : { threads }),
  });
  const options = { batchSize, shuffle: false, verbose: 0, compile: threads !== undefined } as const;
  return async () => (await model.fit(x, y, options)).loss[0]!;
}

function byHand(net: Sequential, x: Tensor, y: Tensor, batchSize: number, threads: number | undefined): Epoch {
  const optimizer = new Adam(net.parameters(), { lr: 1e-3 });
  const eager = (input: Tensor, target: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = functional.crossEntropy(net.forward(input), target);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const step = threads === undefined ? eager : compile(eager, { threads });
  const loader = new DataLoader(new TensorDataset(x, y), { batchSize });
  return () => {
    let [total, samples] = [0, 0];
    for (const [input, target] of loader) {
      total += step(input, target).item() * target.size;
      samples += target.size;
    }
    return total / samples;
  };
}
