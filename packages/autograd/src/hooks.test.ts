import { assign, GradError, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { checkpoint, grad, gradcheck, noGrad } from "./index.ts";

const leaf = (data: number | readonly number[]): Tensor => tensor(data, { requiresGrad: true, dtype: "float64" });
const double = (data: number | readonly number[]): Tensor => tensor(data, { dtype: "float64" });

/** Within rounding of what PyTorch 1.13 gives. */
function expectClose(x: Tensor | undefined, want: readonly number[]): void {
  const got = x!.toArray(1);
  expect(got.length).toBe(want.length);
  got.forEach((value, i) => expect(Math.abs(value / want[i]! - 1)).toBeLessThan(1e-13));
}

describe("hooks of tensors", () => {
  it("see the whole gradient of results and leaves, in order, and replace it, as PyTorch's", () => {
    const x = leaf([1, 2]);
    const log: [string, number[]][] = [];
    const y = x.mul(x);
    y.registerHook((g) => {
      log.push(["first", g.toArray(1)]);
      return g.mul(2);
    });
    y.registerHook((g) => void log.push(["second", g.toArray(1)]));
    y.retainGrad();
    x.registerHook((g) => {
      log.push(["leaf", g.toArray(1)]);
      return g.add(1);
    });
    y.exp().add(y.mul(3)).sum().backward();
    expect(log.map(([name]) => name)).toEqual(["first", "second", "leaf"]);
    expectClose(tensor(log[0]![1], { dtype: "float64" }), [5.718281828459045, 57.598150033144236]);
    expectClose(tensor(log[1]![1], { dtype: "float64" }), [11.43656365691809, 115.19630006628847]);
    expectClose(tensor(log[2]![1], { dtype: "float64" }), [22.87312731383618, 460.7852002651539]);
    expectClose(x.grad, [23.87312731383618, 461.7852002651539]);
    expectClose(y.grad, [11.43656365691809, 115.19630006628847]);
  });

  it("are differentiated with createGraph, as PyTorch's", () => {
    const x = leaf([0.5, -0.4]);
    const y = x.sin();
    y.registerHook((g) => g.mul(g));
    const [gx] = grad(
      y
        .mul(y)
        .mul(double([2, 3]))
        .sum(),
      [x],
      { createGraph: true },
    );
    expectClose(gx, [3.2273814408906794, 5.0283291557359036]);
    expectClose(grad(gx.mul(double([1, -2])).sum(), [x])[0], [157.31345189340428, 2452.8488598815493]);
  });

  it("keep a right gradient right in both orders", () => {
    const scaledBack = (by: number) => (x: Tensor) => {
      const y = x.tanh();
      if (y.requiresGrad) {
        y.registerHook((g) => g.mul(by));
        y.retainGrad();
      }
      return y.exp().add(y);
    };
    expect(gradcheck(scaledBack(1), [double([0.3, -0.8])], { order: 2 }).passed).toBe(true);
    expect(gradcheck(scaledBack(2), [double([0.3, -0.8])], { throws: false }).passed).toBe(false);
  });

  it("go with their handle, and not twice", () => {
    const x = leaf([1, 2]);
    const [first, second] = [x.registerHook((g) => g.mul(3)), x.registerHook((g) => g.add(1))];
    first.remove();
    first.remove();
    x.sum().backward();
    expect(x.grad?.toArray()).toEqual([2, 2]);
    second.remove();
    expect(grad(x.sum(), [x])[0].toArray()).toEqual([1, 1]);
  });

  it("also run where the walk begins, at a result and at a leaf", () => {
    const x = leaf(2);
    x.registerHook((g) => g.mul(5));
    x.backward();
    expect(x.grad?.item()).toBe(5);
    const y = leaf(2).mul(1);
    y.registerHook((g) => g.mul(7));
    y.retainGrad();
    y.backward();
    expect(y.grad?.item()).toBe(7);
  });

  it("run in grad, at its inputs too, which are leaves or results, and leave every grad alone", () => {
    const x = leaf([1, 2]);
    const y = x.mul(2).retainGrad();
    let runs = 0;
    y.registerHook((g) => {
      runs++;
      return g.mul(10);
    });
    x.registerPostAccumulateGradHook(() => expect.fail("nothing accumulates"));
    const z = y.square().sum();
    expect(grad(z, [y], { retainGraph: true })[0].toArray()).toEqual([40, 80]);
    expect(runs).toBe(1);
    const [dx, dy] = grad(z, [x, y]);
    expect([dx.toArray(), dy.toArray()]).toEqual([[80, 160], [40, 80]]); // prettier-ignore
    expect(runs).toBe(2);
    expect([x.grad, y.grad]).toEqual([undefined, undefined]);
  });

  it("run once around a checkpoint, and those of what it computes run in it", () => {
    const run = (wrap: boolean): unknown => {
      const [x, w] = [leaf([1, 2]), leaf([3, 4])];
      const seen: string[] = [];
      w.registerHook((g) => {
        seen.push("w");
        return g.mul(10);
      });
      const h = x.mul(2);
      h.registerHook((g) => {
        seen.push("h");
        return g.neg();
      });
      const f = (t: Tensor): Tensor => {
        const inner = t.mul(w).mul(h);
        inner.registerHook((g) => {
          seen.push("inner");
          return g.add(1);
        });
        return inner.square();
      };
      (wrap ? checkpoint(f, h) : f(h)).add(w).sum().backward();
      return [seen, x.grad!.toArray(), w.grad!.toArray()];
    };
    expect(run(true)).toEqual(run(false));
    expect((run(true) as [string[]])[0]).toEqual(["inner", "h", "w"]);
  });

  it("leave the tensors that they gave and were given to the user", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const given = double([5, 6]);
    const seen: Tensor[] = [];
    x.registerHook(() => given);
    y.registerHook((g) => void seen.push(g));
    x.add(y).sum().backward();
    assign(x.grad!, double([0, 0]));
    assign(y.grad!, double([0, 0]));
    expect([given.toArray(), seen[0]!.toArray()]).toEqual([[5, 6], [1, 1]]); // prettier-ignore
  });

  it.each<[string, () => unknown, unknown]>([
    [
      "a tensor without gradients",
      () => double([1]).registerHook(() => undefined),
      new GradError(
        "registerHook: expected a tensor that requires gradients, got one that does not. " +
          "Create it with requiresGrad: true, or compute it of tensors that do.",
      ),
    ],
    [
      "retainGrad of a tensor without gradients",
      () => noGrad(() => leaf([1]).mul(2)).retainGrad(),
      new GradError(
        "retainGrad: expected a tensor that requires gradients, got one that does not. " +
          "Create it with requiresGrad: true, or compute it of tensors that do.",
      ),
    ],
    [
      "a result, after accumulation",
      () =>
        leaf([1])
          .mul(2)
          .registerPostAccumulateGradHook(() => undefined),
      new GradError("registerPostAccumulateGradHook: expected a leaf, got the result of mul. Use its registerHook."),
    ],
    [
      "what is no gradient",
      () => backwardWith(() => 3 as never),
      new ValueError("registerHook: expected the hook to give a gradient or undefined, got 3."),
    ],
    [
      "another shape",
      () => backwardWith(() => zeros([3], { dtype: "float64" })),
      new ShapeError("registerHook: expected a gradient of shape [2], as its tensor, got [3]."),
    ],
    [
      "another dtype",
      () => backwardWith(() => zeros([2])),
      "registerHook: expected a gradient of dtype float64, as its tensor, got float32.",
    ],
  ])("refuse %s", (_, act, error) => {
    expect(act).toThrow(error as Error);
  });

  function backwardWith(hook: () => Tensor): void {
    const x = leaf([1, 2]);
    x.registerHook(hook);
    x.sum().backward();
  }
});

describe("registerPostAccumulateGradHook", () => {
  it("sees each leaf after each addition, until it is removed", () => {
    const [x, y] = [leaf([1, 2]), leaf([3, 4])];
    const seen: unknown[] = [];
    const handle = x.registerPostAccumulateGradHook((t) => void seen.push(t === x, t.grad?.toArray()));
    x.mul(y).sum().backward();
    x.sum().backward();
    y.sum().backward();
    handle.remove();
    x.sum().backward();
    expect(seen).toEqual([true, [3, 4], true, [4, 5]]);
  });

  it("may step and forget the gradient", () => {
    const w = leaf([3]);
    w.registerPostAccumulateGradHook((t) => {
      assign(t, t.sub(t.grad!.mul(0.5)));
      t.grad = undefined;
    });
    for (let i = 0; i < 3; i++) w.square().mul(0.5).sum().backward();
    expect(w.grad).toBeUndefined();
    expect(w.item()).toBe(0.375);
  });
});

describe("retainGrad", () => {
  it("keeps what backward adds, and a gradient of its own", () => {
    const x = leaf([1, 2]);
    const y = x.mul(3).retainGrad();
    const z = y.add(0).retainGrad();
    z.sum().backward(undefined, { retainGraph: true });
    assign(z.grad!, double([9, 9]));
    expect([x.grad!.toArray(), y.grad!.toArray(), z.grad!.toArray()]).toEqual([[3, 3], [1, 1], [9, 9]]); // prettier-ignore
    z.sum().backward();
    expect([x.grad!.toArray(), y.grad!.toArray(), z.grad!.toArray()]).toEqual([[6, 6], [2, 2], [10, 10]]); // prettier-ignore
  });

  it("gives a gradient that can be differentiated, with createGraph", () => {
    const x = leaf([2]);
    const y = x.square().retainGrad();
    y.pow(3).sum().backward(undefined, { createGraph: true });
    // dz/dy = 3 y², whose derivative by x is 6 y · 2 x
    expect(y.grad!.item()).toBe(48);
    expect(grad(y.grad!.sum(), [x])[0].item()).toBe(96);
  });

  it("is nothing new for a leaf, and gives its tensor", () => {
    const x = leaf([1]);
    expect(x.retainGrad()).toBe(x);
    x.mul(2).sum().backward();
    expect(x.grad?.item()).toBe(2);
  });
});
