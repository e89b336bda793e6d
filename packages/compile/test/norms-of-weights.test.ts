import { grad } from "@tapegrad/autograd";
import { norms } from "@tapegrad/nn";
import { assign, manualSeed, type Tensor } from "@tapegrad/tensor";
import { describe, it } from "vitest";
import { samples } from "../../nn/test/module/layer-samples.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const calls = norms
  .table()
  .filter(({ kind }) => kind === "weight")
  .map(({ call }) => call.replace(/\(.*/, ""));

describe("a layer whose weight is normalized, compiled, is the eager one while it is trained", () => {
  it.each(calls)("%s", (name) => {
    expectSameAsEager((wrap) => {
      manualSeed(8);
      const [module, forward] = samples[name]!();
      const parameters = module.parameters();
      const step = wrap((): Tensor => {
        const y = forward(module as never) as Tensor;
        const gradients = grad(y.add(0.5).square().mean(), parameters) as Tensor[];
        parameters.forEach((p, i) => assign(p, p.sub(gradients[i]!.mul(0.1)).detach()));
        return y;
      });
      return [[1, 2, 3].map(() => snapshot(step())), parameters.map((p) => snapshot(p))];
    });
  });
});
