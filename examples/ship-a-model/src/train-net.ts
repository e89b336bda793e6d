import { compile, type Compiled, data, datasets, Generator, nn, optim, type Tensor } from "tapegrad";

/** Images and their digits. */
export interface Part {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** A trained network, and what trains it on. */
export interface Trained {
  readonly net: nn.Sequential;
  readonly step: Compiled<[x: Tensor, y: Tensor], Tensor>;
  readonly test: Part;
  /** Batches for going on elsewhere. */
  readonly batches: readonly (readonly [x: Tensor, y: Tensor])[];
}

export const batchSize = 32;

/** The network 64-64-32-10, with weights from a seed. */
export function buildNet(seed: number): nn.Sequential {
  const generator = new Generator(seed);
  const dense = (from: number, to: number): nn.Dense => new nn.Dense(from, to, { generator });
  return new nn.Sequential(dense(64, 64), new nn.ReLU(), dense(64, 32), new nn.ReLU(), dense(32, 10));
}

/** Trains it on 80 % of the digits; `steps` batches, if given, are all that it sees. */
export function trainNet(seed: number, epochs: number, steps: number = Infinity): Trained {
  const { dataset } = datasets.digits({ scale: 1 / 16 });
  const [train, held] = data.randomSplit(dataset, [0.8, 0.2], { seed });
  const loader = new data.DataLoader(train, { batchSize, shuffle: true, seed, dropLast: true });
  const net = buildNet(seed);
  const optimizer = new optim.Adam(net.parameters(), { lr: 2e-3 });
  const step = compile(
    (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = nn.functional.crossEntropy(net.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    },
    { deterministic: true },
  );
  let left = epochs * Math.min(loader.length, steps);
  while (left > 0) {
    for (const [x, y] of loader) {
      if (left-- === 0) break;
      step(x, y);
    }
  }
  const [x, y] = data.collect(held);
  return { net, step, test: { x, y }, batches: [...loader].slice(0, 20) };
}
