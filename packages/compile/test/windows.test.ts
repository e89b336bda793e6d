import { grad } from "@tapegrad/autograd";
import { Embedding, EmbeddingBag, FractionalMaxPool2d, functional, GlobalAvgPool, GlobalMaxPool } from "@tapegrad/nn";
import { assign, Generator, manualSeed, randn, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { wave } from "../../nn/test/networks/waves.ts";
import { windowRows } from "../../nn/test/windows/window-rows.ts";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const ints = (...values: number[]) => tensor(values, { dtype: "int32" });

describe("layers over windows and positions, compiled: results and gradients are those of eager", () => {
  // As many programs as there are rows would take long: each of the others differs by a number.
  const names = Object.keys(windowRows).filter((name) => !/ to |align true|by (3|0\.6)|1d, p (1|3)/.test(name));

  it.each(names)("%s", (name) => {
    const { shapes, run } = windowRows[name]!;
    expectSameAsEager((wrap) => {
      const inputs = shapes.map((shape, k) => wave(shape, 0.2 + k, "float32").requiresGrad_());
      const step = wrap(() => {
        const y = run(...inputs);
        return [y, ...grad(y.mul(wave(y.shape, 0.9, "float32")).sum(), inputs, { allowUnused: true })];
      });
      return [step(), step()].map((results) => results.map((t) => snapshot(t)));
    }, 1e-5);
  });
});

describe("what changes between calls of a compiled function", () => {
  it("shortens rows in place in each call, as eager does", () => {
    expectSameAsEager((wrap) => {
      const layer = new Embedding(4, 3, { maxNorm: 1, normType: 1, generator: new Generator(1) });
      const bag = new EmbeddingBag(4, 3, { maxNorm: 0.5, mode: "sum", generator: new Generator(2) });
      const run = wrap((index: ReturnType<typeof ints>) => [layer.forward(index), bag.forward(index.unsqueeze(0))]);
      return [ints(2, 0), ints(2, 2), ints(3, 0)].map((index, i) => {
        if (i === 1) assign(layer.weight, layer.weight.mul(5).detach());
        const results = run(index).map((t) => snapshot(t));
        return [results, snapshot(layer.weight), snapshot(bag.weight)];
      });
    });
  });

  it("draws other windows in each call", () => {
    expectSameAsEager((wrap) => {
      manualSeed(4);
      const layer = new FractionalMaxPool2d(2, { outputSize: [3, 5] });
      const x = randn([2, 2, 7, 9], { generator: new Generator(1) });
      const run = wrap(() => layer.forward(x));
      const seen = [run(), run(), run()].map((t) => snapshot(t));
      expect(seen[0]!.toArray()).not.toEqual(seen[1]!.toArray());
      return seen;
    });
  });

  it("takes another mask in each call", () => {
    expectSameAsEager((wrap) => {
      const x = randn([2, 3, 4], { generator: new Generator(1) });
      const mask = tensor([[1, 1, 0, 0], [1, 0, 1, 1]]).ne(0); // prettier-ignore
      const [average, maximum] = [new GlobalAvgPool(), new GlobalMaxPool()];
      const run = wrap(() => [average.forward(x, mask), maximum.forward(x, mask)]);
      return [0, 1].map(() => {
        const results = run().map((t) => snapshot(t));
        assign(mask, mask.logicalNot());
        return results;
      });
    });
  });

  it("gives NaN at places that are NaN, and refuses offsets out of order", () => {
    const x = randn([1, 1, 3, 3], { generator: new Generator(1) });
    for (const mode of ["nearest", "bilinear", "bicubic"] as const) {
      for (const paddingMode of ["zeros", "border", "reflection"] as const) {
        const grid = tensor([[[[NaN, 0], [0, 0.1]]]]); // prettier-ignore
        const run = compile(() => functional.gridSample(x, grid, { mode, paddingMode }));
        expect(Array.from(run().data, Number.isNaN)).toEqual([true, false]);
      }
    }
    const bag = compile((offsets: ReturnType<typeof ints>) => functional.embeddingBag(ints(0, 1, 0), randn([2, 2]), { offsets })); // prettier-ignore
    expect(() => bag(ints(0, 2, 1))).toThrow("embeddingBag: expected offsets in order, got one that is 1 less than the one before.");
  }); // prettier-ignore
});
