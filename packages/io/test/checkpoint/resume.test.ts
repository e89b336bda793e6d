import "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import { DataLoader, TensorDataset } from "@tapegrad/data";
import { BatchNorm, Dense, Dropout, functional, ReLU, Sequential } from "@tapegrad/nn";
import { Adam, CosineAnnealingLR } from "@tapegrad/optim";
import { type Generator, manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { decodeCheckpoint } from "../../src/checkpoint/decode.ts";
import { encodeCheckpoint } from "../../src/checkpoint/encode.ts";

const steps = 50;

interface Parts {
  readonly model: Sequential;
  readonly optimizer: Adam;
  readonly scheduler: CosineAnnealingLR;
  readonly loader: DataLoader<[Tensor, Tensor]>;
  /** The default one, which dropout draws from. */
  readonly generator: Generator;
}

interface Training {
  readonly parts: Parts;
  /** Trains on the next batch, of whatever epoch; gives the loss. */
  readonly step: () => number;
  /** Goes on where a checkpoint was saved. */
  readonly load: (bytes: Uint8Array) => void;
}

manualSeed(1);
// Seven batches in an epoch, the last one smaller.
const dataset = new TensorDataset(randn([51, 4]), randn([51, 2]));

/** A training with everything that has a state, begun anew from a seed. */
function training(seed: number, isCompiled: boolean): Training {
  const generator = manualSeed(seed);
  const model = new Sequential(new Dense(4, 8), new BatchNorm(8), new ReLU(), new Dropout(0.3), new Dense(8, 2));
  const optimizer = new Adam(model.parameters(), { lr: 0.01 * seed });
  const scheduler = new CosineAnnealingLR(optimizer, { tMax: 40 });
  const loader = new DataLoader(dataset, { batchSize: 8, shuffle: true, seed });
  const update = (x: Tensor, y: Tensor): Tensor => {
    optimizer.zeroGrad();
    const loss = functional.mseLoss(model.forward(x) as Tensor, y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const run = isCompiled ? compile(update, { threads: 1 }) : update;
  let batches: Iterator<[Tensor, Tensor]> | undefined;
  const next = (): [Tensor, Tensor] => {
    const batch = (batches ??= loader[Symbol.iterator]()).next();
    if (batch.done !== true) return batch.value;
    batches = undefined;
    return next();
  };
  const step = (): number => {
    const loss = run(...next()).item();
    scheduler.step();
    return loss;
  };
  const parts = { model, optimizer, scheduler, loader, generator };
  const load = (bytes: Uint8Array): void => {
    decodeCheckpoint(bytes, parts);
    // A loader goes on with the next loop.
    batches = undefined;
  };
  return { parts, step, load };
}

/** Losses of the remaining steps, and all bits of the end. */
function finish(from: number, { parts, step }: Training): { readonly losses: number[]; readonly end: Uint8Array } {
  const losses = Array.from({ length: steps - from }, step);
  return { losses, end: encodeCheckpoint({ ...parts }) };
}

describe.each([
  ["eager", false],
  ["compiled", true],
])("a training that is %s", (_, isCompiled) => {
  const saved: Uint8Array[] = [];
  const whole = training(1, isCompiled);
  const losses = Array.from({ length: steps }, () => {
    saved.push(encodeCheckpoint({ ...whole.parts }));
    return whole.step();
  });
  const end = encodeCheckpoint({ ...whole.parts });

  it("is not changed by being saved", () => {
    expect(finish(0, training(1, isCompiled))).toEqual({ losses, end });
  });

  it("goes on from each step as if it had not stopped, begun anew", () => {
    // Compiled functions take their time to be made.
    for (let step = 0; step < steps; step += isCompiled ? 10 : 1) {
      const other = training(2, isCompiled);
      other.load(saved[step]!);
      expect(finish(step, other), `from step ${step}`).toEqual({ losses: losses.slice(step), end });
    }
  });

  it("goes on from each step as if it had not stopped, where another has ended", () => {
    const used = training(3, isCompiled);
    used.step();
    for (let step = steps - 1; step >= 0; step--) {
      used.load(saved[step]!);
      expect(finish(step, used), `from step ${step}`).toEqual({ losses: losses.slice(step), end });
    }
  });
});
