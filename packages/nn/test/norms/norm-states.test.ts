import { manualSeed } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { samples } from "../module/layer-samples.ts";

const stateful = Object.entries(samples).filter(([, make]) => make()[0].buffers().length > 0);

/** A layer of the sample after `steps` calls in training, and what it makes of its input. */
function trained(name: string, steps: number): { module: ReturnType<(typeof samples)[string]>[0]; run: () => unknown } {
  manualSeed(5);
  const [module, forward] = samples[name]!();
  const run = (): unknown => [forward(module as never)].flat().map((y) => y.toArray());
  for (let i = 0; i < steps; i++) run();
  return { module, run };
}

describe("the state of a layer with buffers", () => {
  it.each(stateful.map(([name]) => name))("%s goes on from it, in training and evaluation", (name) => {
    const [one, other] = [trained(name, 3), trained(name, 0)];
    other.module.loadStateDict(JSON.parse(JSON.stringify(one.module.stateDict())) as never);
    for (const mode of [false, true, true, false]) {
      for (const { module } of [one, other]) module.train(mode);
      expect(other.run()).toEqual(one.run());
    }
    expect(JSON.stringify(other.module.stateDict())).toBe(JSON.stringify(one.module.stateDict()));
  });

  it.each(stateful.map(([name]) => name))("%s is left alone in evaluation", (name) => {
    const { module, run } = trained(name, 1);
    module.eval();
    const before = JSON.stringify(module.stateDict());
    run();
    expect(JSON.stringify(module.stateDict())).toBe(before);
  });
});
