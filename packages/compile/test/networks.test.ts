import { BasicBlock, DenseNet, functional, Identity, init, MLPConv, type Module, ResNet } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

/** Images of three classes: noise, brighter along rows, along columns, or nowhere. */
function images(dtype: "float32" | "float64"): readonly [x: Tensor, labels: Tensor] {
  const labels = Array.from({ length: 12 }, (_, i) => i % 3);
  const noise = randn([12, 3, 8, 8], { dtype, generator: new Generator(3) });
  const stripes = labels.flatMap((label) =>
    Array.from({ length: 64 }, (_, i) => (label === 0 ? (i >> 3) % 2 : label === 1 ? i % 2 : 0.5)),
  );
  return [noise.mul(0.3).add(tensor(stripes, { shape: [12, 1, 8, 8], dtype })), tensor(labels, { dtype: "int32" })];
}

/** A step of training, as it is written down. */
function stepOf(net: Module, x: Tensor, labels: Tensor, lr: number): () => Tensor {
  const optimizer = new SGD(net.parameters(), { lr, momentum: 0.9 });
  return () => {
    optimizer.zeroGrad();
    const loss = functional.crossEntropy(net.forward(x), labels);
    loss.backward();
    optimizer.step();
    return loss.detach();
  };
}

const networks: Readonly<Record<string, (generator: Generator) => Module>> = {
  ResNet: (generator) => new ResNet(3, 3, [1, 1], { channels: 4, generator, dtype: "float64" }),
  "ResNet with preActivation and padding": (generator) =>
    new ResNet(3, 3, [1, 1], { channels: 4, preActivation: true, shortcut: "padding", generator, dtype: "float64" }),
  DenseNet: (generator) => new DenseNet(3, 3, [2, 1], { growthRate: 3, generator, dtype: "float64" }),
  "MLPConv and its mean": (generator) => {
    const block = new MLPConv(3, [6, 4, 3], 3, { padding: 1, generator, dtype: "float64" });
    block.registerForwardHook((_, __, y) => functional.globalAvgPool(y));
    return block;
  },
};

describe.each(Object.keys(networks))("%s", (name) => {
  it("trains and evaluates compiled as it does eagerly, with modes that change between calls", () => {
    const [x, labels] = images("float64");
    expectSameAsEager((wrap) => {
      const net = networks[name]!(new Generator(8));
      const step = wrap(stepOf(net, x, labels, 0.05));
      const run = wrap((t: Tensor) => net.forward(t));
      const losses = Array.from({ length: 4 }, () => step().item());
      net.eval();
      const evaluated = snapshot(run(x));
      net.train();
      const trained = snapshot(run(x));
      const states = Object.values(net.stateDict()).map(snapshot);
      expect(losses.at(-1)).toBeLessThan(losses[0]!);
      return [losses, evaluated, trained, states];
    }, 1e-9);
  });
});

describe("a deep ResNet without norms", () => {
  const losses = (fixup: boolean): number[] => {
    const [x, labels] = images("float32");
    const generator = new Generator(4);
    const net = new ResNet(3, 3, [8, 8], { channels: 4, norm: () => new Identity(), bias: true, generator });
    const blocks = net.modules().filter((module): module is BasicBlock => module instanceof BasicBlock);
    if (fixup) {
      init.fixup(blocks.map(({ conv1, conv2 }) => [conv1.weight, conv2.weight]), { generator }); // prettier-ignore
      init.zeros(net.fc.weight);
      init.zeros(net.fc.bias!);
    }
    const step = compile(stepOf(net, x, labels, 0.05));
    return Array.from({ length: 60 }, () => step().item());
  };

  it("trains from Fixup's weights", () => {
    const of = losses(true);
    expect(of[0]).toBeCloseTo(Math.log(3), 5);
    expect(of.at(-1)).toBeLessThan(0.3);
  });

  it("does not from He's", () => {
    const last = losses(false).at(-1)!;
    expect(Number.isFinite(last) && last < 1).toBe(false);
  });
});
