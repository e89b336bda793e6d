import { functional } from "@tapegrad/nn";
import { manualSeed, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { expect, it } from "vitest";
import { compile } from "../src/compile.ts";

const ints = (values: number[] | number[][]): Tensor => tensor(values as number[], { dtype: "int32" });

it("ctcLoss is the same compiled, values and gradients, for lengths that change from call to call", () => {
  manualSeed(2);
  const logits = randn([7, 3, 5], { dtype: "float64" }).requiresGrad_();
  const step = (targets: Tensor, times: Tensor, lengths: Tensor): Tensor => {
    logits.grad = undefined;
    const loss = functional.ctcLoss(functional.logSoftmax(logits, { axis: 2 }), targets, times, lengths);
    loss.backward();
    return loss;
  };
  const compiled = compile(step);
  const texts = ints([[1, 2, 2], [3, 4, 1], [4, 4, 4]]); // prettier-ignore
  for (const [times, lengths] of [
    [
      [7, 6, 5],
      [3, 2, 1],
    ],
    [
      [7, 7, 3],
      [0, 3, 2],
    ],
    [
      [7, 1, 2],
      [1, 2, 3],
    ],
  ] as const) {
    // prettier-ignore
    const args = [texts, ints([...times]), ints([...lengths])] as const;
    const want = step(...args).detach();
    const grad = logits.grad!.clone();
    expectClose(compiled(...args), want, { atol: 1e-12 });
    expectClose(logits.grad, grad, { atol: 1e-12 });
  }
  expect(compiled.builds).toBeLessThanOrEqual(2);
});
