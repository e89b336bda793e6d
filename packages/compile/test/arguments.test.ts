import "@tapegrad/autograd";
import { arange, assign, Generator, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager } from "./same-as-eager.ts";

const inputs = (count: number, ...shape: number[]): Tensor[] => {
  const generator = new Generator(11);
  return Array.from({ length: count }, () => randn(shape, { generator }));
};

describe("arguments and results", () => {
  it("nest", () => {
    expectSameAsEager((wrap) => {
      const f = wrap((batch: { x: Tensor; more: [Tensor, { y: Tensor; flag: boolean }]; name: string | null }) => ({
        sum: batch.x.add(batch.more[0]),
        list: [batch.more[1].y, batch.more[1].flag, batch.name, undefined],
        empty: {},
        none: [],
      }));
      const [x, z, y] = inputs(3, 2, 3) as [Tensor, Tensor, Tensor];
      return [
        f({ x, more: [z, { y, flag: true }], name: "a" }),
        f({ x, more: [x, { y: z, flag: false }], name: null }),
      ];
    });
  });

  it("may be nothing", () => {
    const counter = zeros([]);
    const f = compile(() => assign(counter, counter.add(1)));
    expect([f(), f()]).toEqual([undefined, undefined]);
    expect(counter.item()).toBe(2);
  });

  it("are one tensor where it is one", () => {
    const f = compile((x: Tensor, y: Tensor) => {
      const z = x.add(y);
      return [z, z, x.sub(y)];
    });
    const x = tensor([1, 2]);
    const [a, b, difference] = f(x, x) as [Tensor, Tensor, Tensor];
    expect(a).toBe(b);
    expect(difference.toArray()).toEqual([0, 0]);
    expect(f(x, tensor([5, 5]))[0]?.toArray()).toEqual([6, 7]);
    expect(f(x, x)[0]?.toArray()).toEqual([2, 4]);
  });

  it("belong to the caller", () => {
    const f = compile((x: Tensor) => x.mul(2));
    const first = f(tensor([1, 2]));
    f(tensor([3, 4]));
    expect(first.toArray()).toEqual([2, 4]);
    expect([first.requiresGrad, first.node]).toEqual([false, undefined]);
  });

  it("pass through", () => {
    expectSameAsEager((wrap) => {
      const captured = tensor([7, 8]);
      const f = wrap((x: Tensor) => [x, captured, x.reshape(2, 1), captured.detach(), arange(3)]);
      return [f(tensor([1, 2])), f(tensor([3, 4]))];
    });
  });

  it("of every dtype", () => {
    expectSameAsEager((wrap) => {
      const f = wrap((a: Tensor, b: Tensor, c: Tensor, d: Tensor) => [
        a.add(1),
        b.mul(b),
        c.add(c),
        d.logicalNot(),
        a.to("float64").add(b),
        a.gt(1),
      ]);
      return f(
        tensor([1, 2]),
        tensor([1.5, 2], { dtype: "float64" }),
        tensor([1, 2], { dtype: "int32" }),
        tensor([0, 1], { dtype: "bool" }),
      );
    }, 0);
  });

  it("of no elements and of no axes", () => {
    expectSameAsEager((wrap) => {
      const f = wrap((x: Tensor, y: Tensor) => [x.mul(2), x.sum(), y.exp(), x.add(y)]);
      return f(zeros([0, 3]), tensor(2));
    });
  });

  it("are those of a method as well, each object with its own plan", () => {
    class Scale {
      readonly factor: Tensor;
      readonly apply = compile(function (this: Scale, x: Tensor): Tensor {
        return x.mul(this.factor);
      });
      constructor(factor: number) {
        this.factor = tensor(factor);
      }
    }
    const [two, three] = [new Scale(2), new Scale(3)];
    expect([two.apply(tensor(1)).item(), three.apply(tensor(1)).item()]).toEqual([2, 3]);
    const shared = { factor: tensor(5), apply: two.apply };
    expect([shared.apply, two.apply].map((apply) => apply.call(shared as unknown as Scale, tensor(1)).item())).toEqual([
      5, 5,
    ]);
    expect(two.apply(tensor(1)).item()).toBe(2);
  });
});
