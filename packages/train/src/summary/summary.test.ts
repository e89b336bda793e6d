import { compile } from "@tapegrad/compile";
import * as nn from "@tapegrad/nn";
import {
  CompileError,
  DTypeError,
  manualSeed,
  ones,
  rand,
  ShapeError,
  type Tensor,
  ValueError,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { summary } from "./summary.ts";

const mlp = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Dense(784, 64),
    new nn.BatchNorm(64),
    new nn.ReLU(),
    new nn.Dense(64, 32),
    new nn.BatchNorm(32),
    new nn.ReLU(),
    new nn.Dense(32, 10),
  );

class TwoInputs extends nn.Module<[Tensor, Tensor]> {
  readonly left = new nn.Dense(3, 4);
  readonly towers = [new nn.Dense(2, 4), new nn.Sequential(new nn.Dense(4, 4))];
  override forward(a: Tensor, b: Tensor): Tensor {
    const shared = this.towers[1]!;
    return shared.forward(shared.forward(this.left.forward(a).add(this.towers[0]!.forward(b))));
  }
}

class Tied extends nn.Module {
  readonly embedding = new nn.Embedding(100, 8);
  readonly head = new nn.Dense(8, 100, { bias: false });
  constructor() {
    super();
    this.head.weight = this.embedding.weight;
  }
  override forward(tokens: Tensor): Tensor {
    return this.head.forward(this.embedding.forward(tokens));
  }
}

describe("summary", () => {
  it("counts running statistics as not trainable, as Keras does", () => {
    const { parameters, parameterBytes, rows } = summary(mlp(), [784]);
    expect(parameters).toEqual({ total: 53_034, trainable: 52_842, nonTrainable: 192 });
    expect(parameterBytes).toBe(4 * 53_034);
    expect(rows.map(({ parameters: { total } }) => total)).toEqual([53_034, 50_240, 256, 0, 2_080, 128, 0, 330]);
  });

  it("counts frozen parameters as not trainable", () => {
    const net = mlp();
    net.children()[0]!.requiresGrad_(false);
    expect(summary(net, [784]).parameters).toEqual({ total: 53_034, trainable: 2_602, nonTrainable: 50_432 });
  });

  it("counts floating-point operations as the plan of a compiled forward pass does", () => {
    const net = new nn.Sequential(
      new nn.Dense(20, 30, { bias: false }),
      new nn.LayerNorm(30, { affine: false }),
      new nn.Tanh(),
      new nn.Dense(30, 10, { bias: false }),
    );
    const forward = compile((x: Tensor) => net.forward(x));
    forward(ones([16, 20]));
    const { rows, flops } = summary(net, [20], { batchSize: 16 });
    expect(rows.map((row) => row.flops / 16)).toEqual([1_200 + 7 * 30 + 30 + 600, 1_200, 7 * 30, 30, 600]);
    // A plan knows the few operations of each group too, and that the mean is taken off in two steps.
    expect(forward.plan!.flops - flops!).toBeLessThan(16 * (9 + 30));
    expect(forward.plan!.flops).toBeGreaterThanOrEqual(flops!);
  });

  it("knows convolutions, pooling and the bytes of what they give", () => {
    const net = new nn.Sequential(new nn.Conv2d(1, 20, 5), new nn.MaxPool2d(2));
    const [root, conv, pool] = summary(net, [1, 28, 28]).rows;
    expect(conv!.flops).toBe(2 * 20 * 24 * 24 * 25 + 20 * 24 * 24);
    expect(conv!.outputShapes).toEqual([[1, 20, 24, 24]]);
    expect(pool!.outputShapes).toEqual([[1, 20, 12, 12]]);
    expect(root!.bytes).toBe(conv!.bytes + pool!.bytes);
    expect(pool!.bytes).toBeGreaterThanOrEqual(4 * 20 * 12 * 12);
  });

  it("follows any graph: several inputs, lists in fields, shared modules", () => {
    const { rows, parameters } = summary(new TwoInputs(), [[3], [2]], { batchSize: 5 });
    expect(rows.map(({ path, name, depth, calls }) => [path, name, depth, calls])).toEqual([
      ["", "", 0, 1],
      ["left", "left", 1, 1],
      ["towers.0", "towers.0", 1, 1],
      ["towers.1", "towers.1", 1, 2],
      ["towers.1.0", "0", 2, 2],
    ]);
    expect(rows.map(({ flops }) => flops)).toEqual([5 * (28 + 20 + 4 + 72), 5 * 28, 5 * 20, 5 * 72, 5 * 72]);
    expect(parameters.total).toBe(16 + 12 + 20);
  });

  it("follows residual connections and gives every tensor of an output", () => {
    const net = new nn.Residual(new nn.Dense(6, 6));
    expect(summary(net, [6]).rows.map(({ outputShapes }) => outputShapes)).toEqual([[[1, 6]], [[1, 6]]]);
    expect(summary(new nn.GRU(6, 4), [7, 6]).rows[0]!.outputShapes.length).toBeGreaterThan(1);
  });

  it("counts a projection, and follows packed sequences", () => {
    const lstm = new nn.LSTM(6, 4, { projectionSize: 2 });
    const { rows, parameters } = summary(lstm, [5, 3, 6], { batchSize: null });
    expect(parameters.total).toBe(16 * 6 + 16 * 2 + 2 * 16 + 2 * 4);
    expect(rows[0]!.outputShapes).toEqual([[5, 3, 2], [1, 3, 2], [1, 3, 4]]); // prettier-ignore
    const { packPaddedSequence, unpackSequence } = nn.functional;
    class Packed extends nn.Module<[Tensor], Tensor[]> {
      override forward(x: Tensor): Tensor[] {
        return unpackSequence(lstm.forward(packPaddedSequence(x, [2, 5, 1], { enforceSorted: false }))[0]);
      }
    }
    const shapes = summary(new Packed(), [5, 3, 6], { batchSize: null }).rows[0]!.outputShapes;
    expect(shapes).toEqual([[2, 2], [5, 2], [1, 2]]); // prettier-ignore
  });

  it("follows a Transformer from its source and its target", () => {
    const options = { numEncoderLayers: 1, numDecoderLayers: 1, hiddenFeatures: 16, batchFirst: true, causal: true };
    const { rows, parameters } = summary(new nn.Transformer(8, 2, options), [[7, 8], [5, 8]]); // prettier-ignore
    expect(rows.find(({ path }) => path === "decoder.layers.0")?.outputShapes).toEqual([[1, 5, 8]]);
    // Three times attention of 4·8² + 4·8, two dense blocks of 2·8·16 + 24, seven norms of 16.
    expect(parameters.total).toBe(3 * (4 * 64 + 32) + 2 * (2 * 128 + 24) + 7 * 16);
  });

  it("counts tied weights once, and takes integers", () => {
    const { parameters, rows } = summary(new Tied(), [12], { dtype: "int32" });
    expect(parameters.total).toBe(800);
    expect(rows.map(({ outputShapes }) => outputShapes)).toEqual([[[1, 12, 100]], [[1, 12, 8]], [[1, 12, 100]]]);
  });

  it("computes nothing: a batch that no memory holds is no matter", () => {
    expect(summary(new nn.Dense(4, 4), [4], { batchSize: 1e12 }).flops).toBe(36e12);
  });

  it("takes whole shapes, and float64 where the parameters are", () => {
    const net = new nn.Dense(4, 2).to("float64");
    const { rows, parameterBytes } = summary(net, [3, 5, 4], { batchSize: null });
    expect(rows[0]!.outputShapes).toEqual([[3, 5, 2]]);
    expect(parameterBytes).toBe(80);
  });

  it("leaves mode, statistics, generators, hooks and gradients as they were", () => {
    const net = new nn.Sequential(new nn.Dense(4, 4), new nn.BatchNorm(4), new nn.Dropout(0.5));
    net.children()[2]!.eval();
    const state = JSON.stringify(net.stateDict());
    const modes = net.modules().map(({ training }) => training);
    const keys = net.modules().map((module) => Object.keys(module));
    manualSeed(3);
    const next = rand([4]).toArray();
    manualSeed(3);
    summary(net, [4]);
    expect(() => summary(net, [5])).toThrow(ShapeError);
    expect(JSON.stringify(net.stateDict())).toBe(state);
    expect(net.modules().map(({ training }) => training)).toEqual(modes);
    expect(net.modules().map((module) => Object.keys(module))).toEqual(keys);
    expect(rand([4]).toArray()).toEqual(next);
    expect(net.parameters().map(({ grad }) => grad)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("leaves a compiled step as it is", () => {
    const net = mlp().eval();
    const step = compile((x: Tensor) => net.forward(x));
    step(ones([2, 784]));
    summary(net, [784]);
    step(ones([2, 784]));
    expect(step.builds).toBe(1);
  });

  it("does without a shape", () => {
    const { rows, flops, activationBytes } = summary(mlp());
    expect([flops, activationBytes, rows[1]!.calls]).toEqual([undefined, undefined, 0]);
  });

  it("says what it expects", () => {
    expect(() => summary((() => 1) as never, [4])).toThrow(ValueError);
    expect(() => summary(mlp(), [-1])).toThrow("summary: expected inputShape to be the shape of a sample");
    expect(() => summary(mlp(), [784], { dtype: "int" as never })).toThrow(DTypeError);
    expect(() => summary(mlp(), [783])).toThrow("in 0 (Dense)");
    const looking = new nn.Lambda((x: Tensor) => (x.sum().item() > 0 ? x : x.neg()));
    expect(() => summary(looking, [4])).toThrow(CompileError);
  });
});

describe("a summary, printed", () => {
  const text = (width: number): string[] => summary(mlp(), [784]).toString(width).split("\n");

  it("is a table with totals", () => {
    expect(text(80)).toEqual([
      "Layer       Class       Output shape  Params  Trainable   FLOPs   Memory",
      "─".repeat(72),
      "Sequential  Sequential  [1, 10]       53,034     52,842   106 k  3.54 kB",
      "  0         Dense       [1, 64]       50,240     50,240   100 k    512 B",
      "  1         BatchNorm   [1, 64]          256        128     384  1.54 kB",
      "  2         ReLU        [1, 64]            0          0      64    256 B",
      "  3         Dense       [1, 32]        2,080      2,080  4.13 k    256 B",
      "  4         BatchNorm   [1, 32]          128         64     192    768 B",
      "  5         ReLU        [1, 32]            0          0      32    128 B",
      "  6         Dense       [1, 10]          330        330     650     80 B",
      "─".repeat(72),
      "Total params: 53,034 (212 kB)",
      "Trainable params: 52,842",
      "Non-trainable params: 192",
      "FLOPs: 106 k",
      "Memory of activations: 3.54 kB",
    ]);
  });

  it.each([72, 60, 50, 40, 32])("fits %i columns, shapes and parameters in all of them", (width) => {
    const lines = text(width);
    expect(Math.max(...lines.slice(0, 11).map(({ length }) => length))).toBeLessThanOrEqual(width);
    expect(lines[0]).toMatch(/^Layer .*Output shape .*Params/);
  });

  it("shortens names where nothing else helps, and prints itself", () => {
    expect(text(27)[2]).toMatch(/^Sequ… {2}\[1, 10\]/);
    const inspected: unknown = Reflect.get(summary(mlp()), Symbol.for("nodejs.util.inspect.custom"));
    expect(Reflect.apply(inspected as () => string, summary(mlp()), [])).toBe(summary(mlp()).toString());
  });

  it("says how often a shared module runs", () => {
    expect(summary(new TwoInputs(), [[3], [2]]).toString()).toContain("  towers.1 ×2");
  });
});
