import { grad } from "@tapegrad/autograd";
import { cat, Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it, vi } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager } from "./same-as-eager.ts";

vi.mock("../src/wasm/memory/large-part.ts", () => ({ largePart: 32 }));

const generator = new Generator(11);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { generator });
const [a, b, c] = [draw(8, 6), draw(8, 6), draw(5, 6)];

type Parts = (x: Tensor, y: Tensor, z: Tensor) => Tensor[];

/** How many kernels copy what is concatenated, or some of it. */
const copies = (f: Parts): number => {
  const run = compile(f, { threads: 1 });
  run(a, b, c);
  return run.plan!.schedule.filter(({ kind }) => kind === "concat").length;
};

const whole = (...parts: readonly Tensor[]): Tensor => cat([...parts]);

const rows: readonly (readonly [name: string, copies: number, f: Parts])[] = [
  ["computed in loops", 0, (x, y, z) => [whole(x.exp(), y.add(1), z.neg())]],
  ["in another order than they are computed", 0, (x, y, z) => {
    const first = x.exp();
    return [whole(z.mul(first.sum()), y.mul(first), first)];
  }],
  ["products, with what becomes of them", 0, (x, y, z) => [whole(x.matmul(y.transpose()).relu(), z.matmul(x.transpose()))]],
  ["sums of columns and of rows", 0, (x, y) => [whole(x.matmul(y.transpose()).sum({ axis: 0, keepDims: true }).exp(), y.matmul(x.transpose()))]],
  ["along a later axis of a single row", 0, (x, y) => [apply("concat", [x.exp().reshape([1, 48]), y.exp().reshape([1, 48])], { axis: 1 })[0]]],
  ["of a whole that is a part", 0, (x, y, z) => [whole(x.exp(), whole(z.exp(), y.exp()))]],
  ["read by others, too, before and after", 0, (x, y, z) => {
    const [p, q] = [x.exp(), z.exp()];
    return [whole(p, q).matmul(y.transpose()), p.cumsum({ axis: 0 }), q.sum(), p.add(1)];
  }],
  ["given as results", 0, (x, y, z) => {
    const [p, q] = [x.exp(), z.neg()];
    return [p, whole(p, q), q, y];
  }],
  ["that are there twice", 1, (x, y) => {
    const [p, q] = [x.exp(), y.exp()];
    return [whole(p, q, p), whole(q, p)];
  }],
  ["of which some are arguments, views or small", 1, (x, y, z) => [whole(x, y.exp(), z.exp().flip(), z.exp().slice([1, 4]), y.sum({ axis: 0, keepDims: true }))]],
  ["along a later axis", 1, (x, y) => [apply("concat", [x.exp(), y.exp()], { axis: 1 })[0]]],
]; // prettier-ignore

describe("parts that are concatenated", () => {
  it.each(rows)("%s", (_, count, f) => {
    expectSameAsEager((wrap) => {
      const run = wrap(f);
      return [run(a, b, c), run(b, a, c.add(1))];
    });
    expect(copies(f)).toBe(count);
  });

  it.each(rows)("and their gradients: %s", (_, _count, f) => {
    expectSameAsEager((wrap) => {
      const run = wrap((...all: Tensor[]) => {
        const leaves = all.map((x) => x.detach().requiresGrad_()) as [Tensor, Tensor, Tensor];
        const [result] = f(...leaves);
        result!.mul(result!.detach().add(2)).sum().backward();
        return leaves.map(({ grad }) => grad ?? tensor(0));
      });
      return run(a, b, c);
    });
  });

  it("of gradients of leaves are not written before a check that may fail", () => {
    const leaf = draw(16, 6).requiresGrad_();
    const step = compile(
      (scale: Tensor, at: Tensor) => {
        leaf.grad = undefined;
        const halves = [0, 8].map((from) => leaf.slice([from, from + 8]));
        const loss = (): Tensor => halves[0]!.mul(scale).exp().add(halves[1]!.mul(scale).exp()).sum();
        const [part] = grad(loss(), halves);
        loss().backward();
        // The check waits for a part.
        const index = at.add(part!.lt(-9).any().to("int32"));
        return a.indexSelect(0, index);
      },
      { threads: 1 },
    );
    step(tensor(0.5), tensor([3], { dtype: "int32" }));
    expect(() => step(tensor(0.7), tensor([16], { dtype: "int32" }))).toThrow();
    // Read for the first time: what was read before would be a copy.
    const want = leaf.detach().mul(0.5).exp().mul(0.5);
    expectClose(leaf.grad!, want, { rtol: 1e-6, what: "gradient" });
  });
});
