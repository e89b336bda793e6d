import { gradcheck } from "@tapegrad/autograd";
import { drawer } from "@tapegrad/testing";
import { type Tensor, zeros } from "@tapegrad/tensor";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { digest, wave } from "../networks/waves.ts";
import { differentiated, windowRows } from "./window-rows.ts";

/** What PyTorch gives, by `make-fixtures.py`. */
interface Observed {
  readonly shape: readonly number[];
  readonly output: number;
  readonly gradients: readonly number[];
}
const fixtures = JSON.parse(readFileSync(new URL("windows.json", import.meta.url), "utf8")) as {
  readonly rows: Readonly<Record<string, Observed>>;
};

function expectSum(got: Tensor, want: number, rtol: number, what: string): void {
  const { sum, scale } = digest(got);
  expect(Math.abs(sum - want) / scale, `${what}: ${sum}, not ${want}`).toBeLessThan(rtol);
}

it("every row has a fixture, and every fixture a row", () => {
  expect(Object.keys(windowRows).toSorted()).toEqual(Object.keys(fixtures.rows).toSorted());
});

describe.each(Object.entries(windowRows))("%s", (name, { shapes, run }) => {
  it.each([
    ["float64", 1e-12],
    ["float32", 2e-6],
  ] as const)("gives what PyTorch gives, gradients too, in %s", (dtype, rtol) => {
    const inputs = shapes.map((shape, k) => wave(shape, 0.2 + k, dtype).requiresGrad_());
    const y = run(...inputs);
    const { shape, output, gradients } = fixtures.rows[name]!;
    expect([y.dtype, y.shape]).toEqual([dtype, shape]);
    expectSum(y, output, rtol, "output");
    y.backward(wave(y.shape, 0.9, dtype));
    inputs.forEach((x, k) => expectSum(x.grad ?? zeros(x.shape), gradients[k]!, rtol, `gradient ${k}`));
  });
});

describe("has the derivatives of finite differences, to second order", () => {
  it.each(differentiated)("%s", (name, shapes) => {
    const draw = drawer(5);
    gradcheck((...ts) => windowRows[name]!.run(...ts), shapes.map((shape) => draw(...shape)), { order: 2 }); // prettier-ignore
  });
});
