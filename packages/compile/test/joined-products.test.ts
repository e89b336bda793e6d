import "@tapegrad/autograd";
import { GRU, functional } from "@tapegrad/nn";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const generator = new Generator(12);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { generator });
const sum = (terms: readonly Tensor[]): Tensor => terms.reduce((total, term) => total.add(term));

/** Compiles a function, compares it with itself, and counts its products. */
function productsOf(fn: (...inputs: Tensor[]) => readonly Tensor[], inputs: readonly Tensor[]): number {
  const compiled = compile(fn, { threads: 1 });
  const want = fn(...inputs);
  compiled(...inputs).forEach((got, i) => expectClose(got, want[i]!, { rtol: 2e-6, atol: 2e-6, what: `result ${i}` }));
  return compiled.plan!.schedule.filter(({ kind }) => kind === "matmul").length;
}

describe("products of parts of a tensor with one matrix", () => {
  const [x, weight, bias] = [draw(5, 3, 4), draw(6, 4), draw(6)] as const;
  const steps = (t: Tensor): Tensor[] => [0, 1, 2, 3, 4].map((i) => t.slice(i));

  it.each<readonly [string, (x: Tensor, w: Tensor, b: Tensor) => readonly Tensor[], number]>([
    ["of each step", (t, w) => steps(t).map((step) => functional.linear(step, w)), 1],
    ["with a bias", (t, w, b) => steps(t).map((step) => functional.linear(step, w, b).tanh()), 1],
    ["in any order", (t, w) => steps(t).toReversed().map((step) => functional.linear(step, w)), 1],
    ["by a matrix that is not transposed", (t, w) => steps(t).map((step) => step.matmul(w.transpose(0, 1))), 1],
    ["with a bias of some of them", (t, w, b) => steps(t).map((step, i) => functional.linear(step, w, i % 2 === 0 ? b : undefined)), 1],
    ["used with and without a bias", (t, w, b) => steps(t).flatMap((step) => [functional.linear(step, w), functional.linear(step, w, b)]), 1],
    ["of parts of different length", (t, w) => [t.slice([0, 2]), t.slice([2, 5])].map((part) => functional.linear(part.reshape([-1, 4]), w)), 1],
    ["of some steps only", (t, w) => steps(t).slice(1).map((step) => functional.linear(step, w)), 4],
    ["of parts that meet", (t, w) => [t.slice([0, 3]), t.slice([2, 5])].map((part) => functional.linear(part.reshape([-1, 4]), w)), 2],
    ["of parts that meet and leave others out", (t, w) => [t.slice([0, 3]), t.slice([1, 3])].map((part) => functional.linear(part.reshape([-1, 4]), w)), 2],
    ["of every second step, twice", (t, w) => [t.slice([0, 4, 2]), t.slice([1, 5, 2])].map((part) => functional.linear(part.reshape([-1, 4]), w)), 2],
    ["with different matrices", (t, w) => steps(t).map((step, i) => functional.linear(step, w.mul(i + 1))), 5],
    ["of columns", (t, w) => [0, 2].map((at) => t.reshape([15, 4]).slice([], [at, at + 2]).matmul(w.slice([0, 2], [0, 2]))), 2],
  ])("%s", (_, fn, count) => {
    expect(productsOf((t, w, b) => fn(t!, w!, b!), [x, weight, bias])).toBe(count);
  }); // prettier-ignore
});

describe("sums of products", () => {
  const steps = 6;
  const [xs, gs] = [0, 1].map((i) => Array.from({ length: steps }, () => draw(3, 16 + 8 * i))) as [Tensor[], Tensor[]];
  const gradientOf = (x: Tensor, g: Tensor): Tensor =>
    apply("matmul", [x, g], { transposeA: true, transposeB: false })[0];

  it("of operands that are short are one, in any order and beside other terms", () => {
    const rest = draw(16, 24);
    const f = (...all: Tensor[]): Tensor[] => {
      const products = all.slice(0, steps).map((x, t) => gradientOf(x, all[steps + t]!));
      return [sum([...products.slice(0, 3), rest, ...products.slice(3).toReversed(), rest.exp()])];
    };
    expect(productsOf(f, [...xs, ...gs])).toBe(1);
  });

  it.each([
    ["neighbours", [0, 1, 2, 3, 4, 5], 0],
    ["in another order", [3, 1, 0, 2, 5, 4], 0],
    ["with gaps", [0, 1, 2, 4, 5, 7], 1],
  ] as const)("of steps of one tensor are read where they are: %s", (_, places, moves) => {
    const x = draw(8, 3, 16);
    const f = (whole: Tensor, ...all: Tensor[]): Tensor[] => [
      sum(places.map((place, t) => gradientOf(whole.slice(place), all[t]!))),
    ];
    const compiled = compile(f, { threads: 1 });
    const want = f(x, ...gs)[0]!;
    expectClose(compiled(x, ...gs)[0]!, want, { rtol: 2e-6, atol: 2e-6, what: "sum" });
    expect(compiled.plan!.schedule.filter(({ kind }) => kind === "concat")).toHaveLength(1 + moves);
  });

  it("of operands that are long stay apart", () => {
    const [tall, wide] = [0, 1].map(() => Array.from({ length: steps }, () => draw(40, 5))) as [Tensor[], Tensor[]];
    const f = (...all: Tensor[]): Tensor[] => [sum(all.slice(0, steps).map((x, t) => gradientOf(x, all[steps + t]!)))];
    expect(productsOf(f, [...tall, ...wide])).toBe(steps);
  });

  it("of which one is also used for itself keep it", () => {
    const f = (...all: Tensor[]): Tensor[] => {
      const products = all.slice(0, steps).map((x, t) => gradientOf(x, all[steps + t]!));
      return [sum(products), products[2]!];
    };
    expect(productsOf(f, [...xs, ...gs])).toBe(2);
  });

  it("take one product twice", () => {
    const f = (...all: Tensor[]): Tensor[] => {
      const products = all.slice(0, steps).map((x, t) => gradientOf(x, all[steps + t]!));
      return [sum([...products, products[0]!, products[0]!])];
    };
    expect(productsOf(f, [...xs, ...gs])).toBe(2);
  });

  it.each([true, false])("are the gradients of what all steps share: a layer with biases %s", (bias) => {
    const gru = new GRU(4, 16, { bias, generator, dtype: "float64" });
    const x = randn([7, 2, 4], { generator, dtype: "float64" });
    const parameters = gru.parameters();
    const run = (input: Tensor): readonly Tensor[] => {
      for (const parameter of parameters) parameter.grad = undefined;
      const [output] = gru.forward(input);
      const loss = output.square().sum();
      loss.backward();
      return [loss, ...parameters.map(({ grad }) => grad!.clone())];
    };
    const compiled = compile(run, { threads: 1 });
    const want = run(x);
    compiled(x).forEach((got, i) => expectClose(got, want[i]!, { rtol: 1e-11, atol: 1e-11, what: `result ${i}` }));
    const kernels = compiled.plan!.schedule.filter(({ kind }) => kind === "matmul");
    // One of all inputs, one of each state, and backward one for each weight and one for each state but the first.
    expect(kernels).toHaveLength(1 + 7 + 2 + 6);
  });
});
