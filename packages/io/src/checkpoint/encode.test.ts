import "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import { BatchNorm, Dense, Sequential } from "@tapegrad/nn";
import { Adam, StepLR } from "@tapegrad/optim";
import { CompileError, Generator, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { decodeSafetensors } from "../safetensors/decode.ts";
import { decodeCheckpoint } from "./decode.ts";
import { encodeCheckpoint } from "./encode.ts";

const key = "tapegrad.checkpoint";

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

  it("keeps as many levels and values as it reads", () => {
    let deep: unknown = [tensor(1), Number.NaN];
    for (let level = 2; level < 100; level++) deep = [deep];
    expect(() => saved([deep])).toThrow("encodeCheckpoint: expected at most 100 levels, got more at value.0.0");
    expect(JSON.stringify(saved(deep))).toBe(JSON.stringify(deep));
    const list = new Array<number>(2 ** 20 - 20).fill(0);
    expect(saved(list)).toEqual(list);
    const long = new Array<number>(2 ** 20).fill(0);
    expect(() => saved(long)).toThrow("encodeCheckpoint: expected states of at most 1048576 values and");
    expect(() => saved("x".repeat(2 ** 24))).toThrow("Keep long lists of numbers as tensors.");
  });

  it("is not called while a function is traced, and neither is what loads", () => {
    const model = new Dense(1, 1);
    const bytes = encodeCheckpoint({ model });
    expect(() => compile(() => encodeCheckpoint({ model }))()).toThrow(CompileError);
    expect(() => compile(() => decodeCheckpoint(bytes, { model }))()).toThrow(
      "decodeCheckpoint: expected a call outside",
    );
  });

  it("refuses a part and metadata whose names are taken", () => {
    expect(() => encodeCheckpoint({ metadata: {} })).toThrow("expected no part that is called metadata");
    expect(() => encodeCheckpoint({}, { metadata: { [key]: "" } })).toThrow("expected other names in metadata");
  });
});
