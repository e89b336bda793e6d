import "@tapegrad/autograd";
import { BatchNorm, Dense, Sequential } from "@tapegrad/nn";
import { Adam, SGD, StepLR } from "@tapegrad/optim";
import { FormatError, Generator, ShapeError, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { decodeSafetensors } from "../safetensors/decode.ts";
import { encodeSafetensors } from "../safetensors/encode.ts";
import { decodeCheckpoint } from "./decode.ts";
import { encodeCheckpoint } from "./encode.ts";

const key = "tapegrad.checkpoint";

/** A checkpoint with this text for its states. */
function withText(text: unknown, tensors: Record<string, Tensor> = {}): Uint8Array {
  return encodeSafetensors(tensors, { metadata: { [key]: typeof text === "string" ? text : JSON.stringify(text) } });
}

/** What a value is when it has been saved. */
function saved(value: unknown): unknown {
  return decodeCheckpoint(encodeCheckpoint({ value }))["value"];
}

describe("encodeCheckpoint", () => {
  it("is one safetensors file: tensors by dotted names, the rest in its metadata", () => {
    const model = new Sequential(new Dense(2, 3, { init: "ones" }), new BatchNorm(3));
    const optimizer = new Adam(model.parameters());
    const scheduler = new StepLR(optimizer, { stepSize: 2 });
    const generator = new Generator(7);
    const bytes = encodeCheckpoint({ model, optimizer, scheduler, generator, epoch: 3 }, { metadata: { task: "toy" } });
    const { tensors, metadata } = decodeSafetensors(bytes);
    const expected = [
      ...Object.keys(model.stateDict()).map((name) => `model.${name}`),
      ...[0, 1, 2, 3].flatMap((i) => ["step", "exp_avg", "exp_avg_sq"].map((name) => `optimizer.state.${i}.${name}`)),
    ];
    expect(Object.keys(tensors).toSorted()).toEqual(expected.toSorted());
    expect(tensors["model.0.weight"]!.toArray()).toEqual(model.stateDict()["0.weight"]!.toArray());
    expect(Object.keys(metadata).toSorted()).toEqual([key, "task"]);
    const text = JSON.parse(metadata[key]!) as { states: Record<string, unknown> };
    expect(text).toMatchObject({ version: 1, values: ["epoch"], states: { epoch: 3 } });
    expect(text.states["scheduler"]).toEqual(scheduler.stateDict());
    expect(text.states["generator"]).toEqual(generator.stateDict());
    expect(decodeCheckpoint(bytes)["epoch"]).toBe(3);
    expect(decodeCheckpoint(bytes).metadata).toEqual({ task: "toy" });
    expect(encodeCheckpoint({}).length % 8).toBe(0);
  });

  it.each<[what: string, value: unknown]>([
    ["numbers that JSON has", [0, 1.5, -3, 5e-324, 1.7976931348623157e308, 1e21, 0.1 + 0.2, 2 ** 53 - 1]],
    ["numbers that it has not", [Number.NaN, Infinity, -Infinity, -0]],
    ["texts of all kinds", ["", "__proto__", "\u2028\u0000\"'\\", "\ud800 alone", "😀", "$tensor"]],
    ["booleans and null", [true, false, null]],
    ["lists and objects", { a: [], b: {}, c: [[], [{}]], "": { "": 1 } }],
    [
      "objects that look like what stands for others",
      [{ $tensor: "a" }, { $number: "NaN" }, { $: 1 }, { $$number: 1 }],
    ],
    ["keys of every kind", { "a.b": 1, a: { b: 2 }, constructor: 3, "1": 4, "\ud800": 5 }],
  ])("keeps %s", (_, value) => {
    expect(saved(value)).toEqual(value);
  });

  it("keeps tensors of every dtype and shape, to the bit", () => {
    const bits = new Float32Array(new Uint32Array([0x7fc00001, 0xffc12345, 0x80000000, 1]).buffer);
    const state = {
      a: tensor(bits),
      b: tensor([[Number.NaN, -0, 5e-324]], { dtype: "float64" }),
      c: tensor([-(2 ** 31), 2 ** 31 - 1], { dtype: "int32" }),
      d: tensor([true, false]),
      e: [tensor(3), zeros([2, 0, 3])],
    };
    const read = saved(state) as typeof state;
    const facts = ({ shape, dtype, data }: Tensor): unknown => [shape, dtype, new Uint8Array(data.slice().buffer)];
    for (const name of ["a", "b", "c", "d"] as const) expect(facts(read[name])).toEqual(facts(state[name]));
    expect(read.e.map(facts)).toEqual(state.e.map(facts));
  });

  it("tells tensors apart whose paths are the same, and those that are called as the metadata", () => {
    const [one, two, three, four] = [1, 2, 3, 4].map((value) => tensor(value)) as [Tensor, Tensor, Tensor, Tensor];
    const bytes = encodeCheckpoint({ a: { "b.c": one, b: { c: two } }, "a.b": { c: three }, __metadata__: four });
    const names = Object.keys(decodeSafetensors(bytes).tensors);
    expect(names.toSorted()).toEqual(["__metadata__#2", "a.b.c", "a.b.c#2", "a.b.c#3"]);
    const {
      a,
      "a.b": ab,
      __metadata__: last,
    } = decodeCheckpoint(bytes) as unknown as {
      a: { "b.c": Tensor; b: { c: Tensor } };
      "a.b": { c: Tensor };
      __metadata__: Tensor;
    };
    expect([a["b.c"], a.b.c, ab.c, last].map((each) => each.item())).toEqual([1, 2, 3, 4]);
  });

  it("is not harmed by names that objects have", () => {
    const parts = JSON.parse('{"__proto__": {"__proto__": {"polluted": 1}}, "toString": {"constructor": 2}}') as object;
    const states = decodeCheckpoint(encodeCheckpoint(parts as Record<string, unknown>));
    expect(Object.keys(states).toSorted()).toEqual(["__proto__", "metadata", "toString"]);
    expect(Object.getPrototypeOf(states)).toBeNull();
    expect(Object.keys(states["__proto__"] as object)).toEqual(["__proto__"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("leaves out what is undefined, as JSON does", () => {
    expect(decodeCheckpoint(encodeCheckpoint({ a: undefined, b: { c: undefined, d: 1 } }))).toEqual({
      b: { d: 1 },
      metadata: {},
    });
  });

  const cycle: Record<string, unknown> = {};
  cycle["inner"] = cycle;
  it.each<[what: string, value: unknown, message: string]>([
    ["a function", { f: [(): void => {}] }, "expected value.f.0 to be of tensors, numbers"],
    ["an instance", new Map(), "expected value to be of tensors"],
    ["a bigint", 1n, "expected value to be of tensors"],
    ["a hole", [undefined], "expected value.0 to be of tensors"],
    ["a typed array", { a: new Float32Array(1) }, "expected value.a to be of tensors"],
    ["a circle", cycle, "expected at most 100 levels, got more at value.inner.inner"],
  ])("refuses %s", (_, value, message) => {
    expect(() => encodeCheckpoint({ value })).toThrow(ValueError);
    expect(() => encodeCheckpoint({ value })).toThrow(`encodeCheckpoint: ${message}`);
  });

  it("refuses a part and metadata whose names are taken", () => {
    expect(() => encodeCheckpoint({ metadata: {} })).toThrow("expected no part that is called metadata");
    expect(() => encodeCheckpoint({}, { metadata: { [key]: "" } })).toThrow("expected other names in metadata");
  });
});

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
      "too many levels",
      withText(`{"version":1,"values":[],"states":{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}}`),
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
