import { assign, randn, Generator, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { checkpoint, defineFunction, detectAnomaly, grad, savedTensorsHooks, toDot } from "./index.ts";

const generator = new Generator(3);
const draw = (...shape: number[]): Tensor => randn(shape, { generator, dtype: "float64" });

/** A net with an operation of each kind: what it saves are inputs, outputs, constants, nothing. */
function net(x: Tensor, w: Tensor, c: Tensor): Tensor {
  const h = x.matmul(w).tanh();
  return h.exp().mul(c).add(h).softmax({ axis: -1 }).mul(h.mul(h)).sum({ axis: 0 });
}

describe("savedTensorsHooks", () => {
  const [x, w, c] = [draw(3, 4).requiresGrad_(), draw(4, 5).requiresGrad_(), draw(5)];
  const ct = draw(5);

  it("changes nothing where what is unpacked is what was packed, in both orders", () => {
    const derivatives = (wrap: <T extends object>(run: () => T) => T): unknown => {
      const y = wrap(() => net(x, w, c));
      const [dx, dw] = grad(y.mul(ct).sum(), [x, w], { createGraph: true });
      const second = grad(dx.mul(dx).sum().add(dw.pow(3).sum()), [x, w]);
      return [y, dx, dw, ...second].map((t) => t.toArray());
    };
    const plain = derivatives((run) => run());
    expect(derivatives((run) => savedTensorsHooks((t) => t, (t) => t, run))).toEqual(plain); // prettier-ignore
    const json = (run: () => Tensor): Tensor => savedTensorsHooks((t) => t.toJSON(), (saved) => tensor(saved), run); // prettier-ignore
    expect(derivatives(json as never)).toEqual(plain);
  });

  it("packs what backward reads and nothing else, once for each operation that reads it", () => {
    const saved: unknown[] = [];
    const pack = (t: Tensor): Tensor => {
      saved.push(t.toArray());
      expect(t.requiresGrad).toBe(false);
      return t;
    };
    const a = tensor([1, 2], { requiresGrad: true });
    const run = (): Tensor =>
      a
        .mul(3)
        .add(1)
        .mul(tensor([5, 6]))
        .exp()
        .reshape([2])
        .neg();
    savedTensorsHooks(pack, (t) => t, run);
    // Factors beside what requires gradients, and the output of exp.
    expect(saved.slice(0, 2)).toEqual([3, [5, 6]]);
    expect(saved.length).toBe(3);
    saved.length = 0;
    savedTensorsHooks(pack, (t) => t, () => a.mul(a)); // prettier-ignore
    expect(saved).toEqual([[1, 2], [1, 2]]); // prettier-ignore
  });

  it("computes gradients with what is unpacked", () => {
    const a = tensor([1.26, 2.51], { requiresGrad: true });
    const round = (t: Tensor): Tensor => t.mul(10).round().div(10);
    const y = savedTensorsHooks(round, (t) => t, () => a.square()); // prettier-ignore
    y.sum().backward();
    expect(a.grad!.toArray(1).map((value) => Math.round(value * 1000) / 1000)).toEqual([2.6, 5]);
    expect(y.toArray(1)[0]).toBeCloseTo(1.5876);
  });

  it("is over with its function, also when that throws, and the innermost counts", () => {
    const seen: string[] = [];
    const note = (name: string) => (t: Tensor) => {
      seen.push(name);
      return t;
    };
    const a = tensor([1, 2], { requiresGrad: true });
    savedTensorsHooks(note("outer"), (t) => t, () => {
      a.exp();
      savedTensorsHooks(note("inner"), (t) => t, () => a.exp());
      a.exp();
    }); // prettier-ignore
    a.exp();
    expect(
      () =>
      savedTensorsHooks(note("failing"), (t) => t, () => {
        throw new Error("stop");
      }), // prettier-ignore
    ).toThrow("stop");
    a.exp();
    expect(seen).toEqual(["outer", "inner", "outer"]);
  });

  it("goes with hooks, retainGrad, inputs, checkpoint, functions of one's own, drawings and detectAnomaly", () => {
    const cube = defineFunction({
      name: "cube",
      forward: (ctx, t) => {
        ctx.save(t);
        return t.pow(3);
      },
      backward: (ctx, g) => g.mul(ctx.saved[0]!.square().mul(3)),
    });
    const run = (wrap: (f: () => Tensor) => Tensor): unknown => {
      const a = tensor([0.5, -0.25], { dtype: "float64", requiresGrad: true });
      let h = a;
      let g = a;
      const y = wrap(() => {
        h = a.exp().retainGrad();
        h.registerHook((ct) => ct.mul(2));
        g = cube(h.mul(h));
        return checkpoint((t) => t.sin().mul(h), g).add(g.cos());
      });
      expect(toDot(y)).toContain("cube");
      const loss = y.mul(tensor([0.7, -1.3], { dtype: "float64" })).sum();
      detectAnomaly(() => loss.backward(undefined, { retainGraph: true, createGraph: true }));
      const first = a.grad!;
      const [second] = grad(first.mul(first).sum(), [a], { retainGraph: true });
      const [dh] = grad(loss, [h]);
      return [first, h.grad!, second, dh].map((t) => t.toArray());
    };
    let packs = 0;
    const packing = (f: () => Tensor): Tensor => savedTensorsHooks((t) => (packs++, t.toJSON()), (saved) => tensor(saved), f); // prettier-ignore
    expect(run(packing)).toEqual(run((f) => f()));
    expect(packs).toBeGreaterThan(4);
  });

  it("notices an assignment to a tensor that was packed as it is", () => {
    const a = tensor([1, 2], { requiresGrad: true });
    const y = savedTensorsHooks((t) => t, (t) => t, () => a.mul(a)); // prettier-ignore
    assign(a, tensor([3, 4]));
    expect(() => y.sum().backward()).toThrow("mul: expected saved tensor 0 at version 0 as saved, got version 1.");
  });

  it.each<[string, unknown, string]>([
    ["no tensor", 3, "savedTensorsHooks: expected unpack to give a tensor, got 3."],
    [
      "another shape",
      tensor([1]),
      "savedTensorsHooks: expected unpack to give float32 of shape [2], as was saved, got float32 of shape [1].",
    ],
    [
      "another dtype",
      tensor([1, 2], { dtype: "float64" }),
      "savedTensorsHooks: expected unpack to give float32 of shape [2], as was saved, got float64 of shape [2].",
    ],
  ])("refuses %s", (_, given, message) => {
    const a = tensor([1, 2], { requiresGrad: true });
    const y = savedTensorsHooks(() => 0, () => given as Tensor, () => a.exp()); // prettier-ignore
    expect(() => y.sum().backward()).toThrow(message);
  });

  it("refuses async functions", () => {
    expect(() => savedTensorsHooks((t) => t, (t) => t, async () => tensor(1))).toThrow("savedTensorsHooks: expected a function that is done when it returns, got an async function."); // prettier-ignore
  });
});
