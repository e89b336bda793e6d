import { grad } from "@tapegrad/autograd";
import { full, Generator, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { functional as f, RReLU } from "../../src/index.ts";

const generator = new Generator(3);

describe("rrelu in training", () => {
  const x = full([4000], -2, { dtype: "float64", requiresGrad: true });

  it("draws a slope for each element, of which the gradient is made", () => {
    const y = f.rrelu(x, { lower: 0.1, upper: 0.5, training: true, generator });
    const slopes = y.div(-2);
    expect(slopes.min().item()).toBeGreaterThanOrEqual(0.1);
    expect(slopes.max().item()).toBeLessThan(0.5);
    expect(Math.abs(slopes.mean().item() - 0.3)).toBeLessThan(0.006);
    expect(Math.abs(slopes.std().item() - 0.4 / Math.sqrt(12))).toBeLessThan(0.006);
    const cotangent = randn([4000], { dtype: "float64", generator });
    expect(grad(y, [x], { cotangent })[0]!.toArray()).toEqual(cotangent.mul(slopes).toArray());
  });

  it("leaves positive numbers, and has no slope of an infinity there", () => {
    const t = tensor([3, Infinity, -1, 0], { requiresGrad: true });
    const y = f.rrelu(t, { training: true, generator });
    expect(y.toArray(1).slice(0, 2)).toEqual([3, Infinity]);
    const slopes = grad(y.sum(), [t])[0]!.toArray(1);
    expect(slopes.slice(0, 2)).toEqual([1, 1]);
    for (const slope of slopes.slice(2)) expect(slope).toBeGreaterThanOrEqual(1 / 8);
    expect(y.at(2).item()).toBe(-slopes[2]!);
  });

  it("is a layer that draws in training and takes the mean in evaluation", () => {
    const layer = new RReLU({ lower: 0, upper: 1, generator });
    const t = full([50], -1);
    expect(layer.forward(t).eq(layer.forward(t)).all().item()).toBe(0);
    expect(layer.eval().forward(t).eq(-0.5).all().item()).toBe(1);
  });
});

describe("gumbelSoftmax", () => {
  const logits = tensor([1, 0, -1], { dtype: "float64" });

  it("draws each category as often as softmax says, whatever the temperature", () => {
    const many = logits.broadcastTo([20000, 3]);
    const want = logits.softmax({ axis: 0 }).data;
    for (const tau of [0.1, 1, 5]) {
      const drawn = f.gumbelSoftmax(many, { tau, hard: true, generator });
      expect(drawn.sum({ axis: 1 }).eq(1).all().item()).toBe(1);
      expect(drawn.eq(0).logicalOr(drawn.eq(1)).all().item()).toBe(1);
      drawn.mean({ axis: 0 }).data.forEach((share, i) => expect(Math.abs(share - want[i]!)).toBeLessThan(0.012));
      const soft = f.gumbelSoftmax(many, { tau, generator });
      expect(soft.sum({ axis: 1 }).sub(1).abs().max().item()).toBeLessThan(1e-14);
      const largest = soft.argmax({ axis: 1 }).eq(0).to("float64").mean().item();
      expect(Math.abs(largest - want[0]!)).toBeLessThan(0.012);
    }
  });

  it("is softmax((x + g) / tau) of the same draw at every temperature", () => {
    const sample = (tau: number): Tensor => f.gumbelSoftmax(logits, { tau, generator: new Generator(9) }).log();
    const differences = (t: Tensor): Tensor => t.sub(t.at(0));
    differences(sample(2))
      .mul(2)
      .sub(differences(sample(1)))
      .data.forEach((d) => expect(Math.abs(d)).toBeLessThan(1e-12));
  });

  it("has the gradient of the soft sample when it is hard", () => {
    const x = randn([3, 4], { dtype: "float64", generator, requiresGrad: true });
    const ct = randn([3, 4], { dtype: "float64", generator });
    const gradients = [true, false].map((hard) => {
      const y = f.gumbelSoftmax(x, { hard, tau: 0.7, axis: 0, generator: new Generator(4) });
      return grad(y, [x], { cotangent: ct })[0]!;
    });
    expect(gradients[0]!.abs().max().item()).toBeGreaterThan(0.01);
    expect(gradients[0]!.toArray()).toEqual(gradients[1]!.toArray());
  });

  it("never chooses what is ruled out, keeps float32, and takes integers and nothing", () => {
    const y = f.gumbelSoftmax(tensor([0, -Infinity, 0]).broadcastTo([500, 3]), { hard: true, generator });
    expect(y.dtype).toBe("float32");
    expect(y.sum({ axis: 0 }).toArray(1)[1]).toBe(0);
    expect(f.gumbelSoftmax(tensor([5], { dtype: "int32" })).toArray()).toEqual([1]);
    expect(f.gumbelSoftmax(randn([0, 3]), { hard: true }).shape).toEqual([0, 3]);
    expect(f.gumbelSoftmax(randn([3, 0]), { hard: true }).shape).toEqual([3, 0]);
  });
});
