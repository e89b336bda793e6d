import "@tapegrad/autograd";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Flatten,
  functional,
  LayerNorm,
  MaxPool2d,
  type Module,
  ReLU,
  Sequential,
} from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { Generator, manualSeed, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import { compile, type Compiled } from "../src/compile.ts";
import { wasmHeap } from "../src/wasm/memory/wasm-heap.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

interface Training {
  readonly model: Module;
  readonly inputs: number[];
}

const trainings: Record<string, () => Training> = {
  MLP: () => ({
    model: new Sequential(new Dense(200, 130), new BatchNorm(130), new ReLU(), new Dense(130, 10)),
    inputs: [67, 200],
  }),
  LayerNorm: () => ({
    model: new Sequential(new Dense(100, 256), new LayerNorm([256]), new ReLU(), new Dense(256, 10)),
    inputs: [129, 100],
  }),
  CNN: () => ({
    model: new Sequential(
      new Conv2d(1, 8, 5),
      new BatchNorm(8),
      new ReLU(),
      new MaxPool2d(2),
      new Conv2d(8, 12, 3),
      new ReLU(),
      new Flatten(),
      new Dense(12 * 8 * 8, 10),
    ),
    inputs: [17, 1, 24, 24],
  }),
};

type Step = Compiled<[Tensor, Tensor], Tensor>;

interface Started {
  readonly step: Step;
  readonly model: Module;
  readonly x: Tensor;
  readonly y: Tensor;
}

function start(name: string, threads: number | "auto"): Started {
  manualSeed(5);
  const { model, inputs } = trainings[name]!();
  const optimizer = new Adam(model.parameters(), { lr: 1e-2 });
  const x = randn(inputs, { generator: new Generator(1) });
  const y = tensor(
    Array.from({ length: inputs[0]! }, (_, i) => (i * 7) % 10),
    { dtype: "int32" },
  );
  const step = compile(
    (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = functional.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return loss;
    },
    { threads },
  );
  return { step, model, x, y };
}

/**
 * The losses of all steps, then all parameters, gradients and buffers, as bytes: after so many steps, or after those in
 * which a busy machine gave all threads the time to come five times.
 */
async function train(name: string, threads: number, steps?: number): Promise<{ bits: string[]; steps: number }> {
  const { step, model, x, y } = start(name, threads);
  const bits: string[] = [];
  let together = 0;
  while (steps === undefined ? together < 5 : bits.length < steps) {
    bits.push(bytes(step(x, y)));
    const plan = wasmExecutableOf(step);
    if (plan?.lastThreads === threads) together++;
    if (bits.length === 2) await vi.waitFor(() => expect(plan?.threadsReady).toBe(threads), { timeout: 30_000 });
    if (bits.length > 2000) throw new Error(`${threads} threads came ${together} times in 2000 steps.`);
  }
  const run = bits.length;
  bits.push(...Object.values(model.stateDict()).map(bytes));
  bits.push(...model.parameters().map(({ grad }) => bytes(grad as Tensor)));
  return { bits, steps: run };
}

function bytes({ data }: Tensor): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
}

describe("threads", () => {
  it.each(Object.keys(trainings))("train a %s to the same bits, however many they are", async (name) => {
    for (const threads of [2, 3]) {
      const { bits, steps } = await train(name, threads);
      expect(bits).toEqual((await train(name, 1, steps)).bits);
    }
  });

  it("reports an error of the reference, changes nothing, and goes on", async () => {
    const { step, model, x, y } = start("MLP", 2);
    step(x, y);
    await vi.waitFor(() => expect(wasmExecutableOf(step)?.threadsReady).toBe(2), { timeout: 30_000 });
    const before = Object.values(model.stateDict()).map(bytes);
    for (let i = 0; i < 20; i++) {
      const wrong = y.clone();
      wrong.data[(i * 31) % y.data.length] = 10;
      expect(() => step(x, wrong)).toThrow(/10/);
    }
    expect(Object.values(model.stateDict()).map(bytes)).toEqual(before);
    const used = new Set<number | undefined>();
    for (let i = 0; i < 200 && !used.has(2); i++) {
      expect(step(x, y).item()).toBeLessThan(100);
      used.add(wasmExecutableOf(step)?.lastThreads);
    }
    expect(used).toContain(2);
  });

  it("report a wrong index among many as eager does, and go on", async () => {
    const rows = 400;
    const pick = (x: Tensor, index: Tensor): Tensor => x.mul(2).gather(0, index).tanh();
    const compiled = compile(pick, { threads: 3 });
    const x = randn([rows, 300], { generator: new Generator(1) });
    const index = tensor(new Int32Array(rows * 300).map((_, i) => (i * 7) % rows)).reshape([rows, 300]);
    compiled(x, index);
    await vi.waitFor(() => expect(wasmExecutableOf(compiled)?.threadsReady).toBe(3), { timeout: 30_000 });
    const good = bytes(compiled(x, index));
    for (let i = 0; i < 30; i++) {
      const wrong = index.clone();
      wrong.data[rows * 300 - 1 - i * 4000] = rows;
      let message = "";
      try {
        pick(x, wrong);
      } catch (error) {
        ({ message } = error as Error);
      }
      expect(message).toContain(`${rows}`);
      expect(() => compiled(x, wrong)).toThrow(message);
      expect(bytes(compiled(x, index))).toBe(good);
    }
    expect(wasmExecutableOf(compiled)?.threadsReady).toBe(3);
  });

  it("take and forget plans of many shapes", async () => {
    const gram = (x: Tensor): Tensor => x.matmul(x.transpose()).relu().mean({ axis: 0 });
    const compiled = compile(gram, { threads: 2 });
    const alone = compile(gram, { threads: 1 });
    const used = (): number => wasmHeap().heap.usedBytes;
    let level = 0;
    for (let i = 0; i < 200; i++) {
      const x = randn([150 + (i % 50), 40], { generator: new Generator(i) });
      for (let turn = 0; turn < 3; turn++) {
        expect(bytes(compiled(x))).toBe(bytes(alone(x)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (i === 99) level = used();
      // On a busy machine a worker is late to say that it has forgotten a plan.
      if (i > 99 && i % 50 === 49) await vi.waitFor(() => expect(used()).toBe(level), { timeout: 20_000 });
    }
  });

  it("are one for what is small", () => {
    const double = compile((x: Tensor) => x.mul(2));
    expect(double(tensor([1, 2])).data).toEqual(Float32Array.of(2, 4));
    expect(double.plan?.threads).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2", "all"])("are no %s", (threads) => {
    expect(() => compile((x: Tensor) => x, { threads: threads as number })).toThrow(
      `compile: expected threads to be a whole number ≥ 1, or auto, got ${threads}.`,
    );
  });

  it.each([1, 2, 1000, "auto"] as const)("may be %s", (threads) => {
    expect(() => compile((x: Tensor) => x, { threads })).not.toThrow();
  });
});
