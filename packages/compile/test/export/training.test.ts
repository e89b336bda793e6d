import "@tapegrad/autograd";
import { BatchNorm, Dense, Dropout, functional, ReLU, Sequential } from "@tapegrad/nn";
import { Adam, type Optimizer, SGD } from "@tapegrad/optim";
import {
  assign,
  Generator,
  manualSeed,
  randint,
  randn,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "@tapegrad/tensor";
import { expectElements } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile, type Compiled } from "../../src/compile.ts";
import { exportWasm } from "../../src/export-wasm.ts";
import { type LoadedWasm, loadWasm } from "../../src/loader.ts";

interface Training {
  readonly model: Sequential;
  readonly step: Compiled<[x: Tensor, y: Tensor], { readonly loss: Tensor; readonly logits: Tensor }>;
}

/** A network with everything that has state: parameters, running statistics, counters of random numbers, moments. */
function trainingOf(optimizerOf: (model: Sequential) => Optimizer = (model) => new Adam(model.parameters())): Training {
  manualSeed(3);
  const generator = new Generator(5);
  const dropout = new Dropout(0.3, { generator });
  const model = new Sequential(new Dense(6, 16), new BatchNorm(16), new ReLU(), dropout, new Dense(16, 4));
  const optimizer = optimizerOf(model);
  const step = compile(
    (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const logits = model.forward(x);
      const loss = functional.crossEntropy(logits, y);
      loss.backward();
      optimizer.step();
      return { loss, logits };
    },
    { deterministic: true },
  );
  return { model, step };
}

const batch = (): [x: Tensor, y: Tensor] => [randn([8, 6]), randint(0, 4, [8])];

function expectSame(loaded: LoadedWasm, model: Sequential): void {
  for (const [name, { data }] of Object.entries(model.stateDict())) {
    if (name in loaded.state) expect(loaded.state[name], name).toEqual(data.slice());
  }
}

describe("exportWasm of a training step", () => {
  it("trains on to the bits of the compiled function, state and gradients included", async () => {
    const { model, step } = trainingOf();
    for (let i = 0; i < 3; i++) step(...batch());
    const { wasm } = exportWasm(step, batch(), { state: model });
    const loaded = await loadWasm(wasm);
    expect(loaded.describe.outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["result.loss", []],
      ["result.logits", [8, 4]],
    ]);
    expectSame(loaded, model);
    const losses: number[] = [];
    for (let i = 0; i < 50; i++) {
      const [x, y] = batch();
      const { loss, logits } = step(x, y);
      expect(loaded.run(x.data, y.data)).toEqual([loss.data, logits.data]);
      losses.push(loss.item());
    }
    expectSame(loaded, model);
    for (const [name, { grad }] of model.namedParameters()) {
      expect(loaded.state[`${name}.grad`], name).toEqual(grad!.data.slice());
    }
    expect(new Set(losses).size).toBe(50);
  });

  it.each([1, 17, 50])("goes on from where its state was read after %i steps", async (steps) => {
    const { step } = trainingOf();
    const { wasm } = exportWasm(step, batch());
    const [first, second] = [await loadWasm(wasm), await loadWasm(wasm)];
    const run = (loaded: LoadedWasm): unknown[] => loaded.run(...batch().map(({ data }) => data));
    manualSeed(8);
    for (let i = 0; i < steps; i++) run(first);
    second.loadStateDict(first.stateDict());
    const [expected, got] = [first, second].map((loaded) => {
      manualSeed(9);
      return [run(loaded), run(loaded), loaded.stateDict()];
    });
    expect(got).toEqual(expected);
  });

  it("does not train the tensors that it was made of", async () => {
    const { model, step } = trainingOf();
    const { wasm } = exportWasm(step, batch(), { state: model });
    const before = model.parameters().map(({ data }) => data.slice());
    (await loadWasm(wasm)).run(...batch().map(({ data }) => data));
    expect(model.parameters().map(({ data }) => data.slice())).toEqual(before);
    expect(model.parameters().every(({ grad }) => grad === undefined)).toBe(true);
  });

  it("changes nothing where a check fails, and says what was expected", async () => {
    const { step } = trainingOf((model) => new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 }));
    const [x] = batch();
    const loaded = await loadWasm(exportWasm(step, batch()).wasm);
    loaded.run(x.data, [0, 1, 2, 3, 0, 1, 2, 3]);
    const before = loaded.stateDict();
    const wrong = (): unknown => loaded.run(x.data, [0, 1, 2, 3, 0, 1, 2, 4]);
    expect(wrong).toThrow(new RangeError("crossEntropy: expected class indices in [0, 4)."));
    expect(loaded.stateDict()).toEqual(before);
    loaded.run(x.data, [0, 1, 2, 3, 0, 1, 2, 3]);
    expect(loaded.stateDict()).not.toEqual(before);
  });

  it("changes nothing where a check fails in code that is cut into several functions", async () => {
    const total = tensor([0]);
    const run = compile((x: Tensor) => {
      expectElements(x, { within: [[0, 1]], error: (k) => new ValueError(`run: expected 0 to 1, got ${k}.`) });
      let y = x;
      // Large enough to be shared by threads: a function holds 64 such kernels.
      for (let i = 0; i < 70; i++) y = y.matmul(x);
      assign(total, total.add(y.sum()));
    });
    const loaded = await loadWasm(exportWasm(run, [zeros([54, 54])], { state: { total } }).wasm);
    const ones = new Float32Array(54 * 54).fill(1);
    loaded.run(ones.map((_, i) => (i % 55 === 0 ? 1 : 0)));
    expect([...loaded.state["total"]!]).toEqual([54]);
    expect(() => loaded.run(ones.fill(2, -1))).toThrow(new RangeError("run: expected 0 to 1."));
    expect([...loaded.state["total"]!]).toEqual([54]);
  });

  it("adds to gradients that are there", async () => {
    const w = tensor([1, 2], { requiresGrad: true });
    const add = compile((x: Tensor) => w.mul(x).sum().backward());
    add(tensor([1, 1]));
    const { wasm } = exportWasm(add, [tensor([0, 0])], { state: { w } });
    const loaded = await loadWasm(wasm);
    expect([...loaded.state["w.grad"]!]).toEqual([1, 1]);
    loaded.run([2, 3]);
    loaded.run([10, 20]);
    expect([...loaded.state["w.grad"]!]).toEqual([13, 24]);
  });

  it("gives gradients of arguments that have some", async () => {
    const x = tensor([3, 4], { requiresGrad: true });
    const back = compile((t: Tensor) => t.square().sum().backward());
    const { describe: first } = exportWasm(back, [x]);
    expect([first.inputs, first.outputs].map((places) => places.map(({ name }) => name))).toEqual([
      ["arg0"],
      ["arg0.grad"],
    ]);
    back(x);
    const { wasm } = exportWasm(back, [x]);
    expect((await loadWasm(wasm)).run([3, 4], [1, 1])).toEqual([Float32Array.of(7, 9)]);
  });
});
