import { noGrad } from "@tapegrad/autograd";
import { CompileError, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const double = (x: Tensor): Tensor => x.mul(2);
const described = (x: Tensor, factor: unknown, extra?: Tensor): [Tensor, string] => [
  x.mul(typeof factor === "number" ? factor : 1).add(extra ?? 0),
  `${x.dtype} [${x.shape.join()}] ${Object.is(factor, -0) ? "-0" : String(factor)} ${x.requiresGrad} ${extra === x}`,
];

type Call = Parameters<typeof described>;

const x = tensor([1, 2]);
const calls: Record<string, () => Call> = {
  "another tensor": () => [tensor([3, 4]), 2],
  "another shape": () => [tensor([[1, 2]]), 2],
  "another length": () => [tensor([1, 2, 3]), 2],
  "another dtype": () => [tensor([1, 2], { dtype: "float64" }), 2],
  "another number": () => [x, 3],
  "no number": () => [x, undefined],
  "a text that reads like the number": () => [x, "2"],
  "one more": () => [x, 2, tensor([5, 6])],
  "one tensor twice": () => [x, 2, x],
  "a tensor in place of the number": () => [x, 2, tensor(7)],
  "a tensor that requires gradients": () => [tensor([1, 2], { requiresGrad: true }), 2],
  zero: () => [x, 0],
  "minus zero": () => [x, -0],
  NaN: () => [x, NaN],
};

describe("a call after another one", () => {
  const names = Object.keys(calls);
  it.each(names.flatMap((before) => names.map((after) => [after, before])))("with %s after %s", (after, before) => {
    const fn = compile(described);
    // Twice, so that the second is like the last one.
    for (const name of [before, before, after, after, before]) {
      const args = calls[name]!();
      const [values, text] = fn(...args);
      const [expected, expectedText] = described(...args);
      expect(text).toBe(expectedText);
      expect([...values.data]).toEqual([...expected.data]);
    }
    expect(fn.builds).toBeLessThanOrEqual(2);
  });

  it("is refused with what the first would be", () => {
    const fn = compile(double as (x: unknown) => Tensor);
    fn(x);
    fn(x);
    expect(() => fn(new Date())).toThrow(CompileError);
    expect(() => fn(() => x)).toThrow("got a function");
    const leaf = tensor([1, 2], { requiresGrad: true });
    expect(() => fn(leaf.mul(2))).toThrow("outside the recorded graph");
    const hooked = tensor([1, 2], { requiresGrad: true });
    hooked.registerHook(() => undefined);
    hooked.requiresGrad = false;
    expect(() => fn(hooked)).toThrow("without hooks");
    const sent = tensor([1, 2]);
    structuredClone(sent.data, { transfer: [sent.data.buffer as ArrayBuffer] });
    expect(() => fn(sent)).toThrow("transferred");
    expect(fn(x).toArray()).toEqual([2, 4]);
    expect(fn.builds).toBe(1);
  });

  it("has another plan where operations are not recorded", () => {
    const w = tensor([3, 4], { requiresGrad: true });
    const fn = compile((y: Tensor) => w.mul(y).requiresGrad);
    expect([fn(x), fn(x), noGrad(() => fn(x)), noGrad(() => fn(x)), fn(x)]).toEqual([true, true, false, false, true]);
  });

  it("of an object has its own plan", () => {
    const fn = compile(function (this: { readonly factor: number }, y: Tensor) {
      return y.mul(this.factor);
    });
    const [two, three] = [{ factor: 2 }, { factor: 3 }];
    const results = [two, two, three, three, two].map((self) => fn.call(self, x).toArray());
    expect(results).toEqual([
      [2, 4],
      [2, 4],
      [3, 6],
      [3, 6],
      [2, 4],
    ]);
  });

  it("takes apart what stands in others", () => {
    const fn = compile((pair: readonly Tensor[], y: Tensor) => pair[0]!.mul(y).add(pair.length));
    expect(fn([x], x).toArray()).toEqual([2, 5]);
    expect(fn([x, x], x).toArray()).toEqual([3, 6]);
    expect(fn([x], x).toArray()).toEqual([2, 5]);
  });
});
