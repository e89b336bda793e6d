import { assign, cat, chunk, Generator, randn, tensor } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { primitives } from "@tapegrad/tensor/internal";
import { afterEach, describe, expect, it, vi } from "vitest";
import { defineFunction, detectAnomaly, grad, savedTensorsHooks } from "./index.ts";

const generator = new Generator(7);
const leaf = (shape: number[], dtype: "float32" | "float64" = "float32"): Tensor =>
  randn(shape, { dtype, generator }).requiresGrad_();
const sumOf = (parts: readonly Tensor[]): Tensor => parts.map((part) => part.sum()).reduce((a, b) => a.add(b));

afterEach(() => void vi.restoreAllMocks());

/** The elements of all results that kernels compute while `run` does. */
function elementsMade(run: () => void): number {
  let made = 0;
  for (const name of Object.keys(primitives) as (keyof typeof primitives)[]) {
    const { evaluate } = primitives[name];
    vi.spyOn(primitives[name], "evaluate").mockImplementation((...args: unknown[]) => {
      const results = (evaluate as (...given: unknown[]) => ReturnType<typeof evaluate>)(...args);
      if (name !== "reshape") for (const result of results) made += result.length;
      return results;
    });
  }
  run();
  vi.restoreAllMocks();
  return made;
}

describe("a walk back over the steps of a sequence", () => {
  const loops: Record<string, (x: Tensor, steps: number) => Tensor> = {
    "that takes slices": (x, steps) => sumOf(Array.from({ length: steps }, (_, t) => x.slice(t).tanh())),
    "that takes slices along the last axis": (x, steps) => {
      const turned = x.transpose();
      return sumOf(Array.from({ length: steps }, (_, t) => turned.slice([], [t, t + 1]).tanh()));
    },
    "that takes chunks": (x, steps) => sumOf(chunk(x, steps).map((part) => part.tanh())),
    "that looks rows up": (x, steps) =>
      sumOf(Array.from({ length: steps }, (_, t) => x.indexSelect(0, tensor([t, t], { dtype: "int32" })).tanh())),
  };

  it.each(Object.entries(loops))("%s makes as many elements for each step however many there are", (_, loop) => {
    const made = (steps: number): number => {
      const value = loop(leaf([steps, 16]), steps);
      return elementsMade(() => value.backward());
    };
    const [few, many] = [made(32), made(256)];
    expect(few).toBeGreaterThan(32 * 16);
    expect(many / few).toBeLessThan(8.5);
  });

  it("makes no element for the gradients of a weight but those of its products", () => {
    const w = leaf([8, 8]);
    const made = (steps: number): number => {
      const value = sumOf(Array.from({ length: steps }, () => leaf([2, 8]).detach().matmul(w)));
      return elementsMade(() => value.backward());
    };
    // The first two are added into a third array, the others into that.
    const each = 64 + 2 * 8 + 1;
    expect(made(9) - made(8)).toBeLessThan(each + 8);
  });
});

describe("what is added in place", () => {
  const index = (...positions: number[]): Tensor => tensor(positions, { dtype: "int32" });
  const graphs: Record<string, (x: Tensor) => Tensor[]> = {
    "slices that overlap": (x) => [x.slice([0, 3]).square(), x.slice([1, 4]).tanh(), x.slice([2, 5]).square()],
    "slices with steps, backwards and empty ones": (x) => [
      x.slice([0, 5, 2], [1, 4, 2]).square(),
      x.slice([4, 0, -2]).exp(),
      x.slice([2, 2]).exp(),
      x.slice([], [3, 4]).tanh(),
    ],
    "one slice alone": (x) => [x.slice([1, 3]).square()],
    "rows, some of them more than once": (x) => [
      x.indexSelect(0, index(1, 1, 1, 4, 1)).square(),
      x.indexSelect(0, index(4, 0)).tanh(),
      x.indexSelect(1, index(3, 3)).square(),
    ],
    "slices and rows on all of it": (x) => [
      x.square(),
      x.slice(2).exp(),
      x.indexSelect(0, index(2, 2)).exp(),
      x.tanh(),
    ],
    "all of it on slices and rows": (x) => [x.slice(2).exp(), x.indexSelect(0, index(2, 2)), x.square(), x.tanh()],
    "parts that were joined": (x) => [cat([x.slice([0, 2]), x.slice([3, 5]), x], 0).tanh(), x.slice(3).square()],
    itself: (x) => [x.add(x), x, x.slice(0), x],
  };
  const cases = (["float32", "float64"] as const).flatMap((dtype) =>
    Object.entries(graphs).map(([name, graph]) => [name, dtype, graph] as const),
  );

  it.each(cases)("has the bits of what is added apart: %s in %s", (_, dtype, graph) => {
    const x = leaf([5, 4], dtype);
    const f = (): Tensor => {
      const cotangents = new Generator(3);
      return sumOf(graph(x).map((part) => part.mul(randn(part.shape, { dtype, generator: cotangents }))));
    };
    const [apart] = grad(f(), [x], { createGraph: true });
    const [inPlace] = grad(f(), [x]);
    expect([...inPlace.data]).toEqual([...apart.data]);
    x.grad = undefined;
    f().backward();
    expect([...x.grad!.data]).toEqual([...apart.data]);
  });

  it("adds up in float64 what meets in one row", () => {
    const x = leaf([2]);
    const many = 4096;
    const ct = tensor(Array.from({ length: many }, (_, i) => (i === 0 ? 1 : 2 ** -24)));
    const twice = x.slice([0, 1]).sum().mul(0);
    const rows = x.indexSelect(0, tensor(new Int32Array(many)));
    twice.add(rows.mul(ct).sum()).backward();
    expect(x.grad!.toArray()).toEqual([Math.fround(1 + (many - 1) * 2 ** -24), 0]);
  });

  it("keeps NaN and infinities where they are", () => {
    const x = tensor([1, 1, 1, 1], { requiresGrad: true });
    sumOf([x.slice([0, 2]).mul(tensor([NaN, Infinity])), x.slice([1, 3]).mul(tensor([-Infinity, 2]))]).backward();
    expect(x.grad!.toArray()).toEqual([NaN, NaN, 2, 0]);
  });

  it("goes back through what has no elements, and through one element", () => {
    const [none, one] = [leaf([0, 3]), leaf([1])];
    sumOf([none.slice([], [0, 1]), none.slice([], 1), none])
      .add(sumOf([one.slice(0), one, one.slice([0, 1])]))
      .backward();
    expect([none.grad!.shape, one.grad!.toArray()]).toEqual([[0, 3], [3]]);
  });
});

describe("arrays that others can see stay as they are", () => {
  it("the cotangent that a walk starts from", () => {
    const [x, ct] = [leaf([3]), tensor([1, 2, 3])];
    const y = x.add(x).add(x);
    y.backward(ct);
    expect([ct.toArray(), x.grad!.toArray()]).toEqual([
      [1, 2, 3],
      [3, 6, 9],
    ]);
  });

  it("what hooks have seen, and what they gave", () => {
    const [x, given, seen] = [leaf([2]), tensor([5, 7]), [] as Tensor[]];
    const a = x.mul(1);
    const b = a.reshape(1, 2);
    a.registerHook((gradient) => void seen.push(gradient));
    b.registerHook(() => given.reshape(1, 2));
    sumOf([b, b, a, a.slice(0), x, x, x.slice(1)]).backward();
    expect([given.toArray(), seen[0]!.toArray(), x.grad!.toArray()]).toEqual([
      [5, 7],
      [7, 8],
      [9, 11],
    ]);
  });

  it("gradients that are kept, of results and of other leaves", () => {
    const [x, y] = [leaf([2]), leaf([2])];
    const sum = x.add(y).retainGrad();
    sumOf([sum, sum, sum, x, x, y.slice(0)]).backward();
    expect([sum, x, y].map(({ grad: gradient }) => gradient!.toArray())).toEqual([
      [3, 3],
      [5, 5],
      [4, 3],
    ]);
    expect(new Set([sum, x, y].map(({ grad: gradient }) => gradient!.data)).size).toBe(3);
  });

  it("cotangents that a function of one's own was given, kept, and handed on", () => {
    const kept: Tensor[] = [];
    const both = defineFunction({
      name: "both",
      forward: (_, a, b) => a.add(b),
      backward: (_, ct) => {
        kept.push(ct);
        return [ct, ct];
      },
    });
    const [x, y] = [leaf([2]), leaf([2])];
    sumOf([both(x, y), both(x, x), x, y.slice(1), y]).backward();
    expect(kept.map((ct) => ct.toArray())).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect([x.grad!.toArray(), y.grad!.toArray()]).toEqual([
      [4, 4],
      [2, 3],
    ]);
  });

  it("the gradient of an earlier walk", () => {
    const x = leaf([2]);
    const f = (): Tensor => sumOf([x.slice(0), x, x, x.slice(1)]);
    f().backward();
    const first = x.grad!;
    f().backward();
    expect([first.toArray(), x.grad!.toArray()]).toEqual([
      [3, 3],
      [6, 6],
    ]);
  });
});

describe("parts of a tensor", () => {
  it("are named by detectAnomaly", () => {
    const x = leaf([2]);
    const nan = (): void => {
      const part = x.slice([0, 1]);
      part.registerHook((gradient) => gradient.mul(NaN));
      sumOf([x, part]).backward();
    };
    expect(() => detectAnomaly(nan)).toThrow("Function 'slice' returned NaN in gradient 0. It was called at");
  });

  it("are found when what they were looked up by was packed, and are refused when it was changed", () => {
    const [x, index] = [leaf([3]), tensor([2, 0, 2], { dtype: "int32" })];
    const look = (): Tensor => x.gather(0, index).add(x.slice([0, 3]));
    savedTensorsHooks(
      (saved) => saved.toArray(1),
      (packed) => tensor(packed, { dtype: "int32" }),
      look,
    )
      .sum()
      .backward();
    expect(x.grad!.toArray()).toEqual([2, 1, 3]);
    const y = look().sum();
    assign(index, tensor([0, 0, 0], { dtype: "int32" }));
    expect(() => y.backward()).toThrow("gather: expected input 1 at version 0 as saved, got version 1.");
  });

  it("are freed, unless the graph is retained", () => {
    const x = leaf([3]);
    const y = x.gather(0, tensor([2], { dtype: "int32" })).sum();
    y.backward(undefined, { retainGraph: true });
    y.backward();
    expect(x.grad!.toArray()).toEqual([0, 0, 2]);
    expect(() => y.backward()).toThrow("freed by an earlier backward");
  });
});
