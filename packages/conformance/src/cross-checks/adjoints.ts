import { randint, Generator, zeros } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { array, integer, nat, record } from "fast-check";
import { seeds, shapes, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { at, expected, indices, inner } from "./naive.ts";

const indexed = record({
  shape: shapes({ minRank: 1, maxRank: 3 }),
  count: integer({ min: 0, max: 5 }),
  choice: nat(9),
  seed: seeds,
});

const axisOfWindows = record({
  outputs: integer({ min: 1, max: 3 }),
  size: integer({ min: 1, max: 3 }),
  stride: integer({ min: 1, max: 3 }),
  dilation: integer({ min: 1, max: 2 }),
  rest: integer({ min: 0, max: 2 }),
});
const windowed = record({
  axes: array(axisOfWindows, { minLength: 1, maxLength: 2 }),
  batch: integer({ min: 1, max: 2 }),
  seed: seeds,
});

/** Pairs of operations of which one is the transpose of the other: ⟨A·x, y⟩ = ⟨x, Aᵀ·y⟩. */
export const adjoints: readonly CrossCheck[] = [
  crossCheck("gather and scatterAdd", indexed, ({ shape, count, choice, seed }, check) => {
    const draw = source(seed);
    const axis = choice % shape.length;
    const x = draw(...shape);
    const index = randint(0, shape[axis]!, shape.with(axis, count), { generator: new Generator(seed) });
    const y = draw(...index.shape);
    const picked = (i: readonly number[]): number[] => i.with(axis, at(index, i));
    check.tensor(
      "gather",
      x.gather(axis, index),
      expected(index.shape, (i) => at(x, picked(i))),
    );
    const sums = new Map<string, number>();
    for (const i of indices(index.shape)) {
      const key = picked(i).join();
      sums.set(key, (sums.get(key) ?? 0) + at(y, i));
    }
    const scattered = zeros(shape, { dtype: "float64" }).scatterAdd(axis, index, y);
    check.tensor(
      "scatterAdd",
      scattered,
      expected(shape, (i) => sums.get(i.join()) ?? 0),
    );
    check.number("⟨gather(x), y⟩", inner(x.gather(axis, index), y), inner(x, scattered));
  }),
  crossCheck("windows and foldWindows", windowed, ({ axes: specs, batch, seed }, check) => {
    const draw = source(seed);
    const extents = specs.map(({ outputs, size, stride, dilation, rest }) => {
      // What is left over at the end is too short for one more window.
      return (outputs - 1) * stride + (size - 1) * dilation + 1 + Math.min(rest, stride - 1);
    });
    const shape = [batch, ...extents];
    const attrs = {
      axes: specs.map((_, i) => i + 1),
      size: specs.map(({ size }) => size),
      stride: specs.map(({ stride }) => stride),
      dilation: specs.map(({ dilation }) => dilation),
    };
    const x = draw(...shape);
    const [views] = apply("windows", [x], attrs); // [batch, ...outputs, ...size]
    const out = [batch, ...specs.map(({ outputs }) => outputs), ...attrs.size];
    const read = (index: readonly number[]): number[] => [
      index[0]!,
      ...specs.map(({ stride, dilation }, i) => index[i + 1]! * stride + index[i + 1 + specs.length]! * dilation),
    ];
    check.tensor(
      "windows",
      views,
      expected(out, (index) => at(x, read(index))),
    );
    const y = draw(...out);
    const [folded] = apply("foldWindows", [y], { ...attrs, shape });
    const sums = new Map<string, number>();
    for (const index of indices(out)) {
      const key = read(index).join();
      sums.set(key, (sums.get(key) ?? 0) + at(y, index));
    }
    check.tensor(
      "foldWindows",
      folded,
      expected(shape, (index) => sums.get(index.join()) ?? 0),
    );
    check.number("⟨windows(x), y⟩", inner(views, y), inner(x, folded));
  }),
];
