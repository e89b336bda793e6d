import { grad } from "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { Generator, rand, type Tensor, tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

const draw = { generator: new Generator(3), dtype: "float64" } as const;
const x = rand([4, 3], draw);
const targets: readonly Tensor[] = [
  rand([4, 3], draw),
  rand([4, 3], draw).gt(0.5).to("float64").mul(2).sub(1),
  rand([4, 3], draw).gt(0.5).to("float64"),
  tensor([0, 2, 1, 1], { dtype: "int32" }),
  tensor([[0, -1, 1], [2, 1, -1], [-1, -1, -1], [0, 1, 2]], { dtype: "int32" }), // prettier-ignore
];

describe.each(functional.lossNames)("%s", (name) => {
  const loss = functional.resolveLoss(name);
  const step = (input: Tensor, target: Tensor): [Tensor, Tensor] => {
    const leaf = input.detach().requiresGrad_();
    const value = loss(leaf, target);
    return [value.detach(), grad(value, [leaf])[0]!];
  };

  it("is the same compiled, gradient included", () => {
    const fitting = targets.filter((target) => {
      try {
        step(x, target);
        return true;
      } catch {
        return false;
      }
    });
    expect(fitting).not.toEqual([]);
    for (const target of fitting) {
      const [eager, compiled] = [step(x, target), compile(step)(x, target)];
      compiled.forEach((got, i) => expectClose(got, eager[i]!.toArray() as number[], { rtol: 1e-12, atol: 1e-14 }));
    }
  });
});
