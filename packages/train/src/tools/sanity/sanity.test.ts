import { defineFunction } from "@tapegrad/autograd";
import { BatchNorm, Dense, Dropout, Lambda, LayerNorm, type Module, ReLU, Sequential, Tanh } from "@tapegrad/nn";
import { defaultGenerator, Generator, manualSeed, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { sanity, type SanityOptions } from "./sanity.ts";

function batch(): readonly [Tensor, Tensor] {
  manualSeed(1);
  return [randn([12, 4]), tensor(Int32Array.from({ length: 12 }, (_, i) => (i * 7) % 3))];
}

function netWith(...middle: Module[]): Sequential {
  manualSeed(2);
  return new Sequential(new Dense(4, 24), ...middle, new Tanh(), new Dense(24, 3));
}

/** Verdicts by name. */
function verdicts(
  net: Module,
  options: Partial<SanityOptions> = {},
  data = batch(),
): Record<string, boolean | undefined> {
  const report = sanity(net, data, { loss: "crossEntropy", steps: 120, lr: 0.02, ...options });
  return Object.fromEntries(report.checks.map(({ name, passed }) => [name, passed]));
}

const good = {
  "loss at the start": true,
  "overfits one batch": true,
  "inputs matter": true,
  gradients: true,
  "no leak across the batch, evaluation": true,
  "no leak across the batch, training": true,
};

describe("sanity", () => {
  it("finds nothing wrong with sound nets, with and without BatchNorm, and leaves them as they were", () => {
    for (const net of [netWith(new LayerNorm(24)), netWith(new BatchNorm(24)), netWith(new ReLU(), new Dropout(0.1))]) {
      net.eval();
      net.children()[1]!.train();
      net.parameters()[0]!.grad = randn([24, 4]);
      const seen = (): string =>
        JSON.stringify([
          net.stateDict(),
          net.parameters()[0]!.grad,
          net.modules().map((m) => m.training),
          defaultGenerator(),
        ]);
      const data = batch();
      const before = seen();
      expect(verdicts(net, {}, data)).toEqual(good);
      expect(seen()).toBe(before);
      expect(net.parameters()[0]!.dtype).toBe("float32");
    }
  });

  it("prints a table", () => {
    const report = sanity(netWith(new BatchNorm(24)), batch(), { loss: "crossEntropy", lr: 0.02 });
    expect(report.passed).toBe(true);
    expect(String(report)).toMatch(/^ +check +found +expected\nok +loss at the start +1\.\d+ +about ln 3 = 1\.0986\n/);
    expect(String(report)).toContain("one, of 1 BatchNorm");
  });

  it("sees a loss that is far from ln K", () => {
    const large = new Sequential(new Dense(4, 3), new Lambda((x: Tensor) => x.mul(30)));
    expect(verdicts(large)["loss at the start"]).toBe(false);
    expect(verdicts(netWith(), { classes: 10 })["loss at the start"]).toBe(false);
  });

  it("sees a net that cannot learn, and one that does not look at its inputs", () => {
    const frozen = netWith();
    frozen.parameters().slice(0, -1).forEach((parameter) => parameter.requiresGrad_(false)); // prettier-ignore
    expect(verdicts(frozen)).toMatchObject({ "overfits one batch": false });
    const blind = new Sequential(new Lambda((x: Tensor) => x.mul(0)), ...netWith().children() as Module[]); // prettier-ignore
    expect(verdicts(blind)).toMatchObject({ "overfits one batch": false, "inputs matter": false });
  });

  it("sees a wrong gradient", () => {
    const wrong = defineFunction({
      name: "wrong",
      forward: (_context, x: Tensor) => x.square(),
      backward: (_context, cotangent: Tensor) => [cotangent.mul(1.01)],
    });
    expect(verdicts(netWith(new Lambda((x: Tensor) => wrong(x))))["gradients"]).toBe(false);
  });

  it("sees a leak in evaluation, one in training that is not BatchNorm's, and a BatchNorm that does nothing", () => {
    const leak = new Lambda((x: Tensor) => x.sub(x.mean({ axis: 0 })));
    expect(verdicts(netWith(leak))).toMatchObject({
      "no leak across the batch, evaluation": false,
      "no leak across the batch, training": false,
    });
    const unused = new Lambda((x: Tensor) => x);
    Object.assign(unused, { norm: new BatchNorm(24) });
    expect(verdicts(netWith(unused))["no leak across the batch, training"]).toBe(false);
    expect(
      verdicts(netWith(new BatchNorm(24, { trackRunningStats: false })))["no leak across the batch, evaluation"],
    ).toBe(false);
  });

  it("leaves generators of layers alone, and draws the same of them in each look", () => {
    const generator = new Generator(3);
    expect(verdicts(netWith(new Dropout(0.1, { generator })))).toEqual(good);
    expect(generator.counter.item()).toBe(0);
  });

  it("says what is wrong", () => {
    const [x, y] = batch();
    expect(() => sanity(netWith(), [x, y], {} as never)).toThrow("sanity: expected loss to be a function or its name");
    expect(() => sanity(netWith(), x as never, { loss: "mse" })).toThrow("sanity: expected batches [x, y]");
    expect(() => sanity(3 as never, [x, y], { loss: "mse" })).toThrow("sanity: expected net to be a Module, got 3.");
  });

  it("does without classes for regression, and with one sample", () => {
    const [x] = batch();
    const net = new Sequential(new Dense(4, 16), new Tanh(), new Dense(16, 1));
    const found = verdicts(net, { loss: "mse", lr: 0.05 }, [x, x.sum({ axis: 1, keepDims: true })]);
    expect(found).toMatchObject({ "loss at the start": undefined, "overfits one batch": true, gradients: true });
    const one = verdicts(net, { loss: "mse" }, [x.slice([0, 1]), x.slice([0, 1]).sum({ axis: 1, keepDims: true })]);
    expect(one).toMatchObject({ "no leak across the batch": undefined });
  });
});
