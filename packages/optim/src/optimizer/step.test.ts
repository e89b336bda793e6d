import { noGrad } from "@tapegrad/autograd";
import { DTypeError, ShapeError, tensor, type Tensor, TapegradError, ValueError } from "@tapegrad/tensor";
import { symbolicTensor } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { Adam } from "../algorithms/adam.ts";
import { SGD } from "../algorithms/sgd.ts";
import { optimizers } from "../optimizers.ts";

const matrix = (): Tensor =>
  tensor(
    [
      [1, -2],
      [3, 0.5],
    ],
    { dtype: "float64", requiresGrad: true },
  );

describe("step(closure)", () => {
  it.each(Object.entries(optimizers))("of %s is the closure, and then the step", (_name, Class) => {
    const [w, other] = [matrix(), matrix()];
    const [closed, open] = [new Class([w]), new Class([other])];
    for (let i = 0; i < 3; i++) {
      const loss = noGrad(() =>
        closed.step(() => {
          closed.zeroGrad();
          const loss = w.square().sum();
          loss.backward();
          return loss;
        }),
      );
      expect(loss.item()).toBe(other.square().sum().item());
      open.zeroGrad();
      other.square().sum().backward();
      open.step();
      expect(w.toArray()).toEqual(other.toArray());
    }
    expect(w.toArray()).not.toEqual(matrix().toArray());
  });

  it("returns whatever the closure does", () => {
    const optimizer = new SGD([matrix()]);
    expect([optimizer.step(() => 5), optimizer.step(() => undefined)]).toEqual([5, undefined]);
  });

  it.each<[string, unknown, string]>([
    ["a loss", tensor(1), "SGD.step: expected closure to be a function, got a Tensor."],
    ["null", null, "SGD.step: expected closure to be a function, got null."],
    [
      "a promise",
      async () => Promise.resolve(1),
      "SGD.step: expected closure to return its loss, got a promise. Wait for it before the step.",
    ],
  ])("refuses %s before anything changes", (_name, closure, message) => {
    const w = matrix();
    const optimizer = new SGD([w], { momentum: 0.9 });
    w.grad = matrix().detach();
    const call = (): unknown => optimizer.step(closure as () => unknown);
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
    expect([w.toArray(), optimizer.stateDict().state[0]?.["step"]?.item()]).toEqual([matrix().toArray(), 0]);
  });
});

describe("a step with a gradient that does not fit", () => {
  it.each<[string, (w: Tensor) => Tensor, new (message: string) => TapegradError, string]>([
    [
      "shape",
      () => tensor([1], { dtype: "float64" }),
      ShapeError,
      "Adam.step: expected a gradient of shape [2, 2] for parameter 0 of group 1, got [1].",
    ],
    [
      "dtype",
      (w) => w.to("float32"),
      DTypeError,
      "Adam.step: expected a gradient of dtype float64 for parameter 0 of group 1, got float32.",
    ],
    [
      "value",
      (w) => symbolicTensor(w),
      TapegradError,
      "Adam.step: expected a gradient with a value for parameter 0 of group 1, got one that a trace left behind.",
    ],
  ])("changes nothing (%s)", (_name, gradientOf, type, message) => {
    const [a, b] = [matrix(), matrix()];
    const optimizer = new Adam([{ params: [a] }, { params: [b] }]);
    a.grad = matrix().detach();
    // The setter refuses most of these.
    b["rawGrad"] = gradientOf(matrix().detach());
    const before = optimizer.stateDict();
    expect(() => optimizer.step()).toThrow(type);
    expect(() => optimizer.step()).toThrow(message);
    expect([a.toArray(), b.toArray()]).toEqual([matrix().toArray(), matrix().toArray()]);
    expect(optimizer.stateDict()).toEqual(before);
  });
});
