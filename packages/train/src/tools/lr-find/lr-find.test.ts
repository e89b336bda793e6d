import { DataLoader, TensorDataset } from "@tapegrad/data";
import { BatchNorm, Dense, Dropout, Sequential } from "@tapegrad/nn";
import { Adam, SGD } from "@tapegrad/optim";
import { defaultGenerator, Generator, manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Model } from "../../model/model.ts";
import { LRCurve } from "./lr-curve.ts";
import { lrFind } from "./lr-find.ts";

function loaderOf(): DataLoader<unknown, number, never> {
  manualSeed(0);
  const x = randn([64, 4]);
  const y = x.matmul(randn([4, 1]));
  return new DataLoader(new TensorDataset(x, y), { batchSize: 16, shuffle: true, seed: 1 }) as never;
}

describe("lrFind", () => {
  it.each([true, false])("does what a loop by hand does (compile: %s)", async (compile) => {
    const loader = loaderOf();
    const make = (): Dense => {
      manualSeed(5);
      return new Dense(4, 1);
    };
    const curve = await lrFind(make(), loader, { loss: "mse", from: 1e-4, to: 0.1, steps: 10, compile });
    expect(curve.rates).toHaveLength(10);
    curve.rates.forEach((rate, i) => expect(rate).toBeCloseTo(1e-4 * 1000 ** (i / 9), 12));
    const net = make();
    const optimizer = new SGD(net.parameters(), { lr: 1 });
    const losses: number[] = [];
    for (let epoch = 0; losses.length < 10; epoch++) {
      for (const [x, y] of loader as never as Iterable<[ReturnType<typeof randn>, ReturnType<typeof randn>]>) {
        if (losses.length === 10) break;
        optimizer.lr = curve.rates[losses.length]!;
        optimizer.zeroGrad();
        const loss = net.forward(x).sub(y).square().mean();
        loss.backward();
        optimizer.step();
        losses.push(loss.item());
      }
    }
    losses.forEach((loss, i) => expect(curve.losses[i]).toBeCloseTo(loss, 5));
  });

  it("restores weights, buffers, optimizer, generators and loader, and stops when the loss explodes", async () => {
    const loader = loaderOf();
    const generator = new Generator(4);
    const net = new Sequential(new Dense(4, 8), new BatchNorm(8), new Dropout(0.2, { generator }), new Dense(8, 1));
    const model = new Model(net).compile({ optimizer: (params) => new Adam(params, { lr: 0.02 }), loss: "mse" });
    const everything = (): string =>
      JSON.stringify([
        net.stateDict(),
        model.optimizer!.stateDict(),
        loader.stateDict(),
        generator,
        defaultGenerator(),
      ]);
    const before = everything();
    net.eval();
    const curve = await lrFind(model, loader, { to: 1e6 });
    expect(everything()).toBe(before);
    expect(net.training).toBe(false);
    expect(curve.rates.length).toBeLessThan(100);
    expect(curve.rates.length).toBeGreaterThan(20);
    expect(curve.suggestion).toBe(curve.valley);
    expect(curve.rates).toContain(curve.steepest);
  });

  it("goes on where the loss is below 0", async () => {
    const loss = (p: Tensor, t: Tensor): Tensor => p.sub(t).square().mean().sub(100);
    const curve = await lrFind(new Dense(4, 1), loaderOf(), { loss, to: 0.01, steps: 20 });
    expect(curve.rates).toHaveLength(20);
  });

  it("says what is wrong", async () => {
    const loader = loaderOf();
    await expect(lrFind(new Dense(4, 1), loader)).rejects.toThrow("lrFind: expected a loss, got none.");
    await expect(lrFind(new Model(new Dense(4, 1)), loader)).rejects.toThrow("lrFind: expected a compiled model");
    await expect(lrFind(new Dense(4, 1), [], { loss: "mse" })).rejects.toThrow("lrFind: expected a batch, got none.");
    await expect(lrFind(new Dense(4, 1), loader, { loss: "mse", from: 1, to: 0.1 })).rejects.toThrow(
      "expected from < to",
    );
    await expect(lrFind(new Dense(4, 1), loader, { loss: "msee" })).rejects.toThrow('Did you mean "mse"?');
  });
});

describe("LRCurve", () => {
  const rates = Array.from({ length: 60 }, (_, i) => 10 ** (-6 + i / 10));

  it("finds valley and steepest descent of a curve that is known", () => {
    // Flat until 1e-4, falls until 1e-2, then explodes.
    const loss = (rate: number): number => {
      const log = Math.log10(rate);
      return log < -4 ? 2 : log < -2 ? 2 - (log + 4) * 0.8 : 0.4 + (log + 2) ** 2 * 50;
    };
    const curve = new LRCurve(rates, rates.map(loss)); // prettier-ignore
    expect(Math.log10(curve.valley!)).toBeGreaterThan(-4);
    expect(Math.log10(curve.valley!)).toBeLessThan(-2);
    expect(Math.log10(curve.steepest!)).toBeGreaterThan(-4);
    expect(Math.log10(curve.steepest!)).toBeLessThan(-1.9);
    expect(String(curve)).toMatch(/rate +loss +smoothed\n[^]*steepest: .*e-\d\nvalley: .*e-\d$/);
  });

  it("suggests nothing where the loss never falls", () => {
    const curve = new LRCurve([1, 2, 3, 4], [1, 2, 3, 4]);
    expect([curve.valley, curve.steepest, curve.suggestion]).toEqual([undefined, undefined, undefined]);
    expect(String(curve)).toContain("valley: none, since the loss never falls");
  });

  it("smooths without the bias of the start", () => {
    const { smoothed } = new LRCurve([1, 2], [1, 3]);
    expect(smoothed[0]).toBeCloseTo(1, 12);
    expect(smoothed[1]).toBeCloseTo((0.98 * 1 + 3) / 1.98, 12);
  });
});
