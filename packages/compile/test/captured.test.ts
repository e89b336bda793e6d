import "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { arange, assign, Generator, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const snapshots = (tensors: Iterable<Tensor>): (Tensor | undefined)[] => [...tensors].map(snapshot);

describe("captured tensors", () => {
  it("that are no parameters", () => {
    expectSameAsEager((wrap) => {
      const scale = tensor([2, 3]);
      const mask = tensor([1, 0], { dtype: "bool" });
      const index = tensor([1, 0, 1], { dtype: "int32" });
      const f = wrap((x: Tensor) => x.mul(scale).maskedFill(mask, -1).indexSelect(0, index));
      const first = f(tensor([1, 2]));
      assign(scale, tensor([5, 7]));
      assign(mask, tensor([0, 1], { dtype: "bool" }));
      assign(index, tensor([0, 0, 1], { dtype: "int32" }));
      return [first, f(tensor([1, 2]))];
    });
  });

  it("that share a storage", () => {
    expectSameAsEager((wrap) => {
      const state = tensor([
        [1, 2],
        [3, 4],
      ]);
      const [flat, alias] = [state.reshape(4), state.detach()];
      const f = wrap((x: Tensor) => {
        assign(flat, flat.add(x));
        const seen = alias.sum({ axis: 0 });
        assign(alias, alias.mul(2));
        return [seen, state.mul(1)];
      });
      return [f(tensor([1, 1, 1, 1])), f(tensor([0, 1, 0, 1])), snapshot(state), flat.toArray()];
    });
  });

  it("swap", () => {
    expectSameAsEager((wrap) => {
      const [a, b] = [tensor([1, 2]), tensor([3, 4])];
      const f = wrap(() => {
        const old = a.clone();
        assign(a, b);
        assign(b, old);
      });
      f();
      const once = snapshots([a, b]);
      f();
      f();
      return [once, snapshots([a, b])];
    });
  });

  it("count versions", () => {
    const state = tensor([1]);
    const f = compile(() => assign(state, state.add(1)));
    const before = state.storage.version;
    f();
    f();
    expect(state.storage.version).toBe(before + 2);
  });

  it("are made when they are first needed", () => {
    expectSameAsEager((wrap) => {
      const lazy: { total?: Tensor; count?: Tensor; table?: Tensor } = {};
      const f = wrap((x: Tensor) => {
        lazy.total ??= zeros(x.shape);
        lazy.count ??= zeros([]);
        lazy.table ??= arange(x.size);
        assign(lazy.total, lazy.total.add(x.mul(lazy.table)));
        assign(lazy.count, lazy.count.add(1));
        return lazy.total.div(lazy.count);
      });
      const seen = [f(tensor([1, 2])), f(tensor([3, 4])), f(tensor([5, 6]))];
      return [seen, snapshot(lazy.total), snapshot(lazy.count)];
    });
  });

  it("are made anew in every call", () => {
    expectSameAsEager((wrap) => {
      const f = wrap((x: Tensor) => {
        const total = zeros(x.shape);
        const generator = new Generator(4);
        for (let i = 0; i < 3; i++) assign(total, total.add(x).add(functional.dropout(x, { rate: 0.5, generator })));
        return total;
      });
      return [f(tensor([1, 2, 3])), f(tensor([3, 4, 5]))];
    });
  });
});
