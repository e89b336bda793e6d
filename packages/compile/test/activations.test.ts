import * as nn from "@tapegrad/nn";
import { full, Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const generator = new Generator(3);
const f = nn.functional;

describe("activations that draw or sort, compiled", () => {
  it("rrelu draws in training and takes the mean in evaluation, changed between calls", () => {
    const layer = new nn.RReLU({ lower: 0, upper: 1, generator });
    const run = compile((t: Tensor) => layer.forward(t));
    const t = full([50], -1);
    const [first, second] = [run(t), run(t)];
    expect(first.eq(second).all().item()).toBe(0);
    expect(first.le(0).all().item()).toBe(1);
    layer.eval();
    expect(run(t).eq(-0.5).all().item()).toBe(1);
    layer.train();
    expect(run(t).eq(-0.5).all().item()).toBe(0);
  });

  it("gumbelSoftmax draws anew at each call", () => {
    const run = compile((t: Tensor) => f.gumbelSoftmax(t, { hard: true }));
    const t = tensor([0, 0]).broadcastTo([64, 2]);
    const [first, second] = [run(t), run(t)];
    expect(first.sum().item()).toBe(64);
    expect(first.eq(second).all().item()).toBe(0);
  });

  it("gumbelSoftmax has the numbers of the eager one", () => {
    const t = randn([8, 3], { generator });
    const sample = (g: Generator) => (x: Tensor) => f.gumbelSoftmax(x, { tau: 0.5, generator: g });
    const [eager, compiled] = [sample(new Generator(5))(t), compile(sample(new Generator(5)))(t)];
    expect(compiled.sub(eager).abs().max().item()).toBeLessThan(1e-6);
  });

  it("sparsemax is the eager one", () => {
    const run = compile((t: Tensor) => f.sparsemax(t, { axis: 0 }));
    const x = randn([5, 6], { generator });
    expect(
      run(x)
        .sub(f.sparsemax(x, { axis: 0 }))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-7);
  });
});
