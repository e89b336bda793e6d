import "@tapegrad/autograd";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

/** Reads what a kernel over all of x has made, in other loops. */
type Read = (made: Tensor) => Tensor;

const [rows, columns] = [24, 40];
const size = rows * columns;

const cheap: readonly (readonly [name: string, read: Read])[] = [
  ["rows of it", (made) => made.slice([3, 15]).exp()],
  ["columns of it", (made) => made.slice([], [5, 25]).exp()],
  ["every third column from the second on", (made) => made.slice([], [1, columns, 3]).exp()],
  ["columns backwards", (made) => made.flip(1).exp()],
  ["some columns backwards", (made) => made.slice([], [4, 20]).flip(1).exp()],
  ["rows as columns", (made) => made.transpose().exp()],
  ["rows in two loops", (made) => made.reshape([4, 6, columns]).permute([1, 0, 2]).exp()],
  ["columns in two loops, some backwards", (made) => made.reshape([rows, 5, 8]).flip(1).slice([], [1, 4]).exp()],
  ["one row", (made) => made.slice([7, 8]).exp()],
]; // prettier-ignore

const dear: readonly (readonly [name: string, read: Read])[] = [
  [
    "windows that overlap",
    (made) => apply("windows", [made], { axes: [1], size: [5], stride: [1], dilation: [1] })[0].exp(),
  ],
  ["one loop over rows and columns", (made) => made.reshape([size]).flip(0).exp()],
];

const generator = new Generator(71);
const [x, weight] = [randn([rows, columns], { generator }), randn([columns], { generator })];

/** What is read of x · weight, which a sum of squares needs as well, and the bytes that kernels read and write. */
function run(read: Read): { readonly got: Tensor; readonly want: Tensor; readonly bytes: number } {
  const both = (input: Tensor, by: Tensor): Tensor[] => {
    const made = input.mul(by);
    return [made.square().sum({ axis: 1 }), read(made)];
  };
  const compiled = compile(both, { threads: 1 });
  const [total, got] = compiled(x, weight) as [Tensor, Tensor];
  const [sums, want] = both(x, weight) as [Tensor, Tensor];
  expect(total.sub(sums).abs().max().item()).toBeLessThan(1e-4);
  return { got, want, bytes: compiled.plan!.bytes };
}

const worst = (got: Tensor, want: Tensor): number => got.sub(want).div(want).abs().max().item();

describe("a cheap value that loops of another kernel read", () => {
  // Those of the sums, then those of what is read: x, weight and the result, each once.
  const recomputed = (result: Tensor): number => 4 * (size + columns + rows + 3 * result.size);

  it.each(cheap)("is computed again: %s", (_, read) => {
    const { got, want, bytes } = run(read);
    expect(got.shape).toEqual(want.shape);
    expect(worst(got, want)).toBeLessThan(1e-6);
    expect(bytes).toBeLessThanOrEqual(recomputed(got));
  });

  it.each(dear)("is stored where it would be computed several times, or loops go on to other axes: %s", (_, read) => {
    const { got, want, bytes } = run(read);
    expect(worst(got, want)).toBeLessThan(1e-6);
    expect(bytes).toBeGreaterThanOrEqual(4 * (3 * size + got.size));
  });
});
