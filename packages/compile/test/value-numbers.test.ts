import "@tapegrad/autograd";
import { LSTM } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { plansOf } from "../src/compile.ts";
import { outputsOf } from "../src/graph/graph.ts";
import { compile } from "../src/index.ts";
import { draw, drawIndex, sumsOf } from "./segments.ts";

const model = new LSTM(8, 16);
const functions: readonly (readonly [string, (...inputs: Tensor[]) => Tensor | Tensor[], Tensor[]])[] = [
  [
    "of products and pads that are joined",
    (x) => {
      model.zeroGrad();
      const loss = model.forward(x!)[0].square().mean();
      loss.backward();
      return loss;
    },
    [draw(6, 4, 8)],
  ],
  [
    "of rows that are looked for",
    (x, i) => x!.sub(sumsOf(x!.mul(2), i!, 2000).square().indexSelect(0, i!)),
    [draw(900, 24), drawIndex(3, 900)],
  ],
  ["of what is copied", (x) => [x!, x!.permute([1, 0]), x!.slice([0, 0], [0, 3])], [draw(4, 3)]],
];

it.each(functions)("each value of a graph %s has a number of its own, below the next", (_, run, inputs) => {
  const compiled = compile(run, { threads: 1 });
  compiled(...inputs);
  const { graph } = plansOf(compiled)!.latest!.schedule;
  const values = new Set(outputsOf(graph));
  for (const operation of graph.operations) {
    for (const value of [...operation.inputs, ...operation.outputs]) values.add(value);
  }
  const numbers = Array.from(values, ({ id }) => id);
  expect(new Set(numbers).size).toBe(values.size);
  expect(Math.max(...numbers)).toBeLessThan(graph.nextId);
});
