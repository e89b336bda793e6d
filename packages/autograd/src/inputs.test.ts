import { cat, ones, split, stack, Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, expectTypeOf, it } from "vitest";
import { checkpoint, defineFunction, grad, gradcheck, jvp, noGrad, vjp } from "./index.ts";

const leaf = (value: number): Tensor => tensor([value], { requiresGrad: true, dtype: "float64" });
const [x, y] = [leaf(2), leaf(3)];
/** A class of its own, as parameters are. */
class Weight extends Tensor {}
const weight = (): Weight => new Weight(leaf(1).storage, [1]).requiresGrad_();
const product = (a: Tensor, b: Tensor): Tensor => a.mul(b).sum();
const values = (tensors: Iterable<Tensor>): number[] => Array.from(tensors, (t) => t.item());
function* walk(...tensors: Tensor[]): Generator<Tensor, void> {
  yield* tensors;
}

describe("a tuple in gives a tuple out", () => {
  it("grad", () => {
    const pair = grad(product(x, y), [x, y]);
    expectTypeOf(pair).toEqualTypeOf<[Tensor, Tensor]>();
    expect(values(pair)).toEqual([3, 2]);
    const weights = [weight()];
    const list = grad(weights[0]!.square().sum(), weights);
    expectTypeOf(list).toEqualTypeOf<Tensor[]>();
    expect(values(list)).toEqual([2]);
    const fixed: readonly [Weight] = [weight()];
    expectTypeOf(grad(fixed[0].sum(), fixed)).toEqualTypeOf<[Tensor]>();
  });

  it("vjp", () => {
    const [value, pullback] = vjp(product, x, y);
    expectTypeOf(pullback).returns.toEqualTypeOf<[Tensor, Tensor]>();
    expect([value.item(), ...values(pullback())]).toEqual([6, 3, 2]);
    // @ts-expect-error -- a function of two tensors that gets one
    expect(() => vjp(product, x)).toThrow(ValueError);
  });

  it("jvp", () => {
    const [value, tangent] = jvp(product, [x, y], [ones([1], { dtype: "float64" }), y]);
    expect([value.item(), tangent.item()]).toEqual([6, 9]);
    // @ts-expect-error -- one tangent for two inputs
    expect(() => jvp(product, [x, y], [y])).toThrow("expected 2 tangents");
    const many = jvp((...all) => cat(all), [x, y] as Tensor[], [y, x] as Tensor[]);
    expectTypeOf(many).toEqualTypeOf<[value: Tensor, tangent: Tensor]>();
  });

  it("checkpoint and defineFunction", () => {
    const both = checkpoint((a, b) => [a.mul(2), b.mul(3)], x, y);
    expectTypeOf(both).toEqualTypeOf<[Tensor, Tensor]>();
    expect(values(both)).toEqual([4, 9]);
    const twice = defineFunction({ name: "twice", forward: (_, t) => [t, t], backward: (_, p, q) => p!.add(q!) });
    expectTypeOf(twice).returns.toEqualTypeOf<[Tensor, Tensor]>();
    expect(values(twice(x))).toEqual([2, 2]);
  });

  it("noGrad", () => {
    expectTypeOf(noGrad(() => [x, y])).toEqualTypeOf<[Tensor, Tensor]>();
    expectTypeOf(noGrad(() => [x, y].map((t) => t.neg()))).toEqualTypeOf<Tensor[]>();
    expectTypeOf(noGrad(() => undefined)).toEqualTypeOf<undefined>();
    expectTypeOf(noGrad(() => ({ loss: x }))).toEqualTypeOf<{ loss: Tensor }>();
    const any = <T>(fn: () => T): T => noGrad(fn);
    expectTypeOf(any(() => 1)).toEqualTypeOf<number>();
  });

  it("split", () => {
    const parts = split(tensor([1, 2, 3]), [1, 2]);
    expectTypeOf(parts).toEqualTypeOf<[Tensor, Tensor]>();
    expect(parts.map(({ shape }) => shape)).toEqual([[1], [2]]);
    expectTypeOf(split(tensor([1, 2, 3]), 2)).toEqualTypeOf<Tensor[]>();
    expectTypeOf(split(tensor([1, 2, 3]), [3] as number[])).toEqualTypeOf<Tensor[]>();
  });
});

describe("any iterable of tensors is taken", () => {
  it("by grad, jvp and gradcheck", () => {
    const of = grad(product(x, y), new Set([x, y]));
    expectTypeOf(of).toEqualTypeOf<Tensor[]>();
    expect(values(of)).toEqual([3, 2]);
    expect(values(grad(product(x, y), walk(y, x)))).toEqual([2, 3]);
    expect(values(grad(product(x, y), new Map([["x", x]]).values()))).toEqual([3]);
    expect(values(jvp(product, walk(x, y), walk(y, x)))).toEqual([6, 13]);
    expect(gradcheck(product, walk(x, y)).checks).toBe(2);
  });

  it("by cat and stack", () => {
    expect(cat(walk(x, y)).shape).toEqual([2]);
    expect(stack(new Set([x, y])).shape).toEqual([2, 1]);
  });

  it("and nothing else", () => {
    const refused = "grad: expected inputs to be a list of tensors, got ";
    expect(() => grad(x.sum(), x as unknown as Tensor[])).toThrow(`${refused}a Tensor. Put it in a list: [x].`);
    expect(() => grad(x.sum(), "xy" as unknown as Tensor[])).toThrow(`${refused}"xy".`);
    expect(() => grad(x.sum(), new Map([["x", x]]) as unknown as Tensor[])).toThrow(
      "grad: expected inputs[0] to be a tensor, got",
    );
  });
});
