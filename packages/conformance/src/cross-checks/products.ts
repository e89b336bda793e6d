import { boolean, integer, nat, record } from "fast-check";
import { broadcastable, seeds, shapes, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { at, expected } from "./naive.ts";

const extent = integer({ min: 1, max: 9 });
const inputs = record({
  batch: shapes({ maxRank: 2, max: 3 }),
  rows: extent,
  inner: extent,
  columns: extent,
  choice: nat(1000),
  flipped: boolean(),
  seed: seeds,
});

/** Products of stacks of matrices against a loop. */
export const products: readonly CrossCheck[] = [
  crossCheck("matmul against a loop", inputs, ({ batch, rows, inner, columns, choice, flipped, seed }, check) => {
    const draw = source(seed);
    const fewer = broadcastable(batch, choice);
    const [left, right] = flipped ? [fewer, batch] : [batch, fewer];
    const a = draw(...left, rows, inner);
    const b = draw(...right, inner, columns);
    const read = (shape: readonly number[], index: readonly number[]): number[] =>
      index.slice(index.length - shape.length).map((i, axis) => (shape[axis] === 1 ? 0 : i));
    const want = expected([...batch, rows, columns], (index) => {
      const [i, j] = index.slice(-2) as [number, number];
      const stack = index.slice(0, -2);
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += at(a, [...read(left, stack), i, k]) * at(b, [...read(right, stack), k, j]);
      return sum;
    });
    check.tensor("matmul", a.matmul(b), want);
  }),
];
