import "@tapegrad/autograd";
import { Generator, randn, stack, tensor, type Tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const generator = new Generator(8);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { generator });
const sum = (terms: readonly Tensor[]): Tensor => terms.reduce((total, term) => total.add(term));

/** Parts of x whose gradients are put together; of which shape the whole is, and how many paddings are left. */
const rows: readonly (readonly [name: string, shape: number[], parts: (x: Tensor) => Tensor[], pads: number])[] = [
  ["steps of a sequence", [5, 3, 4], (x) => [0, 1, 2, 3, 4].map((t) => x.slice(t).mul(t + 1)), 0],
  ["in any order", [4, 3], (x) => [2, 0, 3, 1].map((t) => x.slice(t).mul(t + 1)), 0],
  ["chunks along the last axis", [2, 9], (x) => [0, 3, 6].map((at) => x.slice([], [at, at + 3]).mul(at + 1)), 0],
  ["with gaps", [9, 2], (x) => [x.slice([1, 3]), x.slice([4, 5]), x.slice([7, 8]).mul(3)], 0],
  ["that meet", [6, 2], (x) => [x.slice([0, 3]), x.slice([2, 4]), x.slice([4, 6]).mul(2), x.slice([1, 2]).mul(5)], 2],
  ["so many apart", [6, 4], (x) => [0, 1, 2].map((at) => x.slice([at, 6, 3]).mul(at + 1)), 0],
  ["so many apart, some of them", [4, 6], (x) => [1, 3].map((at) => x.slice([], [at, 6, 3]).mul(at + 1)).concat(x.slice([], [0, 6, 3]).mul(7)), 1],
  ["so many apart that do not come out even", [5, 2], (x) => [0, 1].map((at) => x.slice([at, 5, 2]).mul(at + 2)), 2],
  ["beside the whole", [4, 3], (x) => [x.square(), x.slice(1).mul(3), x.slice(3).mul(2), x.exp()], 0],
  ["along two axes", [4, 6], (x) => [x.slice([0, 2], [1, 4]), x.slice([2, 4], [1, 4]).mul(2), x.slice([0, 2]).mul(3)], 3],
]; // prettier-ignore

describe("gradients of parts are put together", () => {
  it.each(rows)("%s", (_, shape, parts, pads) => {
    const x = draw(...shape);
    const cotangents = parts(x).map((part) => draw(...part.shape));
    const gradient = (leaf: Tensor): Tensor => {
      const own = leaf.detach().requiresGrad_();
      sum(parts(own).map((part, i) => part.mul(cotangents[i]!).sum())).backward();
      return own.grad!;
    };
    const compiled = compile(gradient, { threads: 1 });
    const want = gradient(x);
    expect(compiled(x).sub(want).abs().max().item()).toBeLessThan(1e-6);
    expect(compiled.plan?.schedule.filter(({ kind }) => kind === "pad")).toHaveLength(pads);
  });

  it("has memory for one whole, however many steps there are", () => {
    const steps = 64;
    const x = draw(steps, 16, 8);
    const compiled = compile(
      (leaf: Tensor) => {
        const own = leaf.detach().requiresGrad_();
        stack(Array.from({ length: steps }, (_, t) => own.slice(t).square()))
          .mul(x)
          .sum()
          .backward();
        return own.grad!;
      },
      { threads: 1 },
    );
    compiled(x);
    expect(compiled.plan?.schedule.filter(({ kind }) => kind === "concat").length).toBeLessThanOrEqual(2);
    expect(compiled.plan!.bytes).toBeLessThan(16 * 4 * x.size);
  });

  const pad = (x: Tensor, low: number, high: number): Tensor =>
    apply("pad", [x], { low: [low], high: [high], interior: [0], value: 0 })[0];

  it("of which several sums have the same", () => {
    const f = (x: Tensor): Tensor[] => {
      const [first, last] = [pad(x, 0, 2), pad(x.exp(), 2, 0)];
      return [first.add(last), first.add(pad(x.square(), 2, 0))];
    };
    const compiled = compile(f, { threads: 1 });
    const x = draw(2);
    compiled(x).forEach((got, i) => expect(got.sub(f(x)[i]!).abs().max().item()).toBeLessThan(1e-6));
    expect(compiled.plan?.schedule.filter(({ kind }) => kind === "pad")).toHaveLength(0);
  });

  it("as often as a sum has them", () => {
    const f = (x: Tensor): Tensor =>
      pad(x, 0, 2)
        .add(pad(x, 0, 2))
        .add(pad(x.exp(), 2, 0))
        .add(pad(x, 0, 2));
    const x = draw(2);
    expect(compile(f)(x).sub(f(x)).abs().max().item()).toBeLessThan(1e-6);
  });

  const halves = (x: Tensor, value: number): Tensor => {
    const at = (low: number, high: number): Tensor =>
      apply("pad", [x], { low: [low], high: [high], interior: [0], value })[0];
    return at(0, 2).add(at(2, 0));
  };

  it.each([
    ["makes 0 of -0, as sums do", 0],
    ["leaves what is no zero around them", 3],
    ["leaves -0 around them", -0],
  ])("%s", (_, value) => {
    const x = tensor([-0, 1]);
    const compiled = compile((t: Tensor) => halves(t, value));
    expect(Array.from(compiled(x).data)).toEqual(Array.from(halves(x, value).data));
  });
});
