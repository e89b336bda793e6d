import { gradcheck } from "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import { functional as F, functionalCall, Parameter } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { loadOnnx, type OnnxModule } from "../src/index.ts";
import { expected, modelFile, type Plain, toTensor } from "./fixtures.ts";

type Several = OnnxModule<Tensor | Tensor[]>;

function expectClose(label: string, got: Tensor, want: Plain): void {
  expect([label, got.dtype, ...got.shape]).toEqual([label, want.dtype, ...want.shape]);
  const worst = Math.max(
    0,
    ...want.data.map((value, i) => Math.abs(got.data[i]! - value) / Math.max(1, Math.abs(value))),
  );
  expect(worst, label).toBeLessThan(1e-5);
}

const listOf = (outputs: Tensor | Tensor[]): Tensor[] => (Array.isArray(outputs) ? outputs : [outputs]);
const names = [...expected.keys()];
const trained = names.filter((name) => expected.get(name)!.training !== undefined);

describe.each(names)("the model %s", (name) => {
  const { cases } = expected.get(name)!;

  it.each([
    [
      "at once",
      (model: Several) =>
        (...inputs: Tensor[]) =>
          model.forward(...inputs),
    ],
    ["compiled", (model: Several) => compile((...inputs: Tensor[]) => model.forward(...inputs))],
  ])("gives what PyTorch gives, at several sizes of batch, %s", (_, runnerOf) => {
    const model: Several = loadOnnx(modelFile(name));
    const run = runnerOf(model);
    for (const { inputs, outputs } of cases) {
      const got = listOf(run(...inputs.map(toTensor)));
      expect(got).toHaveLength(outputs.length);
      outputs.forEach((want, i) => expectClose(model.outputs[i]!.name, got[i]!, want));
    }
  });
});

it.each([
  ["mlp", [2, 4], 60],
  ["cnn", [1, 1, 10, 10], 30],
  ["lstm", [1, 2, 3], 82],
  ["transformer", [1, 3, 4], 60],
])("%s has the gradients of differences", (name, shape, most) => {
  const model = loadOnnx(modelFile(name)).to("float64");
  manualSeed(3);
  const x = randn(shape, { dtype: "float64" });
  const cotangent = randn(model.forward(x).shape, { dtype: "float64" });
  // The smaller ones, as long as it does not take too long.
  let left = most;
  const checked = model
    .namedParameters()
    .toSorted(([, a], [, b]) => a.size - b.size)
    .filter(([, { size }]) => (left -= size) >= 0);
  expect(checked.length).toBeGreaterThan(2);
  const loss = (...values: Tensor[]): Tensor => {
    const parameters = Object.fromEntries(checked.map(([key], i) => [key, values[i]!]));
    return functionalCall(model, parameters, x).mul(cotangent).sum();
  };
  const report = gradcheck(
    loss,
    checked.map(([, parameter]) => parameter),
  );
  expect(report.checks).toBe(checked.reduce((sum, [, { size }]) => sum + size, 0));
});

describe.each(trained)("the model %s, trained", (name) => {
  const { x, target, losses, state } = expected.get(name)!.training!;

  function training(runs: (step: () => Tensor) => () => Tensor): { model: OnnxModule; got: number[] } {
    const model = loadOnnx(modelFile(name)).train();
    const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
    const [input, classes] = [toTensor(x), toTensor(target)];
    const step = runs(() => {
      optimizer.zeroGrad();
      const loss = F.crossEntropy(model.forward(input), classes);
      loss.backward();
      optimizer.step();
      return loss;
    });
    return { model, got: losses.map(() => step().item()) };
  }

  it("takes the steps that PyTorch takes, at once and compiled", () => {
    const eager = training((step) => step);
    const compiled = training((step) => compile(step));
    for (const { model, got } of [eager, compiled]) {
      losses.forEach((loss, i) => expect(got[i]).toBeCloseTo(loss, 5));
      for (const [key, value] of Object.entries(model.stateDict())) {
        // PyTorch's running variance is unbiased, ONNX's is not.
        if (!key.endsWith("running_var")) expectClose(key, value, state[key]!);
      }
    }
  });

  it("has a state that another one loads", () => {
    const { model } = training((step) => step);
    const other = loadOnnx(modelFile(name));
    other.loadStateDict(JSON.parse(JSON.stringify(model)) as Record<string, Tensor>);
    const input = toTensor(x);
    expect(other.forward(input).toArray()).toEqual(model.eval().forward(input).toArray());
    expect(Object.keys(state).toSorted()).toEqual(Object.keys(model.stateDict()).toSorted());
    expect(model.parameters().every((parameter) => parameter instanceof Parameter)).toBe(true);
  });
});
