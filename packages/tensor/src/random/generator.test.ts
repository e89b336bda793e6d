import { describe, expect, it } from "vitest";
import { ValueError } from "../errors.ts";
import { rand, randn } from "./distributions.ts";
import { defaultGenerator, Generator, type GeneratorState, manualSeed } from "./generator.ts";

describe("the state of a generator", () => {
  it("goes on with the same bits, in a generator of another seed too", () => {
    const generator = new Generator(1);
    rand([7], { generator });
    const state = JSON.parse(JSON.stringify(generator.stateDict())) as GeneratorState;
    const next = randn([100], { generator }).toArray();
    for (const seed of [1, -5, 2 ** 40]) {
      const other = new Generator(seed);
      other.loadStateDict(state);
      expect(randn([100], { generator: other }).toArray()).toEqual(next);
    }
  });

  it("is a copy: a later draw or load leaves it alone", () => {
    const generator = new Generator(1);
    const [before, copy] = [generator.stateDict(), structuredClone(generator.stateDict())];
    rand([7], { generator });
    generator.loadStateDict(new Generator(2).stateDict());
    expect(before).toEqual(copy);
  });

  it("can be that of the default generator", () => {
    manualSeed(3);
    const state = defaultGenerator().stateDict();
    const first = rand([4]).toArray();
    manualSeed(4);
    defaultGenerator().loadStateDict(state);
    expect(rand([4]).toArray()).toEqual(first);
  });

  it.each<[object, string]>([
    [{ key: [1] }, "expected key to be 2 values, each a whole number < 2^32, got [1]."],
    [{ key: [1, 2 ** 32] }, "expected key to be 2 values, each a whole number < 2^32, got [1, 4294967296]."],
    [{ key: undefined }, "expected key to be 2 values, each a whole number < 2^32, got undefined."],
    [{ counter: -1 }, "expected counter to be a whole number ≥ 0, got -1."],
    [{ counter: 0.5 }, "expected counter to be a whole number ≥ 0, got 0.5."],
  ])("refuses %j and changes nothing", (wrong, message) => {
    const generator = new Generator(1);
    const state = generator.stateDict();
    const given = { ...new Generator(9).stateDict(), ...wrong } as GeneratorState;
    expect(() => generator.loadStateDict(given)).toThrow(new ValueError(`Generator.loadStateDict: ${message}`));
    expect(generator.stateDict()).toEqual(state);
  });
});
