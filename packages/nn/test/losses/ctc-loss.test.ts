import { readFileSync } from "node:fs";
import { gradcheck } from "@tapegrad/autograd";
import { full, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { functional } from "../../src/index.ts";

const { ctcLoss, logSoftmax } = functional;

interface Fixture {
  readonly logits: number[][][];
  readonly targets: number[][];
  readonly inputLengths: number[];
  readonly targetLengths: number[];
  readonly options: functional.CTCLossOptions;
  readonly results: Readonly<
    Record<"none" | "mean" | "sum", { readonly loss: number | number[]; readonly grad: number[] }>
  >;
}
const fixtures = JSON.parse(readFileSync(new URL("ctc-fixtures.json", import.meta.url), "utf8")) as Record<string, Fixture>; // prettier-ignore
const ints = (values: number[] | number[][]): Tensor => tensor(values as number[], { dtype: "int32" });

describe("ctcLoss", () => {
  it.each(Object.entries(fixtures))("has PyTorch's values and gradients: %s", (_, fixture) => {
    for (const reduction of ["none", "mean", "sum"] as const) {
      const logits = tensor(fixture.logits, { dtype: "float64", requiresGrad: true });
      const lengths = [ints(fixture.inputLengths), ints(fixture.targetLengths)] as const;
      const options = { ...fixture.options, reduction };
      const loss = ctcLoss(logSoftmax(logits, { axis: 2 }), ints(fixture.targets), ...lengths, options);
      const { loss: want, grad } = fixture.results[reduction];
      expectClose(loss, want, { atol: 1e-12 });
      loss.backward(tensor(loss.ndim === 0 ? 1 : Array.from(loss.data, (_value, i) => i + 1), { dtype: "float64" }));
      expectClose(logits.grad, grad, { atol: 1e-12 });
    }
  });

  it("costs Infinity where no way fits, and has no gradient there", () => {
    const logits = drawer(1)(3, 2, 3).requiresGrad_();
    const loss = ctcLoss(logSoftmax(logits, { axis: 2 }), ints([[1, 1, 2], [1, 2, 0]]), ints([3, 3]), ints([3, 2]), { reduction: "none" }); // prettier-ignore
    expect(loss.data[0]).toBe(Infinity);
    expect(loss.data[1]).toBeLessThan(10);
    loss.backward(full([2], 1, { dtype: "float64" }));
    const grads = logits.grad!;
    expectClose(grads.slice([], 0), zeros([3, 3], { dtype: "float64" }));
    expect(grads.slice([], 1).abs().min().item()).toBeGreaterThan(0);
  });

  it("lets a symbol be impossible", () => {
    // log 0 for symbol 1 at the first time: the one way left says it at the second.
    const logProbs = tensor([[[0.5, 0]], [[0.25, 0.75]]], { dtype: "float64" }).log().requiresGrad_(); // prettier-ignore
    const loss = ctcLoss(logProbs, ints([[1]]), ints([2]), ints([1]));
    expect(loss.item()).toBeCloseTo(-Math.log(0.5 * 0.75), 14);
    loss.backward();
    expect(logProbs.grad!.toArray()).toEqual([[[-1, 0]], [[0, -1]]]); // prettier-ignore
  });

  it("has right derivatives of first and second order for texts of several lengths", () => {
    const [targets, inputLengths, targetLengths] = [ints([[1, 1], [2, 0]]), ints([4, 3]), ints([2, 1])]; // prettier-ignore
    const run = (x: Tensor): Tensor => ctcLoss(x, targets, inputLengths, targetLengths, { reduction: "none" });
    for (const order of [1, 2] as const) gradcheck(run, [drawer(5)(4, 2, 3)], { order });
  });
});
