import { TapegradError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { loadOnnx } from "../src/index.ts";
import { expected, modelFile, toTensor } from "./fixtures.ts";

/** Numbers that look random, the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** The bytes with some of them changed, left out, or twice. */
function mutant(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const length = 1 + Math.floor(random() * 8);
  const [before, part, after] = [bytes.subarray(0, at), bytes.slice(at, at + length), bytes.subarray(at + length)];
  const kind = Math.floor(random() * 4);
  if (kind === 0) return Uint8Array.from([...before, ...after]);
  if (kind === 1) return Uint8Array.from([...before, ...part, ...part, ...after]);
  const edge = [0, 1, 0x7f, 0x80, 0xff];
  const changed = part.map(() => (kind === 2 ? Math.floor(random() * 256) : edge[Math.floor(random() * edge.length)]!));
  return Uint8Array.from([...before, ...changed, ...after]);
}

const seed = 20_260_801;

describe(`models with bytes that are others (seed ${seed})`, () => {
  it.each(["mlp", "cnn", "tokens", "int8", "opset24"])("give a typed error or a result: %s", (name) => {
    const bytes = modelFile(name);
    const inputs = expected.get(name)!.cases[0]!.inputs.map(toTensor);
    const generator = numbers(seed + name.length);
    const random = (): number => generator.next().value;
    const outcomes = { refused: 0, ran: 0 };
    for (let i = 0; i < 300; i++) {
      try {
        loadOnnx(mutant(bytes, random), { maxElements: 2 ** 18 }).forward(...inputs);
        outcomes.ran++;
      } catch (error) {
        if (!(error instanceof TapegradError) || error.cause !== undefined) throw error;
        outcomes.refused++;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(50);
    expect(outcomes.ran).toBeGreaterThan(5);
  });

  it.each(["int8", "opset24"])("are refused when they are cut off anywhere: %s", (name) => {
    const bytes = modelFile(name);
    for (let size = 0; size < bytes.length; size++) {
      expect(() => loadOnnx(bytes.subarray(0, size)), `${size} of ${bytes.length} bytes`).toThrow(TapegradError);
    }
  });
});
