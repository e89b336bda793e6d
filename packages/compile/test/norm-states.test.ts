import { grad } from "@tapegrad/autograd";
import { manualSeed, stack, type Tensor } from "@tapegrad/tensor";
import { describe, it } from "vitest";
import { samples } from "../../nn/test/module/layer-samples.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const stateful = Object.entries(samples).filter(
  ([name, make]) => make()[0].buffers().length > 0 || name === "AdaptiveLayerNormZero",
);

describe("a layer with buffers, or a branch of a condition, compiled, is the eager one over calls in either mode", () => {
  it.each(stateful)("%s", (_name, make) => {
    expectSameAsEager((wrap) => {
      manualSeed(6);
      const [module, forward] = make();
      const parameters = module.parameters();
      const step = wrap((): Tensor[] => {
        const outputs = [forward(module as never)].flat() as Tensor[];
        const loss = stack(outputs.map((y) => y.add(0.5).square().mean())).sum();
        return [
          ...outputs,
          ...(parameters.length > 0 ? (grad(loss, parameters, { allowUnused: true }) as Tensor[]) : []),
        ];
      });
      return [true, true, false, true, false, false, true].map((mode) => {
        module.train(mode);
        const results = step();
        return [results.map((t) => snapshot(t)), module.buffers().map((t) => snapshot(t))];
      });
    });
  });
});
