import { Generator, randn, tensor, type Tensor, where } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { expect, it } from "vitest";
import { compile } from "../src/index.ts";

const generator = new Generator(1);

it("divisors that are powers of two multiply, to the same bits", () => {
  const x = randn([200], { generator }).mul(1e-38);
  for (const divisor of [1024, -0.5, 2 ** -60, 2 ** 90, 3, 2 ** 120]) {
    const compiled = compile((a: Tensor) => a.div(divisor));
    expect(compiled(x).data).toEqual(x.div(divisor).data);
    expect(compiled.plan!.schedule[0]!.operations).toEqual([[3, 2 ** 120].includes(divisor) ? "div" : "mul"]);
  }
});

it("divisors next to powers of two divide", () => {
  const x = randn([200], { generator, dtype: "float64" });
  for (const divisor of [2 ** 60 - 2 ** 7, 2 ** 60 + 2 ** 8, -(2 ** -60) * (1 - 2 ** -53)]) {
    const compiled = compile((a: Tensor) => a.div(tensor(divisor, { dtype: "float64" })));
    expect(compiled(x).data).toEqual(x.div(tensor(divisor, { dtype: "float64" })).data);
    expect(compiled.plan!.schedule[0]!.operations).toEqual(["div"]);
  }
});

it("integers are divided", () => {
  const x = tensor([-9, -1, 0, 7, 2 ** 31 - 1], { dtype: "int32" });
  const quarter = (a: Tensor): Tensor => apply("div", [a, tensor(4, { dtype: "int32" })], {})[0];
  expect(Array.from(compile(quarter)(x).data)).toEqual([-2, 0, 0, 1, 2 ** 29 - 1]);
});

it("conditions that are constants choose, and decide", () => {
  const x = randn([2, 3], { generator });
  const choice = (a: Tensor): Tensor[] => {
    const [always, never] = [tensor([true, true, true], { dtype: "bool" }), tensor(false, { dtype: "bool" })];
    const isAbove = a.gt(0);
    return [where(always, a, 7), where(never, a.sum(), a), where(always, a.slice(1, 2), 7), isAbove.logicalAnd(never), isAbove.logicalOr(always), isAbove.logicalAnd(always)]; // prettier-ignore
  };
  const compiled = compile(choice as (a: Tensor) => Tensor[]);
  compiled(x).forEach((t, i) => {
    const want = choice(x)[i]!;
    expect([t.shape, t.dtype, Array.from(t.data)]).toEqual([want.shape, want.dtype, Array.from(want.data)]);
  });
  const operations = compiled.plan!.schedule.flatMap((kernel) => kernel.operations);
  expect(operations.filter((name) => ["where", "logicalAnd", "logicalOr", "sum"].includes(name))).toEqual([]);
});
