import { Generator, randn, ShapeError, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import {
  BasicBlock,
  BatchNorm,
  countParameters,
  DenseBlock,
  DenseNet,
  fold,
  GroupNorm,
  Identity,
  init,
  MLPConv,
  type Module,
  ResNet,
  type Sequential,
} from "../../src/index.ts";
import { fillWithWaves, wave } from "./waves.ts";

const generator = new Generator(5);
const options = { dtype: "float64", generator } as const;
const x = randn([2, 4, 6, 6], options);
const groupNorm = (channels: number): Module => new GroupNorm(2, channels, { dtype: "float64" });
const close = (got: Tensor, want: Tensor): number => got.sub(want).abs().max().item();
const std = (t: Tensor): number => t.std().item();

describe("numbers of parameters", () => {
  // 0.27, 0.46 and 0.85 million in the paper of ResNets, 1.0 and 0.8 in that of DenseNets.
  it.each([
    ["ResNet-20", new ResNet(3, 10, [3, 3, 3], { shortcut: "padding" }), 269_722],
    ["ResNet-32", new ResNet(3, 10, [5, 5, 5], { shortcut: "padding" }), 464_154],
    ["ResNet-56", new ResNet(3, 10, [9, 9, 9], { shortcut: "padding" }), 853_018],
    ["DenseNet-40", new DenseNet(3, 10, [12, 12, 12], { channels: 16, compression: 1, bottleneck: false }), 1_019_722],
    ["DenseNet-BC-100", new DenseNet(3, 10, [16, 16, 16]), 769_162],
  ])("of %s", (_, net, trainable) => {
    expect(countParameters(net).trainable).toBe(trainable);
  });
});

describe("zeroInitResidual", () => {
  it("makes every block its shortcut, by γ of the last norm", () => {
    const block = new BasicBlock(4, 4, { ...options, zeroInitResidual: true });
    expect(block.forward(x).toArray()).toEqual(x.relu().toArray());
    expect(new Set((block.bn2 as BatchNorm).weight!.data)).toEqual(new Set([0]));
    expect(new Set((block.bn1 as BatchNorm).weight!.data)).toEqual(new Set([1]));
  });

  it.each([
    ["without a γ behind the last filters", { norm: () => new Identity() }],
    ["where γ stands in front of them", { preActivation: true }],
  ])("by its last filters %s, which then have gradients", (_, given) => {
    const block = new BasicBlock(4, 4, { ...options, ...given, zeroInitResidual: true });
    const y = block.forward(x);
    expect(y.toArray()).toEqual(("preActivation" in given ? x : x.relu()).toArray());
    y.mul(wave(y.shape, 1)).sum().backward();
    expect(block.conv2.weight.grad!.abs().max().item()).toBeGreaterThan(1e-3);
  });

  it("lets a whole network begin as its shortcuts", () => {
    const net = new ResNet(4, 3, [2, 2], { ...options, channels: 4, zeroInitResidual: true, shortcut: "padding" });
    const first = net.bn1.forward(net.conv1.forward(x)).relu();
    const last = net.fc.forward(first.slice([], [], [0, undefined, 2], [0, undefined, 2]).mean({ axis: [2, 3] }).pad([[0, 0], [0, 4]])); // prettier-ignore
    expect(close(net.forward(x), last)).toBeLessThan(1e-12);
  });
});

describe("options", () => {
  it("norm makes each norm, given its channels", () => {
    const seen = (make: (norm: (channels: number) => Module) => Module): number[] => {
      const channels: number[] = [];
      make((count) => {
        channels.push(count);
        return groupNorm(count);
      });
      return channels;
    };
    expect(seen((norm) => new ResNet(3, 2, [1, 1], { norm, channels: 4 }))).toEqual([4, 4, 4, 8, 8, 8]);
    const preActivated = seen((norm) => new ResNet(3, 2, [1, 1], { norm, channels: 4, preActivation: true }));
    expect(preActivated).toEqual([8, 4, 4, 4, 8]);
    const dense = seen((norm) => new DenseNet(3, 2, [2, 1], { norm, channels: 8, growthRate: 2 }));
    expect(dense).toEqual([8, 8, 10, 8, 12, 6, 8, 8]);
    // 6.5 of 10 channels are 6.
    const compressed = { channels: 8, growthRate: 2, compression: 0.65 } as const;
    expect(seen((norm) => new DenseNet(3, 2, [1, 1], { norm, ...compressed }))).toEqual([8, 8, 10, 6, 8, 8]);
  });

  it("init and bias are those of all convolutions", () => {
    const block = new BasicBlock(2, 4, { stride: 2, init: "ones", bias: true });
    for (const [name, p] of block.namedParameters()) {
      const value = name.endsWith("bias") ? 0 : 1;
      expect(new Set(p.data), name).toEqual(new Set([value]));
    }
    expect(block.conv1.bias).toBeDefined();
    expect(new BasicBlock(2, 4).conv1.bias).toBeUndefined();
  });

  it("filters begin with He's deviations: of the fan out in residual, of the fan in in dense networks", () => {
    const block = new BasicBlock(64, 32, { generator });
    expect(std(block.conv1.weight) / Math.sqrt(2 / (32 * 9))).toBeCloseTo(1, 1);
    const [layer] = new DenseBlock(64, 1, { bottleneck: false, growthRate: 32, generator }).layers;
    expect(std(layer!.parameters().find((p) => p.ndim === 4)!) / Math.sqrt(2 / (64 * 9))).toBeCloseTo(1, 1);
  });

  it("are printed, with what the layers are", () => {
    expect(new ResNet(3, 10, [2, 1], { preActivation: true }).details()).toBe("3, 10, [2, 1], preActivation=true");
    expect(new DenseNet(3, 10, [2, 1], { growthRate: 4 }).details()).toBe("3, 10, [2, 1], growthRate=4");
    expect(new MLPConv(3, [5, 4], [3, 5], { padding: "same" }).details()).toBe("3, [5, 4], size=[3, 5], padding=same"); // prettier-ignore
    expect(new BasicBlock(2, 4, { stride: 2 }).details()).toBe("2, 4, stride=2");
    expect(new DenseBlock(2, 4).details()).toBe("2, 4");
  });

  it("a number of channels makes three convolutions of MLPConv, each with its activation", () => {
    const block = new MLPConv(4, 3, 3, { ...options, activation: "tanh", stride: 2, groups: 1 });
    expect(block.convs.map(({ weight }) => weight.shape)).toEqual([[3, 4, 3, 3], [3, 3, 1, 1], [3, 3, 1, 1]]); // prettier-ignore
    const y = block.convs.reduce((t, conv) => conv.forward(t), x);
    expect(block.forward(x).toArray()).toEqual(y.toArray());
    expect(y.abs().max().item()).toBeLessThan(1);
    expect(y.shape).toEqual([2, 3, 2, 2]);
  });
});

describe("fold", () => {
  it.each(["projection", "padding"] as const)("takes the norms of a ResNet with a shortcut by %s", (shortcut) => {
    const net = new ResNet(4, 3, [1, 2], { ...options, channels: 4, shortcut }).eval();
    fillWithWaves(net);
    const folded = fold(net);
    expect(folded.modules().some((module) => module instanceof BatchNorm)).toBe(false);
    expect(close(folded.forward(x), net.forward(x))).toBeLessThan(1e-12);
  });

  it("refuses norms in front of convolutions", () => {
    expect(() => fold(new ResNet(3, 2, [1], { preActivation: true }))).toThrow(/got bn1 \(BatchNorm\)\.$/);
    expect(() => fold(new DenseNet(3, 2, [1]))).toThrow(
      /got features\.denseblock1\.denselayer1\.norm1 \(BatchNorm\)\.$/,
    );
  });
});

describe("errors", () => {
  const image = randn([1, 3, 4, 4]);
  it.each([
    [() => new ResNet(3, 10, []), ValueError, "ResNet: expected blocks to be a list of whole numbers ≥ 1, one for each stage, got []."],
    [() => new DenseNet(3, 10, [2, 0]), ValueError, "DenseNet: expected blocks to be a list of whole numbers ≥ 1, one for each stage, got [2, 0]."],
    [() => new ResNet(3, 0, [1]), ShapeError, "ResNet: expected classes to be a whole number ≥ 1, got 0."],
    [() => new ResNet(3, 10, [1]).forward(randn([1, 2, 4, 4])), ShapeError, "ResNet: expected input of shape [N, 3, H, W], got [1, 2, 4, 4]."],
    [() => new DenseNet(3, 10, [1]).forward(randn([3, 4, 4])), ShapeError, "DenseNet: expected input of shape [N, 3, H, W], got [3, 4, 4]."],
    [() => new BasicBlock(4, 2, { shortcut: "padding" }), ShapeError, "BasicBlock: expected at least 4 channels behind a shortcut by padding, got 2."],
    [() => new BasicBlock(4, 4, { norm: () => 5 as unknown as Module }), ValueError, "BasicBlock: expected what norm makes to be a module, got 5."],
    [() => new BasicBlock(4, 4, { shortcut: "pad" as "padding" }), ValueError, 'BasicBlock: expected shortcut projection or padding, got pad. Did you mean "padding"?'],
    [() => new DenseBlock(4, 0), ValueError, "DenseBlock: expected count to be a whole number ≥ 1, got 0."],
    [() => new DenseNet(3, 10, [1], { compression: 0 }), ValueError, "DenseNet: expected compression in (0, 1], got 0."],
    [() => new MLPConv(3, [4, 0], 3), ShapeError, "MLPConv: expected channels to be a whole number ≥ 1, or a list of such values, got [4, 0]."],
    [() => new MLPConv(3, [], 3), ShapeError, "MLPConv: expected channels to be a whole number ≥ 1, or a list of such values, got []."],
    [() => new ResNet(3, 10, [1], { norm: () => new BatchNorm(5) }).forward(image), ShapeError, "in bn1 (BatchNorm): batchNorm: expected 5 channels on axis 1, got input of shape [1, 16, 4, 4]."],
  ] as const)("%#", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  }); // prettier-ignore
});

describe("Fixup", () => {
  it("keeps the activations of a deep ResNet without norms, which He's numbers alone let explode", () => {
    const net = new ResNet(4, 3, [12, 12], { ...options, channels: 4, norm: () => new Identity(), bias: true });
    const last = (): number => std(net.stages.reduce((y, stage) => stage.forward(y), net.conv1.forward(x).relu()));
    const first = std(net.conv1.forward(x).relu());
    expect(last() / first).toBeGreaterThan(100);
    const blocks = net.modules().filter((module): module is BasicBlock => module instanceof BasicBlock);
    init.fixup(blocks.map(({ conv1, conv2 }) => [conv1.weight, conv2.weight]), { generator }); // prettier-ignore
    expect(blocks).toHaveLength(24);
    expect(last() / first).toBeLessThan(3);
    const plain = net.stages[1]!.at(0) as BasicBlock;
    const middle = net.conv1.forward(x).relu();
    const want = (plain.downsample as Sequential).forward(middle).relu();
    expect(net.stages.reduce((y, stage) => stage.forward(y), middle).toArray()).toEqual(want.toArray());
  });
});
