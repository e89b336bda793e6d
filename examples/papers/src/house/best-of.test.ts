import { expect, it } from "vitest";
import { bestOf } from "./best-of.ts";

const runsOf = (losses: Readonly<Record<number, readonly number[]>>) =>
  Object.entries(losses).flatMap(([rate, values]) =>
    values.map((loss, seed) => ({ condition: { rate: Number(rate) }, seed, measures: { loss } })),
  );
const bestRates = (losses: Readonly<Record<number, readonly number[]>>): readonly number[] =>
  bestOf(
    runsOf(losses),
    ({ rate }) => rate,
    ({ loss }) => loss,
  ).map(({ condition }) => condition.rate);

it("gives all runs of the setting with the lowest mean", () => {
  expect(bestRates({ 1: [3, 3], 2: [1, 4], 5: [0, 9] })).toEqual([2, 2]);
});

it("takes what came to NaN for the worst", () => {
  expect(bestRates({ 1: [Number.NaN, 0], 2: [7, 7], 5: [Number.NaN] })).toEqual([2, 2]);
  expect(bestRates({ 1: [Number.NaN], 2: [Number.NaN] })).toEqual([1]);
  expect(bestRates({})).toEqual([]);
});
