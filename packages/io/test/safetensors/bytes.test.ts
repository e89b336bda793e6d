import { compile } from "@tapegrad/compile";
import { Dense } from "@tapegrad/nn";
import {
  CompileError,
  ones,
  ShapeError,
  type TapegradError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/index.ts";
import { entry, fileOf } from "./file-of.ts";

describe("decodeSafetensors", () => {
  const file = encodeSafetensors({ a: tensor([1, 2]), b: tensor([true]), d: tensor([3], { dtype: "float64" }) });
  /** The same bytes, so many behind the start of their buffer. */
  const shifted = (by: number): Uint8Array => {
    const all = new Uint8Array(file.length + by);
    all.set(file, by);
    return all.subarray(by);
  };

  it("leaves elements where they are if they are aligned, each by its own width", () => {
    for (const by of [0, 4, 8, 1]) {
      const bytes = shifted(by);
      const { a, b, d } = decodeSafetensors(bytes).tensors;
      const views = [a!, b!, d!].map(({ data }) => data.buffer === bytes.buffer);
      expect(views).toEqual([by % 4 === 0, true, by % 8 === 0]);
      expect([a!, b!, d!].map((each) => each.toArray())).toEqual([[1, 2], [1], [3]]);
    }
  });

  it("copies everything if that is asked for", () => {
    const bytes = shifted(0);
    const { a, b, d } = decodeSafetensors(bytes, { copy: true }).tensors;
    bytes.fill(255);
    expect([a!, b!, d!].map((each) => each.toArray())).toEqual([[1, 2], [1], [3]]);
  });

  it("reads shared memory, and a Buffer", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(file.length));
    shared.set(file);
    expect(decodeSafetensors(shared).tensors["a"]!.toArray()).toEqual([1, 2]);
    expect(decodeSafetensors(Buffer.from(file)).tensors["d"]!.toArray()).toEqual([3]);
  });

  it("keeps every bit of floats, also of NaN", () => {
    const bits = Uint8Array.of(1, 2, 0xc3, 0x7f, 0, 0, 0, 0x80);
    const bytes = fileOf(`${JSON.stringify({ x: entry("F32", [2], 0, 8) })}  `, bits);
    for (const copy of [false, true]) {
      const again = encodeSafetensors(decodeSafetensors(bytes, { copy }).tensors);
      expect(again.subarray(-8)).toEqual(bits);
    }
  });

  it("gives what loadStateDict takes, and checks", () => {
    const [a, b] = [new Dense(2, 3), new Dense(2, 3)];
    const { tensors } = decodeSafetensors(encodeSafetensors(a.stateDict()));
    expect(b.loadStateDict(tensors)).toEqual({ missing: [], unexpected: [] });
    expect(b.weight.toArray()).toEqual(a.weight.toArray());
    const hostile = decodeSafetensors(encodeSafetensors({ ...a.stateDict(), ["__proto__"]: ones([1]) })).tensors;
    expect(() => b.loadStateDict(hostile)).toThrow("unexpected: __proto__");
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe("encodeSafetensors", () => {
  it("writes what the description of the format shows", () => {
    const bytes = encodeSafetensors({ attn0: tensor([0, 1, 2, 3, 4, 5]).reshape([1, 1, 2, 3]) });
    const header = '{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       ';
    expect(bytes).toEqual(fileOf(header, new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer)));
    expect(encodeSafetensors({}, { metadata: { framework: "pt" } })).toEqual(
      fileOf('{"__metadata__":{"framework":"pt"}}     '),
    );
    expect(encodeSafetensors({}, { metadata: {} })).toEqual(fileOf("{}      "));
  });

  it("writes elements in the order in which views see them, and not what else is in their buffer", () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const { t, row } = decodeSafetensors(encodeSafetensors({ t: x.transpose(), row: x.slice(1) })).tensors;
    expect([t!.toArray(), row!.toArray()]).toEqual([
      [
        [1, 3],
        [2, 4],
      ],
      [3, 4],
    ]);
  });

  it("does not depend on the order in which tensors and metadata are given", () => {
    const [a, b] = [tensor([1]), tensor([2])];
    const bytes = encodeSafetensors({ a, b, 2: a, 10: b }, { metadata: { x: "1", y: "2" } });
    expect(encodeSafetensors({ 10: b, b, 2: a, a }, { metadata: { y: "2", x: "1" } })).toEqual(bytes);
  });

  it("gives memory of its own, that is not shared, of what a compiled function has had", () => {
    const w = zeros([300]);
    const step = compile((x: Tensor) => w.add(x));
    step(ones([300]));
    const bytes = encodeSafetensors({ w, y: step(ones([300])) });
    expect(bytes.buffer).toBeInstanceOf(ArrayBuffer);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
    const { tensors } = decodeSafetensors(structuredClone(bytes, { transfer: [bytes.buffer] }));
    expect(tensors["y"]!.toArray()).toEqual(Array(300).fill(1));
    expect(w.add(1).toArray()).toEqual(Array(300).fill(1));
  });

  it.each<[string, () => unknown, TapegradError]>([
    [
      "no tensor",
      () => encodeSafetensors({ "a b": [1] as unknown as Tensor }),
      new ValueError(
        'encodeSafetensors: expected tensors["a b"] to be a tensor, got [1]. Make one of it with tensor(...).',
      ),
    ],
    [
      "a tensor that is called as the metadata are",
      () => encodeSafetensors({ __metadata__: ones([1]) }),
      new ValueError("encodeSafetensors: expected names of tensors, got __metadata__. Give it as option metadata."),
    ],
    [
      "half of a surrogate pair",
      () => encodeSafetensors({ "\ud800": ones([1]) }),
      new ValueError(String.raw`encodeSafetensors: expected a name to be a text of Unicode, got "\ud800".`),
    ],
    [
      "half of one in the metadata",
      () => encodeSafetensors({}, { metadata: { k: "\udc00" } }),
      new ValueError(String.raw`encodeSafetensors: expected metadata["k"] to be a text of Unicode, got "\udc00".`),
    ],
    [
      "metadata that are no texts",
      () => encodeSafetensors({}, { metadata: { epoch: 3 } as unknown as Record<string, string> }),
      new ValueError("encodeSafetensors: expected metadata to be texts by name, got { epoch: 3 }."),
    ],
    [
      "tensors in a Map",
      () => encodeSafetensors(new Map() as unknown as Record<string, Tensor>),
      new ValueError("encodeSafetensors: expected tensors to be an object, got a Map."),
    ],
    [
      "more axes than files have",
      () => encodeSafetensors({ x: ones(Array<number>(65).fill(1)) }),
      new ShapeError(
        `encodeSafetensors: expected tensors["x"] of a shape that files have, got [${Array(65).fill(1).join(", ")}].`,
      ),
    ],
    [
      "extents that multiply beyond numbers, though there is no element",
      () => encodeSafetensors({ x: zeros([2 ** 40, 2 ** 40, 0]) }),
      new ShapeError(
        'encodeSafetensors: expected tensors["x"] of a shape that files have, got [1099511627776, 1099511627776, 0].',
      ),
    ],
  ])("refuses %s", (_, call, error) => {
    expect(call).toThrow(error);
  });

  it("refuses more bytes than an array has room for: 2^17 times a GiB that nobody has written to", () => {
    const large = zeros([2 ** 28]);
    const many = Object.fromEntries(Array.from({ length: 2 ** 17 }, (_, i) => [String(i), large]));
    const message = /^encodeSafetensors: expected as many bytes as an array has room for, got 14073\d{10}\.$/;
    expect(() => encodeSafetensors(many)).toThrow(
      expect.objectContaining({ name: "ValueError", message: expect.stringMatching(message) as string }),
    );
  });

  it("refuses to be compiled", () => {
    const save = compile((x: Tensor) => {
      encodeSafetensors({ x });
      return x;
    });
    expect(() => save(ones([1]))).toThrow(CompileError);
    expect(() => save(ones([1]))).toThrow("encodeSafetensors: expected a call outside compiled functions");
  });
});
