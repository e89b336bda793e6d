import { Dropout } from "@tapegrad/nn";
import { CompileError, defaultGenerator, Generator, manualSeed, ones, rand, type Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

describe("a state that is loaded into a generator between calls", () => {
  it("is followed, whatever its seed", () => {
    expectSameAsEager((wrap) => {
      const generator = new Generator(1);
      const draw = wrap(() => [rand([5], { generator }), rand([3], { generator })]);
      const [start, foreign] = [generator.stateDict(), new Generator(2).stateDict()];
      const seen = [draw(), draw()].map(snapshots);
      for (const state of [start, foreign, start, generator.stateDict()]) {
        generator.loadStateDict(state);
        seen.push(snapshots(draw()), snapshots(draw()));
      }
      return [seen, generator.stateDict()];
    }, 0);
  });

  it("gives the first numbers again", () => {
    const generator = new Generator(1);
    const draw = compile(() => rand([5], { generator }));
    const start = generator.stateDict();
    const first = draw().toArray();
    generator.loadStateDict(new Generator(2).stateDict());
    expect(draw().toArray()).not.toEqual(first);
    generator.loadStateDict(start);
    expect(draw().toArray()).toEqual(first);
  });

  it("is followed by a layer and by the default generator", () => {
    expectSameAsEager((wrap) => {
      manualSeed(1);
      const start = defaultGenerator().stateDict();
      const dropout = new Dropout(0.5);
      const apply = wrap((x: Tensor) => dropout.forward(x));
      const seen = [apply(ones([64]))];
      for (const state of [start, new Generator(2).stateDict(), start]) {
        defaultGenerator().loadStateDict(state);
        seen.push(apply(ones([64])));
      }
      return snapshots(seen);
    }, 0);
  });

  it("is refused inside a compiled function", () => {
    const generator = new Generator(1);
    const state = generator.stateDict();
    const draw = compile(() => {
      generator.loadStateDict(state);
      return rand([2], { generator });
    });
    expect(draw).toThrow(CompileError);
    expect(draw).toThrow("Generator.loadStateDict: expected a call outside compiled functions, got one while tracing.");
    expect(generator.stateDict()).toEqual(state);
  });
});

function snapshots(tensors: readonly Tensor[]): unknown[] {
  return tensors.map(snapshot);
}
