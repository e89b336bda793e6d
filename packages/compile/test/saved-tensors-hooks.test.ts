import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { savedTensorsHooks } from "@tapegrad/autograd";
import { Module } from "@tapegrad/nn";
import { type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { between } from "./between.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const leaf = (...data: number[]): Tensor => tensor(data, { requiresGrad: true, dtype: "float64" });
const double = (...data: number[]): Tensor => tensor(data, { dtype: "float64" });

describe("savedTensorsHooks", () => {
  it("work in a compiled function, and around one, between calls that do without", () => {
    const coarse = (t: Tensor): Tensor => t.mul(4).round().div(4);
    expectSameAsEager((wrap) => {
      const w = leaf(1.3, -0.7);
      const net = new (class extends Module {
        packs = false;
        override forward(x: Tensor): Tensor {
          const run = (): Tensor => x.mul(w).exp().mul(x).sum();
          const y = this.packs ? savedTensorsHooks(coarse, (t) => t, run) : run();
          y.backward();
          return y;
        }
      })();
      const inside = between(wrap, [w], (x) => net.forward(x), [
        () => (net.packs = true),
        () => (net.packs = false),
        () => (net.packs = true),
      ]);
      const plain = wrap((x: Tensor) => {
        const y = x.mul(w).exp().sum();
        y.backward();
        return y;
      });
      const around = [false, true, false].map((packs) => {
        w.grad = undefined;
        const y = packs ? savedTensorsHooks(coarse, (t) => t, () => plain(double(1, 2))) : plain(double(1, 2)); // prettier-ignore
        return [y, snapshot(w.grad)];
      });
      return [inside, around];
    }, 1e-12);
  });

  it("lets the elements of results go", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const a = tensor([1, 2], { requiresGrad: true });
    const arrays: WeakRef<object>[] = [];
    const make = (): Tensor => {
      const h = a.mul(2).exp();
      arrays.push(new WeakRef(h.storage.data!));
      return h.mul(h).sum();
    };
    const y = savedTensorsHooks((t) => t.toJSON(), (saved) => tensor(saved), make); // prettier-ignore
    const kept = make();
    await new Promise((resolve) => setTimeout(resolve, 0));
    collect();
    expect(arrays.map((array) => array.deref() === undefined)).toEqual([true, false]);
    y.backward();
    const packed = a.grad!.toArray();
    a.grad = undefined;
    kept.backward();
    expect(packed).toEqual(a.grad!.toArray());
  });
});
