import "@tapegrad/autograd";
import { BatchNorm, Dense, Dropout, Embedding, functional, Module } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { assign, defaultGenerator, manualSeed, ones, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

class Net extends Module<[Tensor, Tensor]> {
  readonly embedding = new Embedding(5, 4);
  readonly norm = new BatchNorm(4);
  readonly dropout = new Dropout(0.3);
  readonly head = new Dense(4, 3);
  override forward(tokens: Tensor, x: Tensor): Tensor {
    return this.head.forward(this.dropout.forward(this.norm.forward(this.embedding.forward(tokens).add(x))));
  }
}

const ints = (...values: number[]): Tensor => tensor(values, { dtype: "int32" });

/** A model, its optimizer, and everything that a step changes. */
function setUp() {
  manualSeed(1);
  const model = new Net();
  const optimizer = new Adam(model.parameters());
  const params = model.parameters();
  const counter = defaultGenerator().counter;
  const observe = (): unknown => ({
    tensors: [...Object.values(model.stateDict()), counter].map((tensor) => [tensor.toArray(), tensor.storage.version]),
    grads: params.map(({ grad }) => [grad?.toArray(), grad?.storage.version]),
    optimizer: JSON.stringify(optimizer.stateDict(), (_key, value: unknown) =>
      typeof value === "object" && value !== null && "toArray" in value ? (value as Tensor).toArray() : value,
    ),
    gradTensors: params.map(({ grad }) => grad),
  });
  return { model, optimizer, params, observe };
}

const good = [ints(0, 1, 4), randn([3, 4]), ints(0, 2, 1)] as const;
const badToken = [ints(0, 1, 5), randn([3, 4]), ints(0, 2, 1)] as const;
const badClass = [ints(0, 1, 4), randn([3, 4]), ints(0, 3, 1)] as const;

describe("an exception leaves everything as it was", () => {
  // What fails where: in the run of a plan that has run before, and of a new one.
  it.each<[string, readonly [Tensor, Tensor, Tensor], RegExp, "first" | "later"]>([
    ["a class out of range", badClass, /expected .* in \[0, 3\).*got 3/, "later"],
    ["a class out of range in the first call", badClass, /expected .* in \[0, 3\).*got 3/, "first"],
    ["a token out of range", badToken, /expected .*5/, "later"],
    ["a token out of range in the first call", badToken, /expected .*5/, "first"],
  ])("%s", (_name, bad, message, when) => {
    const { model, optimizer, observe } = setUp();
    const step = compile((tokens: Tensor, x: Tensor, y: Tensor) => {
      const loss = functional.crossEntropy(model.forward(tokens, x), y);
      loss.backward();
      optimizer.step();
      return loss;
    });
    if (when === "later") step(...good);
    const before = observe();
    expect(() => step(...bad)).toThrow(message);
    expect(observe()).toEqual(before);
    expect(step(...good).item()).toBeGreaterThan(0);
    expect(observe()).not.toEqual(before);
  });

  it("an index that fails after the gradients are known", () => {
    const { model, params, observe } = setUp();
    const table = tensor([1, 2, 3], { requiresGrad: true });
    const step = compile((tokens: Tensor, x: Tensor, y: Tensor, index: Tensor) => {
      model.zeroGrad();
      functional.crossEntropy(model.forward(tokens, x), y).backward();
      const scale = table.gather(0, index);
      for (const p of params) if (p.grad !== undefined) assign(p, p.sub(p.grad.mul(scale.sum())));
      return scale.detach();
    });
    step(...good, ints(0, 2));
    const before = observe();
    expect(() => step(...good, ints(0, 3))).toThrow("got 3");
    expect(observe()).toEqual(before);
  });

  it.each(["forward", "backward", "step"] as const)("the user's own while tracing, after %s", (when) => {
    const { model, optimizer, observe } = setUp();
    let armed = false;
    const fail = (at: string): void => {
      if (armed && at === when) throw new RangeError("mine");
    };
    const step = (tokens: Tensor, x: Tensor, y: Tensor): Tensor => {
      optimizer.zeroGrad();
      const loss = functional.crossEntropy(model.forward(tokens, x), y);
      fail("forward");
      loss.backward();
      fail("backward");
      optimizer.step();
      fail("step");
      return loss;
    };
    compile(step)(...good);
    const before = observe();
    armed = true;
    const again = compile(step);
    expect(() => again(...good)).toThrow(new RangeError("mine"));
    expect(observe()).toEqual(before);
    armed = false;
    again(...good);
    expect(observe()).not.toEqual(before);
  });

  it("a value that was read after the step", () => {
    const { model, optimizer, observe } = setUp();
    const step = compile((tokens: Tensor, x: Tensor, y: Tensor) => {
      const loss = functional.crossEntropy(model.forward(tokens, x), y);
      loss.backward();
      optimizer.step();
      return loss.item();
    });
    const before = observe();
    expect(() => step(...good)).toThrow("item:");
    expect(observe()).toEqual(before);
  });

  it("and the modes of the tape", () => {
    const w = tensor([1], { requiresGrad: true });
    const f = compile(() => {
      w.grad = ones([1]);
      throw new Error("mine");
    });
    expect(f).toThrow("mine");
    expect(w.grad).toBeUndefined();
    expect(w.mul(2).requiresGrad).toBe(true);
    expect(w.mul(2).item()).toBe(2);
  });
});
