import "@tapegrad/autograd";
import { Dense } from "@tapegrad/nn";
import { SGD, StepLR } from "@tapegrad/optim";
import { FormatError, Generator, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { encodeSafetensors } from "../safetensors/encode.ts";
import { decodeCheckpoint } from "./decode.ts";
import { encodeCheckpoint } from "./encode.ts";

const key = "tapegrad.checkpoint";

/** A checkpoint with this text for its states. */
function withText(text: unknown, tensors: Record<string, Tensor> = {}): Uint8Array {
  return encodeSafetensors(tensors, { metadata: { [key]: typeof text === "string" ? text : JSON.stringify(text) } });
}

describe("decodeCheckpoint", () => {
  const made = (seed: number): { model: Dense; optimizer: SGD; generator: Generator } => {
    const generator = new Generator(seed);
    const model = new Dense(2, 1, { generator });
    return { model, optimizer: new SGD(model.parameters(), { lr: 0.1 * seed, momentum: 0.9 }), generator };
  };
  const states = (parts: object): string => JSON.stringify(parts);

  it("loads all parts", () => {
    const [one, two] = [made(1), made(2)];
    decodeCheckpoint(encodeCheckpoint(one), two);
    expect(states(two)).toBe(states(one));
  });

  it("loads a schedule before its optimizer, whose rate may have been set by hand", () => {
    const parts = (lr: number): { optimizer: SGD; scheduler: StepLR } => {
      const optimizer = new SGD([zeros([1])], { lr });
      return { optimizer, scheduler: new StepLR(optimizer, { stepSize: 10 }) };
    };
    const [one, two] = [parts(0.1), parts(0.3)];
    one.optimizer.lr = 0.05;
    decodeCheckpoint(encodeCheckpoint(one), two);
    expect(two.optimizer.lr).toBe(one.optimizer.lr);
    expect(states(two)).toBe(states(one));
  });

  it.each(["model", "optimizer", "generator"] as const)("changes nothing when the state of %s does not fit", (part) => {
    const bytes = encodeCheckpoint({ ...made(1), [part]: made(1)[part === "model" ? "optimizer" : "model"] });
    const parts = made(2);
    const before = states(parts);
    expect(() => decodeCheckpoint(bytes, parts)).toThrow(ValueError);
    expect(() => decodeCheckpoint(bytes, parts)).toThrow(
      new RegExp(`^decodeCheckpoint, "${part}" in the bytes: .*oadStateDict: `, "i"),
    );
    expect(states(parts)).toBe(before);
  });

  it("puts back a part that has changed half before it failed, and what it throws comes through", () => {
    const bytes = encodeCheckpoint(made(1));
    const own = made(2);
    const before = states(own);
    let isFirst = true;
    const half = {
      stateDict: () => own.model.stateDict(),
      loadStateDict(state: never) {
        own.model.loadStateDict(state);
        if (isFirst) throw ((isFirst = false), new ShapeError("half"));
      },
    };
    expect(() => decodeCheckpoint(bytes, { ...own, model: half })).toThrow(ShapeError);
    expect(states(own)).toBe(before);
  });

  it("names parts that are missing, and states that nobody asked for", () => {
    const { model, optimizer, generator } = made(1);
    const bytes = encodeCheckpoint({ model, optimizer, epoch: 3 });
    const other = made(2);
    const before = states(other);
    const parts = { model: other.model, generator: other.generator };
    expect(() => decodeCheckpoint(bytes, parts)).toThrow(
      new ValueError(
        'decodeCheckpoint: expected the states of "model", "generator" in the bytes, got 1 missing and 1 unexpected ' +
          '(missing: "generator"; unexpected: "optimizer"). Give strict: false to load what is in both.',
      ),
    );
    expect(states(other)).toBe(before);
    expect(decodeCheckpoint(bytes, parts, { strict: false })["epoch"]).toBe(3);
    expect(states(other.model)).toBe(states(model));
    expect(states(other.generator)).not.toBe(states(generator));
  });

  it("refuses parts that nothing can be loaded into", () => {
    const bytes = encodeCheckpoint({ a: 1 });
    expect(() => decodeCheckpoint(bytes, { a: {} as never })).toThrow(
      'decodeCheckpoint: expected parts["a"] to have stateDict and loadStateDict, got ',
    );
  });

  it.each<[what: string, bytes: Uint8Array, message: string]>([
    ["bytes of nothing", new Uint8Array(0), "the length of the header"],
    [
      "another safetensors file",
      encodeSafetensors({ w: zeros([1]) }),
      "expected the metadata in the bytes to have tapegrad.checkpoint",
    ],
    ["a text that is no JSON", withText("{"), "expected the state in the bytes to be JSON"],
    ["a list", withText([]), "expected the state in the bytes to be an object"],
    ["another version", withText({ version: 2, states: {}, values: [] }), "to be of version 1, got 2"],
    ["no version", withText({ states: {}, values: [] }), "to be of version 1, got undefined"],
    [
      "no states",
      withText({ version: 1, values: [] }),
      "expected the states in the bytes to be an object, got undefined",
    ],
    [
      "states that are a tensor",
      withText({ version: 1, states: { $tensor: "a" }, values: [] }, { a: zeros([1]) }),
      "to be an object",
    ],
    ["values that are none", withText({ version: 1, states: {}, values: ["toString"] }), "to be names of states"],
    [
      "a tensor that is not there",
      withText({ version: 1, states: { a: { $tensor: "a" } }, values: [] }),
      'each once, got "a"',
    ],
    [
      "a tensor twice",
      withText({ version: 1, states: { a: { $tensor: "a" }, b: { $tensor: "a" } }, values: [] }, { a: zeros([1]) }),
      "each once",
    ],
    [
      "a tensor without a place",
      withText({ version: 1, states: {}, values: [] }, { a: zeros([1]) }),
      'got none for "a"',
    ],
    ["a number that is none", withText({ version: 1, states: { a: { $number: "1" } }, values: [] }), "as number, got"],
    [
      "an object with a tag and more",
      withText({ version: 1, states: { a: { $number: "NaN", b: 1 } }, values: [] }),
      'got "$number"',
    ],
    [
      "too many values",
      withText(`{"version":1,"values":[],"states":{"a":[0${",0".repeat(2 ** 20)}]}}`),
      "to have at most 1048576 values",
    ],
    [
      "too many levels",
      withText(`{"version":1,"values":[],"states":{"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}}`),
      "at most 100 levels",
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => decodeCheckpoint(bytes)).toThrow(FormatError);
    expect(() => decodeCheckpoint(bytes)).toThrow(message);
  });

  it("refuses what is cut off, wherever, and changed bytes by typed errors alone", () => {
    const bytes = encodeCheckpoint({ model: new Dense(1, 1, { init: "ones" }), epoch: 1 });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.slice(0, length))).toThrow(FormatError);
    }
    for (let at = 0; at < bytes.length; at++) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << (at % 8);
      try {
        const { metadata, ...states } = decodeCheckpoint(changed);
        expect(decodeCheckpoint(encodeCheckpoint(states, { metadata }))).toEqual({ metadata, ...states });
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
  });
});
