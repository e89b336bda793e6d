import { checkpoint, defineFunction, detectAnomaly, grad, noGrad } from "@tapegrad/autograd";
import { CompileError, GradError, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager } from "./same-as-eager.ts";

describe("detectAnomaly around compiled functions", () => {
  const x = tensor([0, 1], { requiresGrad: true });
  const make = (): ((x: Tensor) => Tensor) =>
    compile((by) => {
      x.grad = undefined;
      const y = x.sqrt().mul(by).sum();
      y.backward();
      return y;
    });

  it("finds NaN in the first call and in later ones, and lets numbers pass", () => {
    const step = make();
    const bad = tensor([0, 1]);
    expect(() => detectAnomaly(() => step(bad))).toThrow("Function 'sqrt' returned NaN in gradient 0.");
    step(bad);
    expect(x.grad?.toArray()).toEqual([NaN, 0.5]);
    expect(() => detectAnomaly(() => step(bad))).toThrow("Function 'sqrt' returned NaN in gradient 0.");
    const y = detectAnomaly(() => step(tensor([1, 1])));
    expect([y.item(), y.node, x.grad?.toArray()]).toEqual([1, undefined, [Infinity, 0.5]]);
  });

  it("names the line of the compiled function, forward and backward, whether it was traced before or not", () => {
    let at = 0;
    const w = tensor([1, 2], { requiresGrad: true });
    const step = compile((by: Tensor) => {
      w.grad = undefined;
      at = Number(/autograd-modes\.test\.ts:(\d+):\d+/.exec(new Error().stack!)![1]) + 1;
      const y = w.mul(by).log();
      y.sum().backward();
      return y;
    });
    const says = (): RegExp =>
      new RegExp(`^Function 'log' returned NaN\\. It was called at [^\n]*autograd-modes\\.test\\.ts:${at}:\\d+\\.$`);
    for (let i = 0; i < 2; i++) {
      expect(() => detectAnomaly(() => step(tensor([1, -1])))).toThrow(GradError);
      expect(() => detectAnomaly(() => step(tensor([1, -1])))).toThrow(says());
      expect(step(tensor([1, -1])).toArray()).toEqual([0, NaN]);
    }
    expect(step.builds).toBe(1);
  });

  it("is refused inside", () => {
    const f = compile((by: Tensor) => detectAnomaly(() => by.mul(2)));
    expect(() => f(x)).toThrow(CompileError);
    expect(() => f(x)).toThrow(
      "detectAnomaly: expected a call outside compiled functions, got one while tracing. Put it around the call.",
    );
  });
});

describe("results of compiled functions", () => {
  const w = tensor([1, 2], { requiresGrad: true });
  const loss = compile((x: Tensor) => w.mul(x).sum());
  const message = (fn: string): GradError =>
    new GradError(
      `${fn}: expected an output that requires gradients, got what a compiled function gave. ` +
        `Call ${fn} inside the function that compile is given.`,
    );

  it.each<[string, (x: Tensor) => Tensor]>([
    ["as they are", loss],
    ["and what is made of them", (x) => loss(x).mul(2)],
    ["inside detectAnomaly", (x) => detectAnomaly(() => loss(x))],
  ])("cannot be gone back from: %s", (_, call) => {
    expect(() => call(tensor([3, 4])).backward()).toThrow(message("backward"));
    expect(() => grad(call(tensor([3, 4])), [w])).toThrow(message("grad"));
  });

  it("are no matter for other tensors", () => {
    const x = tensor([3, 4]);
    const same = compile((x: Tensor) => x);
    same(x);
    expect(() => x.backward()).toThrow("got one that no recorded operation made. Create its inputs");
    loss(x).mul(w.sum()).backward();
    expect(w.grad?.toArray()).toEqual([11, 11]);
  });
});

describe("modes of the tape in compiled functions", () => {
  it.each([
    ["noGrad", (fn: () => Tensor) => noGrad(fn)],
    ["checkpoint", (fn: () => Tensor) => checkpoint(fn, tensor([1]))],
  ])("%s refuses an async function there too", (name, run) => {
    const fn = (async () => tensor([1])) as unknown as () => Tensor; // oxlint-disable-line require-await
    expect(() => compile(() => run(fn))()).toThrow(`${name}: expected a function that is done when it returns`);
  });

  it("custom functions with aliased outputs give what they give eagerly, twice", () => {
    const both = defineFunction({
      name: "both",
      forward: (ctx, x: Tensor): readonly Tensor[] => {
        const y = x.square();
        ctx.save(x, y);
        return [y, y, x];
      },
      backward: (ctx, a, b, c) => a.add(b.mul(3)).mul(ctx.saved[0]!).mul(2).add(c.mul(ctx.saved[1]!)),
    });
    const x = tensor([1, 2, -3], { requiresGrad: true });
    expectSameAsEager((wrap) => {
      const f = wrap(() => {
        const [a, b, c] = both(x) as [Tensor, Tensor, Tensor];
        const [first] = grad(a.mul(b).add(c).sum(), [x], { createGraph: true }) as [Tensor];
        return [a, b, c, first, ...grad(first.square().sum(), [x])];
      });
      return [f(), f()];
    });
  });
});
