import { describe, expect, it } from "vitest";
import { compile, manualSeed, nn, ones, optim, type Tensor, tensor, zeros } from "../src/index.ts";

/** A language model in small: scores of the next token by the table of tokens itself. */
class Tied extends nn.Module {
  tokens = new nn.Embedding(5, 3);
  head = new nn.Dense(3, 5, { bias: false });

  constructor() {
    super();
    this.head.weight = this.tokens.weight;
  }

  override forward(index: Tensor): Tensor {
    return this.head.forward(this.tokens.forward(index));
  }
}

const index = tensor([0, 3, 1], { dtype: "int32" });
const next = tensor([3, 1, 2], { dtype: "int32" });

function trained(wrap: <A extends unknown[], R>(fn: (...args: A) => R) => (...args: A) => R): number[] {
  manualSeed(1);
  const net = new Tied();
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
  const step = wrap((x: Tensor, y: Tensor) => {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(net.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  });
  const losses = Array.from({ length: 5 }, () => step(index, next).item());
  expect(net.head.weight).toBe(net.tokens.weight);
  return losses;
}

describe("a weight that two layers share", () => {
  it("is one parameter with two keys", () => {
    const net = new Tied();
    expect(net.namedParameters().map(([name]) => name)).toEqual(["tokens.weight"]);
    expect(net.parameters()).toEqual([net.tokens.weight]);
    expect(Object.keys(net.stateDict())).toEqual(["tokens.weight", "head.weight"]);
    const other = new Tied();
    other.loadStateDict(net.stateDict());
    expect(other.forward(index).toArray()).toEqual(net.forward(index).toArray());
    expect(other.head.weight).toBe(other.tokens.weight);
    const copy = net.clone();
    expect(copy.head.weight).toBe(copy.tokens.weight);
  });

  it("gets the gradients of both, and trains alike compiled", () => {
    const losses = trained((fn) => fn);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    const compiled = trained((fn) => compile(fn));
    compiled.forEach((loss, i) => expect(loss).toBeCloseTo(losses[i]!, 5));
  });

  it("is noticed by a function that was compiled before", () => {
    const net = new nn.Dense(2, 2, { bias: false, init: "ones" });
    const f = compile((x: Tensor) => net.forward(x));
    expect(f(ones([2])).toArray()).toEqual([2, 2]);
    net.weight = new nn.Parameter(zeros([2, 2]));
    expect(f(ones([2])).toArray()).toEqual([0, 0]);
  });

  it("is a parameter, and none that a norm computes", () => {
    const layer = new nn.Dense(2, 2);
    // @ts-expect-error -- a tensor is no parameter
    layer.weight = ones([2, 2]);
    const normed = nn.norms.weightNorm(new nn.Dense(2, 2));
    expect(() => (normed.weight = new nn.Parameter(ones([2, 2])))).toThrow(
      "weightNorm: expected the weight that it computes to be left alone, got another one. Replace weightV, or remove",
    );
    const plain = nn.norms.removeWeightNorm(normed);
    plain.weight = new nn.Parameter(ones([2, 2]));
    expect(plain.parameters()).toContain(plain.weight);
  });
});
