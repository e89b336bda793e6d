import { BatchNorm, Dense, Dropout, Lambda, ReLU, Sequential, Tanh } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { assign, full, Generator, manualSeed, ones, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Model } from "../model/model.ts";
import { ActivationStats } from "./activation-stats.ts";
import type { Callback } from "../training/callback.ts";
import { ExponentialMovingAverage } from "./exponential-moving-average.ts";
import { TerminateOnNaN } from "./terminate-on-nan.ts";

afterEach(() => vi.restoreAllMocks());

describe.each([true, false])("TerminateOnNaN (compile: %s)", (compile) => {
  async function found(
    net: Sequential,
    options: { lr?: number; loss?: (p: Tensor, y: Tensor) => Tensor } = {},
  ): Promise<TerminateOnNaN> {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    manualSeed(0);
    const { lr = 0.1, loss = "mse" } = options;
    const model = new Model(net).compile({ optimizer: (params) => new SGD(params, { lr }), loss });
    const guard = new TerminateOnNaN();
    const [x, y] = [randn([32, 2]), randn([32, 1])];
    await model.fit(x, y, { epochs: 20, batchSize: 8, seed: 0, verbose: 0, compile, callbacks: [guard] });
    return guard;
  }

  it("names module and operation of the first output that is not finite", async () => {
    const root = new Lambda((x: Tensor) => x.sub(1e6).log());
    const guard = await found(new Sequential(new Dense(2, 3), root, new Dense(3, 1)));
    expect(guard.found).toEqual({ epoch: 0, batch: 0, origin: "the output of 1 (Lambda), operation log" });
    expect(console.warn).toHaveBeenCalledWith(
      "TerminateOnNaN: the loss is NaN after batch 0 of epoch 0. First not finite: the output of 1 (Lambda), operation log.",
    );
  });

  it("finds a rate that is too large, and the loss", async () => {
    const guard = await found(new Sequential(new Dense(2, 8), new ReLU(), new Dense(8, 1)), { lr: 1e12 });
    expect(guard.found!.origin).toMatch(
      /^(the output of \d \((Dense|ReLU)\), operation|the loss, operation|the gradient of|a gradient|the update)/,
    );
    const loss = (p: Tensor): Tensor => p.sub(p).div(p.sub(p)).mean();
    expect((await found(new Sequential(new Dense(2, 1)), { loss })).found!.origin).toBe("the loss, operation div");
  });

  it("finds what a gradient does behind a finite loss", async () => {
    const loss = (p: Tensor): Tensor => p.mul(0).sqrt().mean();
    const guard = await found(new Sequential(new Dense(2, 1)), { loss });
    expect(guard.found).toMatchObject({ epoch: 0, batch: 0 });
    expect(guard.found!.origin).toContain("a gradient. Function 'mul' returned NaN in gradient 0");
  });

  it.each([0, 1, 2, 3, 4, 5])("draws the same again of the generator of a layer, with seed %i", async (seed) => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const generator = new Generator(seed);
    const log = new Lambda((x: Tensor) => x.log());
    const net = new Sequential(new Dropout(0.5, { generator }), log, new Dense(1, 1));
    const model = new Model(net).compile({ optimizer: "sgd", loss: "mse" });
    const counters: number[] = [];
    const counting: Callback = { onBatchEnd: () => void counters.push(generator.counter.item()) };
    const guard = new TerminateOnNaN();
    const callbacks = [counting, guard, counting];
    await model.fit(ones([32, 1]), ones([32, 1]), { batchSize: 1, verbose: 0, compile, callbacks });
    expect(guard.found!.origin).toBe("the output of 1 (Lambda)");
    expect(counters.at(-1)).toBe(counters.at(-2));
  });

  it("leaves a sound training alone", async () => {
    const net = new Sequential(new Dense(2, 4), new BatchNorm(4), new Dense(4, 1));
    expect((await found(net)).found).toBeUndefined();
    expect(console.warn).not.toHaveBeenCalled();
  });
});

describe("ActivationStats", () => {
  it("measures what each layer puts out, and leaves the net as it was", async () => {
    const net = new Sequential(new Dense(1, 2), new Tanh(), new BatchNorm(2), new Dense(2, 1));
    assign((net.children()[0] as unknown as Dense).weight, tensor([[1], [0.01]]));
    assign((net.children()[0] as unknown as Dense).bias!, zeros([2]));
    const stats = new ActivationStats(tensor([[4], [-4]]));
    const model = new Model(net).compile({ optimizer: (params) => new SGD(params, { lr: 0 }), loss: "mse" });
    const before = net.buffers().map((buffer) => buffer.toArray());
    await model.fit(ones([4, 1]), ones([4, 1]), { epochs: 2, verbose: 0, callbacks: [stats], dryRun: true });
    expect(before).not.toEqual(net.buffers().map((buffer) => buffer.toArray()));
    expect(stats.activations).toHaveLength(1);
    const [dense, tanh] = stats.initialActivations;
    expect(dense).toEqual({
      name: "0 (Dense)",
      mean: 0,
      std: expect.closeTo(Math.sqrt((16 + 0.0016) / 2), 5) as number,
      nearZero: 0.5,
    });
    expect(tanh).toMatchObject({ name: "1 (Tanh)", mean: 0, nearZero: 0.5, saturated: 0.5 });
    expect(stats.initialActivations.map(({ name }) => name)).toEqual([
      "0 (Dense)",
      "1 (Tanh)",
      "2 (BatchNorm)",
      "3 (Dense)",
    ]);
    expect(net.training).toBe(true);
    expect(Object.hasOwn(net.children()[0]!, "forward")).toBe(false);
    const other = new ActivationStats(ones([1, 1]));
    other.loadStateDict(JSON.parse(JSON.stringify(stats.stateDict())) as ReturnType<typeof stats.stateDict>);
    expect(other.activations).toEqual(stats.activations);
  });
});

describe.each([true, false])("ExponentialMovingAverage (compile: %s)", (compile) => {
  const constant = (value: number): Callback => {
    // Instead of training: the weight is 1, 2, 3, ... after each batch.
    let count = value;
    return { onBatchEnd: (_batch, _logs, { net }) => assign(net.parameters()[0]!, full([1, 1], ++count)) };
  };

  async function run(
    options: object,
    resume?: object,
  ): Promise<{ weight: number; valLoss: number[]; states: object[] }> {
    const net = new Dense(1, 1, { bias: false });
    const model = new Model(net).compile({ optimizer: (params) => new SGD(params, { lr: 0 }), loss: "mse" });
    const average = new ExponentialMovingAverage({ decay: 0.5, compile, ...options });
    const states: object[] = [];
    const saving: Callback = { onEpochEnd: (_epoch, _logs, training) => void states.push(training.stateDict()) };
    const history = await model.fit(ones([2, 1]), zeros([2, 1]), {
      ...{ epochs: 2, batchSize: 1, verbose: 0, shuffle: false, compile, resume },
      ...{
        validationData: [ones([1, 1]), zeros([1, 1])],
        callbacks: [constant(resume === undefined ? 0 : 2), average, saving],
      },
    });
    return { weight: net.weight.item(), valLoss: history.history["valLoss"]!, states };
  }

  it("averages after each batch, validates with the averages, and leaves them", async () => {
    // 1, 1.5 | 2.25, 3.125
    expect(await run({})).toMatchObject({ weight: 3.125, valLoss: [1.5 ** 2, 3.125 ** 2] });
    expect(await run({ swapForValidation: false, swapAtEnd: false })).toMatchObject({ weight: 4, valLoss: [4, 16] });
  });

  it("counts updates, not the batches that they are made of", async () => {
    const net = new Dense(1, 1, { bias: false });
    const model = new Model(net).compile({ optimizer: (params) => new SGD(params, { lr: 0 }), loss: "mse" });
    const callbacks = [constant(0), new ExponentialMovingAverage({ decay: 0.5, compile })];
    const history = await model.fit(ones([5, 1]), zeros([5, 1]), {
      ...{ epochs: 2, batchSize: 1, verbose: 0, shuffle: false, compile, callbacks, gradientAccumulation: 2 },
      validationData: [ones([1, 1]), zeros([1, 1])],
    });
    // 2, 4 and after the last batch 5; 7, 9 and after the last batch 10.
    const averages = [2, 4, 5, 7, 9, 10].reduce((all, w) => [...all, (all.at(-1) ?? w) / 2 + w / 2], [] as number[]);
    expect(history.history["valLoss"]).toEqual([averages[2]! ** 2, averages[5]! ** 2]);
  });

  it("resumes exactly", async () => {
    const { states } = await run({});
    const resumed = await run({}, JSON.parse(JSON.stringify(states[0])) as object);
    expect(resumed).toMatchObject({ weight: 3.125, valLoss: [1.5 ** 2, 3.125 ** 2] });
    expect(() => new ExponentialMovingAverage().stateDict()).toThrow("expected a training that has begun");
  });
});
