import { GradError, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { detectAnomaly, enableGrad, noGrad } from "./index.ts";

describe("noGrad and enableGrad", () => {
  it("switch recording, and switch back after an error", () => {
    const x = tensor([1], { requiresGrad: true });
    expect(noGrad(() => x.mul(2)).requiresGrad).toBe(false);
    expect(noGrad(() => enableGrad(() => x.mul(2))).requiresGrad).toBe(true);
    expect(() =>
      noGrad(() => {
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(x.mul(2).requiresGrad).toBe(true);
  });
});

describe("detectAnomaly", () => {
  const x = tensor([0, 1], { requiresGrad: true });

  it("names the operation whose gradient is NaN and where it was called", () => {
    const act = (): void =>
      detectAnomaly(() =>
        x
          .sqrt()
          .mul(tensor([0, 1]))
          .sum()
          .backward(),
      );
    expect(act).toThrow(GradError);
    expect(act).toThrow("Function 'sqrt' returned NaN in gradient 0. Forward call:");
    expect(act).toThrow("grad-modes.test.ts");
  });

  it("says that the forward call is unknown if it was outside", () => {
    const y = x
      .sqrt()
      .mul(tensor([0, 1]))
      .sum();
    expect(() => detectAnomaly(() => y.backward())).toThrow("it was called outside detectAnomaly");
  });

  it("lets numbers pass, infinite ones too, and is off afterwards", () => {
    expect(detectAnomaly(() => x.sqrt().sum().item())).toBe(1);
    detectAnomaly(() => x.sqrt().sum().backward());
    expect(x.grad?.toArray()).toEqual([Infinity, 0.5]);
    expect(() =>
      x
        .sqrt()
        .mul(tensor([0, 1]))
        .sum()
        .backward(),
    ).not.toThrow();
  });
});
