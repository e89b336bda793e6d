import { existsSync } from "node:fs";
import { nn, ones, randint, rand, tensor } from "tapegrad";
import { describe, expect, it } from "vitest";
import { realData, type Sources } from "./load-data.ts";
import { imageNets, orderedNet, tableNets } from "./nets.ts";
import { programNames } from "./options.ts";
import { runProgram } from "./program.ts";
import { RMSNorm } from "./rms-norm.ts";

/** As Keras' summaries state them. */
const totals: readonly (readonly [name: string, net: nn.Sequential, total: number, nonTrainable: number])[] = [
  ["layer-norm", imageNets["layer-norm"](), 52_778, 0],
  ["own-rms-norm", imageNets["own-rms-norm"](), 50_954, 0],
  ["batch-norm", imageNets["batch-norm"](), 53_034, 192],
  ["dense-layer-norm", imageNets["dense-layer-norm"](), 52_842, 0],
  ["dense-rms-norm", imageNets["dense-rms-norm"](), 52_746, 0],
  ["dense-batch-norm", imageNets["dense-batch-norm"](), 53_034, 192],
  ["binary-batch-norm", tableNets["binary-batch-norm"](), 3_201, 192],
  ["binary-layer-norm", tableNets["binary-layer-norm"](), 3_009, 0],
];

// Where the images are not installed, nothing is fetched: the programs do not notice.
const isInstalled = existsSync("/usr/share/datasets/fashion-mnist");
const noise = {
  train: [rand([512, 784]), randint(0, 10, [512])],
  test: [rand([64, 784]), randint(0, 10, [64])],
} as const;
const sources: Sources = isInstalled ? realData : { ...realData, images: () => Promise.resolve(noise) };

async function run(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
  const lines: string[] = [];
  const code = await runProgram(args, sources, (text) => void lines.push(text));
  return { code, text: lines.join("\n") };
}

describe("programs", () => {
  it.each(totals)("%s: summary, training and evaluation", async (name, net, total, nonTrainable) => {
    const count = nn.countParameters(net);
    expect([count.total, count.nonTrainable]).toEqual([total, nonTrainable]);
    const { code, text } = await run(name, "--dry-run", "--limit", "512");
    expect(code).toBe(0);
    expect(text).toContain(total.toLocaleString("en-US"));
    if (nonTrainable > 0) expect(text).toContain(String(nonTrainable));
    expect(text).toMatch(/test loss \d+\.\d{4}, test accuracy \d+\.\d\d %$/);
  });

  it("orders: a table of both orders and both norms, and what it does not say", async () => {
    const { code, text } = await run("orders", "--dry-run", "--limit", "512");
    expect(code).toBe(0);
    expect(text.match(/^(Batch|Layer)Norm +norm (before|after) +(\d+\.\d\d %\s*){3}$/gm)).toHaveLength(4);
    expect(text).toContain("Ranges that overlap show no difference");
    expect(orderedNet("LayerNorm", "before").at(2)).toBeInstanceOf(nn.Activation);
    expect(orderedNet("LayerNorm", "after").at(1)).toBeInstanceOf(nn.Activation);
  });

  it("trains on real tumours in seconds", async () => {
    const { text } = await run("binary-layer-norm", "--epochs", "3");
    const accuracy = Number(/test accuracy (\d+\.\d\d) %/.exec(text)?.[1]);
    expect(accuracy).toBeGreaterThan(85);
  });

  it("says what there is", async () => {
    expect(programNames).toHaveLength(totals.length + 1);
    expect(await run("layer_norm")).toEqual({ code: 2, text: expect.stringContaining("expected some of layer-norm") as unknown });
    expect(await run("--limit", "0")).toEqual({ code: 2, text: expect.stringContaining("--limit: expected a whole number from 1") as unknown });
    expect((await run("--help")).text).toContain("Programs: layer-norm");
  }); // prettier-ignore
});

describe("the RMSNorm of one's own", () => {
  it("is RMSNorm, with rules of its gain", () => {
    const x = tensor([[3, 4, 0, 1]]);
    const own = new RMSNorm(4, { epsilon: 1e-3, gammaRegularizer: "l2", gammaConstraint: (g) => g.mul(2) });
    const ours = new nn.RMSNorm(4, { eps: 1e-3 });
    expect(own.forward(x).sub(ours.forward(x)).abs().max().item()).toBeLessThan(1e-6);
    expect(nn.regularizationLoss(own).item()).toBeCloseTo(0.04, 6);
    nn.applyConstraints(own);
    expect(own.gamma.toArray()).toEqual([2, 2, 2, 2]);
    expect(new RMSNorm(2, { gammaInitializer: "zeros" }).forward(ones([1, 2])).toArray()).toEqual([[0, 0]]);
    expect(own.toString()).toContain("RMSNorm(4, epsilon=0.001)");
  });
});
