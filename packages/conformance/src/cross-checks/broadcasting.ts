import { grad } from "@tapegrad/autograd";
import type { Tensor } from "@tapegrad/tensor";
import { constantFrom, nat, record } from "fast-check";
import { broadcastable, seeds, shapes, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { at, expected, indices } from "./naive.ts";

interface Operation {
  readonly name: "add" | "sub" | "mul" | "div" | "maximum" | "minimum" | "lt" | "ge";
  readonly plain: (a: number, b: number) => number;
  /** Derivatives by a and by b. */
  readonly slopes?: (a: number, b: number) => readonly [number, number];
}

const operations: readonly Operation[] = [
  { name: "add", plain: (a, b) => a + b, slopes: () => [1, 1] },
  { name: "sub", plain: (a, b) => a - b, slopes: () => [1, -1] },
  { name: "mul", plain: (a, b) => a * b, slopes: (a, b) => [b, a] },
  { name: "div", plain: (a, b) => a / b, slopes: (a, b) => [1 / b, -a / b ** 2] },
  { name: "maximum", plain: Math.max, slopes: (a, b) => [Number(a > b), Number(b > a)] },
  { name: "minimum", plain: Math.min, slopes: (a, b) => [Number(a < b), Number(b < a)] },
  { name: "lt", plain: (a, b) => Number(a < b) },
  { name: "ge", plain: (a, b) => Number(a >= b) },
];

/** The index in an operand that an index of the result reads. */
function read(operand: Tensor, index: readonly number[]): readonly number[] {
  return index.slice(index.length - operand.ndim).map((i, axis) => (operand.shape[axis] === 1 ? 0 : i));
}

const inputs = record({
  shape: shapes({ min: 0, max: 3 }),
  operation: constantFrom(...operations),
  left: nat(1000),
  right: nat(1000),
  seed: seeds,
});

/** Elementwise operations of two shapes, with their gradients, against a loop over the indices of the result. */
export const broadcasting: readonly CrossCheck[] = [
  crossCheck("broadcasting against a loop over indices", inputs, ({ shape, operation, left, right, seed }, check) => {
    const draw = source(seed);
    const one = draw(...broadcastable(shape, left)).requiresGrad_();
    const two = draw(...shape).requiresGrad_();
    const other = draw(...broadcastable(shape, right)).requiresGrad_();
    for (const [a, b] of [
      [one, two],
      [two, one],
      [one, other],
    ] as const) {
      const y = a[operation.name](b);
      const out = y.shape;
      const operands = (index: readonly number[]): readonly [number, number] => [
        at(a, read(a, index)),
        at(b, read(b, index)),
      ];
      const dtype = operation.slopes === undefined ? "bool" : "float64";
      check.tensor(
        operation.name,
        y,
        expected(out, (index) => operation.plain(...operands(index)), dtype),
      );
      const { slopes } = operation;
      if (slopes === undefined) continue;
      const cotangent = draw(...out);
      const sums = [a, b].map((operand, side) => {
        const sum = new Map<string, number>();
        for (const index of indices(out)) {
          const key = read(operand, index).join();
          const slope = slopes(...operands(index))[side]!;
          sum.set(key, (sum.get(key) ?? 0) + slope * at(cotangent, index));
        }
        return expected(operand.shape, (index) => sum.get(index.join()) ?? 0);
      });
      grad(y, [a, b], { cotangent }).forEach((gradient, side) => {
        check.tensor(`gradient ${side} of ${operation.name}`, gradient, sums[side] ?? null);
      });
    }
  }),
];
