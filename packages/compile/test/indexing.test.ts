import { gradcheck } from "@tapegrad/autograd";

import { type AtPosition, Generator, nonzero, randn, Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager } from "./same-as-eager.ts";

const draw = (seed: number, shape: readonly number[]): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });
const ints = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { dtype: "int32" });

/** Elements by position, without any function of the house: PyTorch's rules said once more, as a loop. */
function naive(x: Tensor, positions: readonly AtPosition[]): { shape: number[]; data: number[] } {
  // A number picks first; what is left is a list of positions for a range, or an index with a shape.
  const each = x.shape.map((extent, axis) => {
    const position = positions[axis] ?? [];
    if (typeof position === "number") return { kind: "number" as const, at: position };
    if (position instanceof Tensor) return { kind: "index" as const, index: position, extent };
    const all = Array.from({ length: extent }, (_, i) => i);
    const [start = 0, stop = extent] = position;
    return { kind: "range" as const, list: all.slice(start, stop) };
  });
  const indices = each.flatMap((e) => (e.kind === "index" ? [e.index] : []));
  const rank = Math.max(0, ...indices.map((i) => i.ndim));
  const broadcast = Array.from({ length: rank }, (_, a) => {
    const extents = indices.map((i) => i.shape[a - rank + i.ndim] ?? 1);
    return extents.find((extent) => extent !== 1) ?? 1;
  });
  const kinds = each.filter((e) => e.kind === "range" || (e.kind === "index" && e.index.ndim > 0)).map((e) => e.kind);
  const [first, last] = [kinds.indexOf("index"), kinds.lastIndexOf("index")];
  const apart = kinds.slice(first, last).includes("range");
  const lead = apart || first < 0 ? 0 : kinds.slice(0, first).length;
  const lists = each.flatMap((e) => (e.kind === "range" ? [e.list] : []));
  const shape = [...lists.slice(0, lead).map((l) => l.length), ...broadcast, ...lists.slice(lead).map((l) => l.length)];
  const data: number[] = [];
  const size = shape.reduce((p, n) => p * n, 1);
  for (let flat = 0; flat < size; flat++) {
    const out: number[] = [];
    for (let a = shape.length - 1, rest = flat; a >= 0; a--) {
      out[a] = rest % shape[a]!;
      rest = Math.floor(rest / shape[a]!);
    }
    const inIndex = out.slice(lead, lead + rank);
    const inRanges = [...out.slice(0, lead), ...out.slice(lead + rank)];
    let [source, range] = [0, 0];
    each.forEach((e, axis) => {
      let position: number;
      if (e.kind === "number") position = e.at;
      else if (e.kind === "range") position = e.list[inRanges[range++]!]!;
      else {
        let at = 0;
        e.index.shape.forEach((n, a) => (at = at * n + (n === 1 ? 0 : inIndex[a + rank - e.index.ndim]!)));
        position = e.index.data[at]!;
      }
      source = source * x.shape[axis]! + (position < 0 ? position + x.shape[axis]! : position);
    });
    data.push(x.data[source]!);
  }
  return { shape, data };
}

const x = draw(7, [4, 3, 5]);
const wide = draw(6, [2, 4, 3, 5]);
const [i, j, k] = [ints([3, 0, 0, -1]), ints([[2], [-3]]), ints([4, -5, 1, 1])];

type Row = readonly [name: string, positions: readonly AtPosition[], shape: readonly number[], of?: Tensor];

const rows: readonly Row[] = [
  ["nothing", [], [4, 3, 5]],
  ["one index", [i], [4, 3, 5]],
  ["an index of two axes", [j], [2, 1, 3, 5]],
  ["a pair that broadcasts", [i, j], [2, 4, 5]],
  ["all three", [i, j, k], [2, 4]],
  ["the last axis", [[], [], k], [4, 3, 4]],
  ["a middle axis", [[], j], [4, 2, 1, 5]],
  ["two that a range keeps apart", [i, [], k], [4, 3]],
  ["two that a part of an axis keeps apart", [i, [1, 3], k], [4, 2]],
  ["two behind a range", [[1, 4], j, k], [3, 2, 4]],
  ["a number and an index", [2, j], [2, 1, 5]],
  // NumPy would put the index first; PyTorch takes the number first.
  ["a number, a range and an index", [0, [], k], [3, 4]],
  ["an index and a number", [i, -1], [4, 5]],
  ["a number between", [i, 1, k], [4]],
  ["a position without axes", [ints(-2)], [3, 5]],
  ["one without axes before a range and an index", [ints(1), [], k], [3, 4]],
  ["numbers and ranges alone", [1, [], [0, 2]], [3, 2]],
  ["two that are apart behind a range", [[], i, [], k], [4, 2, 3], wide],
  ["two that a number keeps apart, behind a range", [[], i, 1, k], [2, 4], wide],
  ["two behind a range, one of them without axes", [[0, 1], [], ints(2), k], [1, 4, 4], wide],
  ["no positions", [ints([]).reshape([0])], [0, 3, 5]],
];

describe("x.at", () => {
  it.each(rows.map((row) => ({ name: row[0], row })))(
    "takes $name, eagerly and compiled, with its gradients",
    ({ row }) => {
      const [, positions, shape, of = x] = row;
      const want = naive(of, positions);
      expect(want.shape).toEqual(shape);
      const got = of.at(...positions);
      expect(got.shape).toEqual(shape);
      expect(Array.from(got.data)).toEqual(want.data);
      gradcheck((t) => t.at(...positions), [of], { order: 2 });
      expectSameAsEager((wrap) => {
        const leaf = of.clone().requiresGrad_();
        const step = wrap((weight: Tensor) => {
          const y = leaf.at(...positions);
          y.mul(weight).sum().backward();
          return y.detach();
        });
        const weight = draw(8, shape);
        return [1, 2].map(() => [step(weight).clone(), leaf.grad!.clone()]);
      }, 0);
    },
  );

  it("adds up the gradients of a position that is taken several times", () => {
    const table = tensor([[1, 2], [3, 4]], { requiresGrad: true }); // prettier-ignore
    const y = table.at(ints([1, 1, -1, 0]), ints([0, 0, 0, 1]));
    expect(y.toArray()).toEqual([3, 3, 3, 2]);
    y.mul(tensor([1, 10, 100, 1000]))
      .sum()
      .backward();
    expect(table.grad!.toArray()).toEqual([[0, 1000], [111, 0]]); // prettier-ignore
  });

  it("takes positions that are computed inside a compiled function", () => {
    expectSameAsEager((wrap) => {
      const best = wrap((scores: Tensor) => scores.at(scores.argmax({ axis: 0 }), ints([0, 1, 2])));
      return [1, 2, 3].map((seed) => best(draw(seed, [4, 3])));
    }, 0);
  });

  it("takes where a mask is true, of one axis or several", () => {
    const m = tensor([[1, 2, 3], [4, 5, 6]]); // prettier-ignore
    expect(m.at(m.gt(2)).toArray()).toEqual([3, 4, 5, 6]);
    expect(m.at([], tensor([true, false, true])).toArray()).toEqual([[1, 3], [4, 6]]); // prettier-ignore
    expect(m.at(tensor([false, true]), [0, 2]).toArray()).toEqual([[4, 5]]); // prettier-ignore
    expect(m.at(tensor([true, true]), ints([2, 0])).toArray()).toEqual([3, 4]);
    expect(m.at(m.gt(9)).shape).toEqual([0]);
    const leaf = x.clone().requiresGrad_();
    const mask = x.at([], [], 0).gt(0);
    expect(leaf.at([], mask.at(0)).shape).toEqual([4, mask.at(0).sum().item(), 5]);
    const [all, some] = [leaf.at(mask), leaf.at(mask.logicalNot())];
    expect([all.shape, some.shape]).toEqual([[mask.sum().item(), 5], [12 - mask.sum().item(), 5]]); // prettier-ignore
    all.square().sum().backward();
    expect(leaf.grad!.at(mask).toArray()).toEqual(all.mul(2).toArray());
    expect(leaf.grad!.at(mask.logicalNot()).abs().max().item()).toBe(0);
  });

  it("refuses a mask inside a compiled function, and names where", () => {
    const masked = compile((t: Tensor) => t.at(t.gt(0)).sum());
    expect(() => masked(x)).toThrow(
      "at: expected a call outside compiled functions, got one while tracing. How many elements are not 0 differs from call to call: choose between values with where(...).",
    );
    expect(() => compile((t: Tensor) => nonzero(t))(x)).toThrow(/^nonzero: expected .* where\(\.\.\.\)/);
  });
});

describe("nonzero", () => {
  it.each<[string, Tensor, unknown]>([
    ["a matrix", tensor([[0, 2], [NaN, -0]]), [[0, 1], [1, 0]]],
    ["a mask", tensor([true, false, true]), [[0], [2]]],
    ["nothing", tensor([0, 0]), []],
  ])("of %s", (_, t, want) => {
    expect(nonzero(t).toArray()).toEqual(want);
    expect([nonzero(t).dtype, nonzero(t).shape[1]]).toEqual(["int32", t.ndim]);
  }); // prettier-ignore

  it("of a tensor without axes has none either", () => {
    expect([nonzero(tensor(3)).shape, nonzero(tensor(0)).shape]).toEqual([[1, 0], [0, 0]]); // prettier-ignore
  });
});
