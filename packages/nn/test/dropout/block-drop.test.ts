import { grad, gradcheck } from "@tapegrad/autograd";
import {
  DTypeError,
  Generator,
  ones,
  randn,
  ShapeError,
  stack,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense, functional, GatedBlocks, Lambda, Sequential } from "../../src/index.ts";

const { blockDropLoss, blockDropReward, samplePolicy } = functional;
const dtype = "float64";
const bools = (values: number[] | number[][]): Tensor => tensor(values).ne(0);

describe("samplePolicy", () => {
  it("draws blocks with their probabilities, and never against certainty", () => {
    const n = 4000;
    const p = tensor([[0, 0.2, 0.5, 0.9, 1]]);
    const kept = samplePolicy(p.broadcastTo([n, 5]), { generator: new Generator(1) });
    expect(kept.dtype).toBe("bool");
    kept.to("float32").mean({ axis: 0 }).data.forEach((share, k) => {
      expect(Math.abs(share - p.data[k]!)).toBeLessThanOrEqual(5 * Math.sqrt((p.data[k]! * (1 - p.data[k]!)) / n) + 1e-7);
    });
    expect(samplePolicy(p, { training: false }).toArray()).toEqual([[0, 0, 1, 1, 1]]);
  }); // prettier-ignore

  it.each<readonly [() => unknown, new (message: string) => Error, string]>([
    [() => samplePolicy(tensor([0.5])), ShapeError, "samplePolicy: expected probabilities of shape [N, K], got [1]."],
    [() => samplePolicy(tensor([[0.5, 1.5]])), ValueError, "samplePolicy: expected probabilities in [0, 1], got 1.5."],
    [() => samplePolicy(tensor([[NaN]])), ValueError, "samplePolicy: expected probabilities in [0, 1], got NaN."],
    [() => blockDropReward(ones([2, 2]), bools([1, 1])), DTypeError, "blockDropReward: expected actions of dtype bool, got float32."],
    [() => blockDropReward(bools([[1]]), ones([1])), DTypeError, "blockDropReward: expected correct of dtype bool, got float32."],
    [() => blockDropReward(bools([[1]]), bools([1, 1])), ShapeError, "blockDropReward: expected correct of shape [1], got [2]."],
    [() => blockDropLoss(ones([2, 3]), bools([[1]]), ones([2]), ones([2])), ShapeError, "blockDropLoss: expected actions of shape [2, 3], got [1, 1]."],
    [() => blockDropLoss(ones([1, 1]), bools([[1]]), ones([2]), ones([1])), ShapeError, "blockDropLoss: expected rewards of shape [1], got [2]."],
    [() => blockDropLoss(ones([1, 1]), bools([[1]]), ones([1]), ones([2])), ShapeError, "blockDropLoss: expected baselines of shape [1], got [2]."],
    [() => blockDropLoss(tensor([[2]]), bools([[1]]), ones([1]), ones([1])), ValueError, "blockDropLoss: expected probabilities in [0, 1], got 2."],
    [() => new GatedBlocks(new Dense(2, 2)).forward(ones([1, 2]), ones([1, 1])), DTypeError, "GatedBlocks.forward: expected kept of dtype bool, got float32."],
    [() => new GatedBlocks(new Dense(2, 2)).forward(ones([1, 2]), bools([[1, 1]])), ShapeError, "GatedBlocks.forward: expected kept of shape [1, 1], got [1, 2]."],
    [() => new GatedBlocks(new Dense(2, 2)).forward(tensor(1), bools([[1]])), ShapeError, "GatedBlocks.forward: expected input of shape [N, ...], got []."],
    [() => new GatedBlocks(new Dense(2, 3)).forward(ones([1, 2]), bools([[1]])), ShapeError, "GatedBlocks: expected blocks that keep shape [1, 2], got [1, 3] from block 0."],
  ])("error %#: %s", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("blockDropReward", () => {
  it("is 1 − (kept/K)² where right, and what it costs where wrong", () => {
    const actions = bools([[0, 0, 0, 0], [1, 0, 1, 1], [1, 1, 1, 1], [0, 1, 0, 0]]); // prettier-ignore
    const correct = bools([1, 1, 1, 0]);
    expect(blockDropReward(actions, correct).toArray()).toEqual([1, 0.4375, 0, -1]);
    expect(blockDropReward(actions, correct, { penalty: 5 }).toArray()).toEqual([1, 0.4375, 0, -5]);
  });
});

describe("blockDropLoss", () => {
  /** Every choice of 3 blocks. */
  const choices = Array.from({ length: 8 }, (_, i) => [i & 1, (i >> 1) & 1, (i >> 2) & 1]);
  /** A network that is right if it keeps block 0, or both others. */
  const isRight = ([a, b, c]: readonly number[]): number => (a === 1 || (b === 1 && c === 1) ? 1 : 0);
  const rewardOf = (choice: readonly number[]): number =>
    isRight(choice) === 1 ? 1 - ((choice[0]! + choice[1]! + choice[2]!) / 3) ** 2 : -2;
  const probabilityOf = (p: Tensor, choice: readonly number[]): Tensor =>
    stack(choice.map((u, k) => (u === 1 ? p.slice(0, k) : p.slice(0, k).neg().add(1)))).prod();

  it.each([0, 0.4, -3])("has, summed over all draws, the gradient of the expected reward, with baseline %d", (baseline) => {
    const p = tensor([[0.3, 0.6, 0.85]], { dtype, requiresGrad: true });
    const expected = stack(choices.map((choice) => probabilityOf(p, choice).mul(rewardOf(choice)))).sum();
    const [exact] = grad(expected.neg(), [p]) as [Tensor];
    const sum = [0, 0, 0];
    for (const choice of choices) {
      const actions = bools([choice]);
      const reward = blockDropReward(actions, bools([isRight(choice)]), { penalty: 2 }).to(dtype);
      const loss = blockDropLoss(p, actions, reward, tensor([baseline], { dtype }));
      const [g] = grad(loss, [p]) as [Tensor];
      const weight = probabilityOf(p, choice).item();
      g.data.forEach((value, k) => (sum[k]! += weight * value));
    }
    // The rewards are float32.
    sum.forEach((value, k) => expect(value).toBeCloseTo(exact.data[k]!, 6));
    expect(exact.abs().min().item()).toBeGreaterThan(0.1);
  }); // prettier-ignore

  it("has that gradient in the mean over draws, with its own choice for a baseline and without", () => {
    const n = 20_000;
    const row = tensor([[0.3, 0.6, 0.85]], { dtype, requiresGrad: true });
    const p = row.broadcastTo([n, 3]);
    const rightOf = (actions: Tensor): Tensor => bools((actions.toArray() as number[][]).map(isRight));
    const worth = (actions: Tensor): Tensor => blockDropReward(actions, rightOf(actions), { penalty: 2 }).to(dtype);
    const actions = samplePolicy(p, { generator: new Generator(2) });
    const expected = stack(choices.map((choice) => probabilityOf(row, choice).mul(rewardOf(choice)))).sum();
    const [exact] = grad(expected.neg(), [row]) as [Tensor];
    for (const baseline of [worth(samplePolicy(p, { training: false })), zeros([n], { dtype })]) {
      const [mean] = grad(blockDropLoss(p, actions, worth(actions), baseline), [row]) as [Tensor];
      mean.data.forEach((value, k) => expect(Math.abs(value - exact.data[k]!)).toBeLessThan(0.1));
    }
  });

  it("is the advantage times the log-probability, reduced", () => {
    const p = tensor([[0.25, 0.5], [1, 0.125]]); // prettier-ignore
    const actions = bools([[1, 0], [1, 0]]); // prettier-ignore
    const run = (reduction: "none" | "mean" | "sum"): Tensor =>
      blockDropLoss(p, actions, tensor([2, 1]), tensor([0.5, 3]), { reduction });
    const want = [-1.5 * Math.log(0.125), 2 * Math.log(0.875)];
    run("none").data.forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 6));
    expect(run("sum").item()).toBeCloseTo(want[0]! + want[1]!, 6);
    expect(run("mean").item()).toBeCloseTo((want[0]! + want[1]!) / 2, 6);
  });

  it("is 0 where nothing is gained, infinite where the impossible happened", () => {
    const p = tensor([[0, 0.5], [0, 0.5]]).requiresGrad_(); // prettier-ignore
    const loss = blockDropLoss(p, bools([[1, 1], [0, 1]]), ones([2]), ones([2]), { reduction: "none" }); // prettier-ignore
    loss.sum().backward();
    expect([loss.abs().toArray(), p.grad!.abs().toArray()]).toEqual([[0, 0], [[0, 0], [0, 0]]]); // prettier-ignore
    expect(blockDropLoss(p, bools([[1, 1], [0, 1]]), ones([2]), tensor([0, 1])).item()).toBe(Infinity); // prettier-ignore
  });

  it("has gradients that finite differences agree with, none for rewards", () => {
    const p = tensor([[0.3, 0.6], [0.8, 0.2]], { dtype }); // prettier-ignore
    const [rewards, baselines] = [tensor([0.5, -1], { dtype }).requiresGrad_(), tensor([0.25, 1], { dtype })];
    const run = (q: Tensor): Tensor => blockDropLoss(q, bools([[1, 0], [0, 1]]), rewards, baselines, { reduction: "none" }); // prettier-ignore
    expect(gradcheck(run, [p], { order: 2 }).passed).toBe(true);
    blockDropLoss(p.requiresGrad_(), bools([[1, 0], [0, 1]]), rewards, baselines).backward(); // prettier-ignore
    expect(rewards.grad).toBeUndefined();
  });
});

describe("GatedBlocks", () => {
  const generator = new Generator(3);
  const make = (): GatedBlocks => new GatedBlocks(...[0, 1, 2].map(() => new Sequential(new Dense(2, 2, { dtype, generator })))); // prettier-ignore
  const kept = bools([[1, 0, 1], [0, 0, 0], [1, 1, 1], [0, 1, 0]]); // prettier-ignore
  const x = randn([4, 2], { dtype, generator });

  it("runs each sample through its own blocks", () => {
    const net = make();
    const y = net.forward(x, kept).toArray() as number[][];
    (kept.toArray() as number[][]).forEach((gates, i) => {
      let one = x.slice([i, i + 1]);
      gates.forEach((gate, k) => (one = gate === 1 ? one.add(net.at(k)!.forward(one)) : one));
      y[i]!.forEach((value, k) => expect(value).toBeCloseTo(one.data[k]!, 12));
    });
    expect(Object.keys(net.stateDict())).toEqual(["0.0.weight", "0.0.bias", "1.0.weight", "1.0.bias", "2.0.weight", "2.0.bias"]); // prettier-ignore
    expect(new GatedBlocks().forward(x, bools([[], [], [], []])).toArray()).toEqual(x.toArray());
  });

  it("has gradients that finite differences agree with, none for blocks that all drop", () => {
    const net = make();
    expect(gradcheck((t) => net.forward(t, kept).square(), [x], { order: 2 }).passed).toBe(true);
    net.forward(x, bools([[1, 0, 0], [0, 0, 0], [1, 0, 1], [0, 0, 0]])).square().sum().backward(); // prettier-ignore
    const sizes = net.parameters().map(({ grad: g }) => (g === undefined ? 0 : g.abs().sum().item()));
    expect(sizes.map((size) => size > 0)).toEqual([true, true, false, false, true, true]);
  });

  it("is deaf to what dropped blocks compute, NaN too", () => {
    const net = new GatedBlocks(new Lambda((t) => t.mul(NaN)));
    expect(net.forward(ones([2, 2, 1]), bools([[0], [0]])).toArray()).toEqual([[[1], [1]], [[1], [1]]]); // prettier-ignore
  });
});
