import { grad } from "@tapegrad/autograd";
import { type DType, Generator, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const generator = new Generator(1);

function neighbours(a: number, b: number, dtype: DType): boolean {
  if (Object.is(a, b)) return true;
  const wide = dtype === "float64";
  const [i, j] = wide ? new BigInt64Array(Float64Array.of(a, b).buffer) : new Int32Array(Float32Array.of(a, b).buffer);
  const distance = Number(BigInt(i ?? 0) - BigInt(j ?? 0));
  // What has no shorter form is computed by the function, to 2 units in float64.
  return Math.sign(a) === Math.sign(b) && Math.abs(distance) <= (wide ? 2 : 1);
}

describe("powers that are constants", () => {
  const special = [0, -0, 1, -1, Infinity, -Infinity, Number.NaN, 2, 0.5, -4, 1e-40, 3e38, -3e38, 1e-20, 1e20, 1.5e13];
  it.each([-3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 2.5, -0.75, -1.75, 0.25, 0.75, 1.25, 1.5, -3.75, -0.25, 4.25, 0.3])(
    "x to the %f",
    (power) => {
      for (const dtype of ["float32", "float64"] as DType[]) {
        const several = [
          tensor(special, { dtype }),
          randn([999], { generator, dtype }).abs().mul(10),
          randn([999], { generator, dtype }).exp().mul(-1),
          randn([999], { generator, dtype }).mul(20).exp(),
        ];
        for (const x of several) {
          const want = x.pow(power);
          const got = compile((a: Tensor) => a.pow(power))(x);
          expect(got.shape).toEqual(want.shape);
          want.data.forEach((value, i) => {
            const same = neighbours(got.data[i]!, value, dtype);
            if (!same) expect.fail(`${dtype} ${x.data[i]} to the ${power}: expected ${value}, got ${got.data[i]}`);
          });
        }
      }
    },
  );

  it("have derivatives that are, too", () => {
    const x = randn([50], { generator }).abs().add(0.1);
    const derivative = (a: Tensor): Tensor => grad(a.pow(-0.75).sum(), [a])[0];
    const compiled = compile((a: Tensor) => derivative(a.detach().requiresGrad_()));
    const want = derivative(x.detach().requiresGrad_());
    expect(compiled(x).div(want).sub(1).abs().max().item()).toBeLessThan(1e-6);
    const operations = compiled.plan!.schedule.flatMap((kernel) => kernel.operations);
    expect(operations).toContain("sqrt");
    expect(operations.filter((name) => ["pow", "gt", "logicalAnd"].includes(name))).toEqual([]);
  });
});
