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
import { Generator, manualSeed, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { afterEach, describe, expect, it, vi } from "vitest";
import { compile, type Compiled } from "../src/compile.ts";
import { wasmHeap } from "../src/wasm/memory/wasm-heap.ts";
import { until } from "./until.ts";
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
  "LayerNorm of many rows": () => ({
    model: new Sequential(new LayerNorm([40]), new ReLU(), new Dense(40, 10)),
    inputs: [1700, 40],
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
    else if (bits.length > 100) await new Promise((resolve) => setTimeout(resolve, 1));
    if (bits.length === 2) await until(() => plan?.threadsReady === threads);
  }
  const run = bits.length;
  bits.push(...Object.values(model.stateDict()).map(bytes));
  bits.push(...model.parameters().map(({ grad }) => bytes(grad as Tensor)));
  return { bits, steps: run };
}

function bytes({ data }: Tensor): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
}

/** The places in the heap that are given away from now on and not given back; what is collected meanwhile is no matter. */
function heldPlaces(): ReadonlySet<number> {
  const { heap } = wasmHeap();
  const held = new Set<number>();
  const [allocate, free] = [heap.allocate.bind(heap), heap.free.bind(heap)];
  vi.spyOn(heap, "allocate").mockImplementation((bytes) => {
    const address = allocate(bytes);
    held.add(address);
    return address;
  });
  vi.spyOn(heap, "free").mockImplementation((address) => {
    held.delete(address);
    free(address);
  });
  return held;
}

afterEach(() => {
  vi.restoreAllMocks();
});

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
    await until(() => wasmExecutableOf(step)?.threadsReady === 2);
    const before = Object.values(model.stateDict()).map(bytes);
    for (let i = 0; i < 20; i++) {
      const wrong = y.clone();
      wrong.data[(i * 31) % y.data.length] = 10;
      expect(() => step(x, wrong)).toThrow(/10/);
    }
    expect(Object.values(model.stateDict()).map(bytes)).toEqual(before);
    await until(() => {
      expect(step(x, y).item()).toBeLessThan(100);
      return wasmExecutableOf(step)?.lastThreads === 2;
    });
  });

  it("report a wrong index among many as eager does, and go on", async () => {
    const rows = 400;
    const pick = (x: Tensor, index: Tensor): Tensor => x.mul(2).gather(0, index).tanh();
    const compiled = compile(pick, { threads: 3 });
    const x = randn([rows, 300], { generator: new Generator(1) });
    const index = tensor(new Int32Array(rows * 300).map((_, i) => (i * 7) % rows)).reshape([rows, 300]);
    compiled(x, index);
    await until(() => wasmExecutableOf(compiled)?.threadsReady === 3);
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
    compiled(randn([150, 40], { generator: new Generator(0) })); // the block through which all threads speak stays
    const held = heldPlaces();
    for (let i = 0; i < 200; i++) {
      const x = randn([150 + (i % 50), 40], { generator: new Generator(i) });
      for (let turn = 0; turn < 3; turn++) {
        expect(bytes(compiled(x))).toBe(bytes(alone(x)));
        await new Promise((resolve) => setImmediate(resolve));
      }
      // The arena of all plans, which moves as it grows.
      expect(held.size).toBeLessThanOrEqual(1);
    }
  });

  it("follow the arena when it moves", async () => {
    const places = new Set<number>();
    const losses = async (disturbed: boolean): Promise<string[]> => {
      const { step, x, y } = start("LayerNorm", 2);
      const seen: string[] = [];
      for (let i = 0; i < 6; i++) {
        seen.push(bytes(step(x, y)));
        await until(() => wasmExecutableOf(step)?.threadsReady === 2);
        if (!disturbed) continue;
        // What is captured comes to lie behind the arena.
        const captured = zeros([1e6 * (i + 1)]);
        compile((x: Tensor) => captured.add(x).cumsum({ axis: 0 }).cumsum({ axis: 0 }).max())(zeros([]));
        places.add(wasmHeap().arena.address);
      }
      return seen;
    };
    expect(await losses(true)).toEqual(await losses(false));
    expect(places.size).toBeGreaterThan(1);
  });

  it("are one for what is small", () => {
    const double = compile((x: Tensor) => x.mul(2));
    expect(double(tensor([1, 2])).data).toEqual(Float32Array.of(2, 4));
    expect(double.plan?.threads).toBe(1);
  });

  it.each([
    ["loops", (x: Tensor) => x.exp()],
    ["products", (x: Tensor) => x.matmul(x)],
    ["routines", (x: Tensor) => x.cumsum({ axis: 1 })],
  ])("are what is asked for where %s are large enough, and else one", (_, fn) => {
    const compiled = compile(fn, { threads: 3 });
    compiled(zeros([300, 300]));
    expect(compiled.plan?.threads).toBe(3);
    compiled(zeros([30, 30]));
    expect(compiled.plan?.threads).toBe(1);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "2", "all"])("are no %s", (threads) => {
    expect(() => compile((x: Tensor) => x, { threads: threads as number })).toThrow(
      `compile: expected threads to be a whole number ≥ 1, or auto, got ${threads === "2" ? '"2"' : threads}.`,
    );
  });

  it.each([1, 2, 1000, "auto"] as const)("may be %s", (threads) => {
    expect(() => compile((x: Tensor) => x, { threads })).not.toThrow();
  });
});
