import { expect, it } from "vitest";
import { covering } from "./covering.ts";

it("chooses few conditions in which everything occurs", () => {
  const [norms, rates] = [
    ["none", "LayerNorm", "RMSNorm"],
    [0.1, 1],
  ];
  const all = norms.flatMap((norm) => rates.map((rate) => ({ norm, rate })));
  const chosen = covering(all);
  expect(chosen).toHaveLength(3);
  expect(new Set(chosen.map(({ norm }) => norm))).toEqual(new Set(norms));
  expect(new Set(chosen.map(({ rate }) => rate))).toEqual(new Set(rates));
});

it("tells numbers from words, and values of one key from those of another", () => {
  const all = [{ first: 1, second: 2 }, { first: "1", second: 2 }, { first: 2, second: 1 }, { third: 1 }]; // prettier-ignore
  expect(covering(all)).toEqual(all);
  expect(covering([])).toEqual([]);
});
