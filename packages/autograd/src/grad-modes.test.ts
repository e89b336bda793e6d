import { GradError, type Tensor, tensor, ValueError, where } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { checkpoint, detectAnomaly, enableGrad, grad, gradcheck, hvp, jvp, noGrad, vjp } from "./index.ts";

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

  const line = (): number => Number(/grad-modes\.test\.ts:(\d+):\d+/.exec(new Error().stack!.split("\n")[2]!)![1]);

  it("names the operation whose gradient is NaN and the line that called it", () => {
    let at = 0;
    const act = (): void =>
      detectAnomaly(() => {
        at = line() + 1;
        const y = x.sqrt();
        y.mul(tensor([0, 1]))
          .sum()
          .backward();
      });
    expect(act).toThrow(GradError);
    expect(act).toThrow(
      new RegExp(
        `^Function 'sqrt' returned NaN in gradient 0\\. It was called at [^\n]*grad-modes\\.test\\.ts:${at}:\\d+\\.$`,
      ),
    );
  });

  it("names the operation that made NaN of numbers, far from the loss and deep in calls", () => {
    let at = 0;
    const deep = (n: number): Tensor => {
      if (n > 0) return deep(n - 1);
      at = line() + 1;
      return x.sub(2).log();
    };
    const act = (): void => detectAnomaly(() => deep(30).exp().mul(3).reshape([2, 1]).mean().backward());
    expect(act).toThrow(GradError);
    expect(act).toThrow(
      new RegExp(`^Function 'log' returned NaN\\. It was called at [^\n]*grad-modes\\.test\\.ts:${at}:\\d+\\.$`),
    );
    expect(() => detectAnomaly(() => grad(deep(1).sum(), [x]))).toThrow(
      "Function 'log' returned NaN. It was called at",
    );
  });

  it("names where a leaf brings NaN in", () => {
    const bad = tensor([1, NaN]);
    expect(() => detectAnomaly(() => x.mul(2).mul(bad).sum().backward())).toThrow(
      /^Function 'mul' was given NaN in input 1, of shape \[2\], which no recorded operation made\. It was called at .*:\d+\.$/,
    );
  });

  it("lets NaN pass that is masked on the way", () => {
    x.grad = undefined;
    const y = tensor([-1, 1], { requiresGrad: true });
    detectAnomaly(() => where(y.gt(0), y.log(), 0).sum().backward());
    expect(y.grad?.toArray()).toEqual([-0, 1]);
  });

  it("says that the forward call is unknown if it was outside", () => {
    const y = x
      .sqrt()
      .mul(tensor([0, 1]))
      .sum();
    expect(() => detectAnomaly(() => y.backward())).toThrow(
      "Function 'sqrt' returned NaN in gradient 0. It was called outside detectAnomaly.",
    );
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

describe("functions that go on after they return", () => {
  const w = tensor([1], { requiresGrad: true });
  const modes: Readonly<Record<string, (fn: () => unknown) => unknown>> = {
    noGrad,
    enableGrad,
    detectAnomaly,
    checkpoint: (fn) => checkpoint(fn as () => Tensor, w),
    vjp: (fn) => vjp(fn as () => Tensor, w),
    jvp: (fn) => jvp(fn as () => Tensor, [w], [w]),
    hvp: (fn) => hvp(fn as () => Tensor, w, w),
    gradcheck: (fn) => gradcheck(fn as () => Tensor, [w.to("float64")]),
  };
  const functions: Readonly<Record<string, () => unknown>> = {
    "an async function": async () => {
      await Promise.resolve();
    },
    "a generator function": function* () {
      yield 1;
    },
    "one that returns a promise": () => Promise.reject(new Error("lost")),
    "one that returns a generator": () =>
      (function* () {
        yield 1;
      })(),
  };

  for (const [mode, run] of Object.entries(modes)) {
    it.each(Object.entries(functions))(`${mode} refuses %s`, (got, fn) => {
      expect(() => run(fn)).toThrow(
        new ValueError(
          `${mode}: expected a function that is done when it returns, got ${got}. ` +
            "Await before the call, and give it what comes without waiting.",
        ),
      );
      expect(w.mul(2).requiresGrad).toBe(true);
    });
    it(`${mode} refuses what is no function`, () => {
      expect(() => run(3 as unknown as () => unknown)).toThrow(`${mode}: expected fn to be a function, got 3.`);
    });
  }

  it("are not called at all if they are async", () => {
    let called = false;
    const fn = async (): Promise<void> => {
      called = true;
      await Promise.resolve();
    };
    expect(() => noGrad(fn)).toThrow("got an async function");
    expect(called).toBe(false);
  });
});
