import { Generator, rand, randn, type Tensor } from "@tapegrad/tensor";
import { apply, fromData } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.ts";
import { expectSame } from "./same-as-reference.ts";

const keys: [number, number][] = [
  [0, 0],
  [1, 0],
  [0xdeadbeef, 0xffffffff],
];

describe("randomBits", () => {
  it.each([1, 2, 3, 4, 5, 15, 16, 17, 20, 31, 32, 33, 47, 48, 63, 64, 100, 1001])("gives %i words", (count) => {
    for (const key of keys) {
      for (const first of [0, 1, 2 ** 32 - 2, 2 ** 32 - 3, 2 ** 40 + 7, 2 ** 52]) {
        const counter = fromData(Float64Array.of(first), [], "float64");
        for (const bits of [1, 24, 31]) {
          expectSame((at) => apply("randomBits", [at as Tensor], { key, shape: [count], bits })[0], [counter]);
        }
      }
    }
  });

  it("draws nothing", () => {
    expectSame(
      (at) => apply("randomBits", [at as Tensor], { key: [1, 2], shape: [3, 0], bits: 8 })[0],
      [fromData(Float64Array.of(3), [], "float64")],
    );
  });

  it("goes on where the generator stands, as eager does", () => {
    const [a, b] = [new Generator(7), new Generator(7)];
    const draw = (generator: Generator) => (): Tensor => rand([5, 7], { generator }).add(randn([5, 7], { generator }));
    const compiled = compile(draw(a));
    for (let i = 0; i < 4; i++) {
      const want = draw(b)().data;
      compiled().data.forEach((value, k) => expect(Math.abs(value - want[k]!)).toBeLessThan(2e-6));
      expect(a.counter.item()).toBe(b.counter.item());
    }
  });
});
