import { existsSync } from "node:fs";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { fashionMnist } from "./fashion-mnist.ts";

// A machine need not have the package, unless it is to check everything.
const isThere = existsSync("/usr/share/datasets/fashion-mnist");

describe.skipIf(!isThere && process.env["CI"] !== "true")("Fashion-MNIST, as Debian packs it", () => {
  it("is all there, quickly", async () => {
    const { train, test } = await fashionMnist();
    expect(train.x.shape).toEqual([60_000, 784]);
    expect(train.images.shape).toEqual([60_000, 1, 28, 28]);
    expect(test.x.shape).toEqual([10_000, 784]);
    expect([train.x.min().item(), train.x.max().item()]).toEqual([0, 255]);
    // Mean and deviation of the training pixels, as many programs hold them.
    expect(train.x.mean().item() / 255).toBeCloseTo(0.286, 4);
    const counts = new Int32Array(10);
    for (const label of train.y.data) counts[label]!++;
    expect([...counts]).toEqual(Array.from({ length: 10 }, () => 6000));
    expect(Array.from(train.y.data.slice(0, 5), (label) => train.classes[label])).toEqual(["Ankle boot", "T-shirt/top", "T-shirt/top", "Dress", "T-shirt/top"]); // prettier-ignore
  });
});
