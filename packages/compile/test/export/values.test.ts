import "@tapegrad/autograd";
import { Dense, Dropout, functional, LayerNorm, ReLU, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { manualSeed, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { compile } from "../../src/compile.ts";
import { exportWasm } from "../../src/export-wasm.ts";
import { loadWasm } from "../../src/loader.ts";

it("mlp", async () => {
  manualSeed(0);
  const model = new Sequential(new Dense(64, 64), new ReLU(), new Dense(64, 32), new ReLU(), new Dense(32, 10));
  const predict = compile((x: Tensor) => model.forward(x), { deterministic: true });
  const x = randn([1, 64]);
  const { wasm, describe } = exportWasm(predict, [x], { state: model });
  console.log(wasm.length, JSON.stringify(describe));
  const loaded = await loadWasm(wasm);
  expect(loaded.run(x.data)[0]).toEqual(predict(x).data);
});

it("training step", async () => {
  manualSeed(0);
  const model = new Sequential(
    new Dense(64, 64),
    new LayerNorm([64]),
    new ReLU(),
    new Dropout(0.2),
    new Dense(64, 32),
    new ReLU(),
    new Dense(32, 10),
  );
  const optimizer = new Adam(model.parameters(), { lr: 0.02 });
  const step = compile(
    (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const loss = functional.crossEntropy(model.forward(x), y);
      loss.backward();
      optimizer.step();
      return { loss };
    },
    { deterministic: true },
  );
  const x = randn([6, 64]);
  const y = tensor([0, 1, 2, 0, 1, 2], { dtype: "int32" });
  const { wasm, describe } = exportWasm(step, [x, y], { state: model });
  console.log(wasm.length, describe.errors, describe.state.map(({ name }) => name).join());
  const loaded = await loadWasm(wasm);
  for (let i = 0; i < 50; i++) {
    const [loss] = loaded.run(x.data, y.data);
    expect(loss).toEqual(step(x, y).loss.data);
  }
  for (const [name, parameter] of model.namedParameters()) {
    expect(loaded.state[name]).toEqual(parameter.data.slice());
    expect(loaded.state[`${name}.grad`]).toEqual(parameter.grad!.data.slice());
  }
  expect(() => loaded.run(x.data, [0, 1, 2, 0, 1, 10])).toThrow("xx");
});
