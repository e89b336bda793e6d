import "@tapegrad/autograd";
import { BatchNorm, Dense, Dropout, functional, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { assign, Generator, randn, Tensor, tensor, type TypedArray, zeros } from "@tapegrad/tensor";
import { isPlainObject } from "@tapegrad/tensor/internal";
import { expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { wasmHeap } from "../src/wasm/memory/wasm-heap.ts";

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return isPlainObject(value) ? Object.values(value).flatMap(tensorsIn) : [];
}

function expectOrdinary({ data, size }: Tensor): void {
  expect(data.buffer).toBeInstanceOf(ArrayBuffer);
  expect(data.buffer.byteLength).toBe(data.byteLength);
  expect(structuredClone(data, { transfer: [data.slice().buffer as ArrayBuffer] })).toHaveLength(size);
}

/** A training step whose parameters, moments, statistics and counters are captured. */
function training(): { readonly states: () => unknown; readonly step: (x: Tensor) => Tensor } {
  const generator = new Generator(3);
  const net = new Sequential(new Dense(4, 3, { generator }), new BatchNorm(3), new Dropout(0.2, { generator }));
  const optimizer = new Adam(net.parameters());
  const step = compile(
    (x: Tensor) => {
      optimizer.zeroGrad();
      const loss = functional.mseLoss(net.forward(x) as Tensor, zeros([8, 3]));
      loss.backward();
      optimizer.step();
      return loss;
    },
    { threads: 1 },
  );
  const states = (): unknown => [
    [net.stateDict(), optimizer.stateDict(), net.parameters(), net.parameters().map(({ grad }) => grad!)],
    [generator.counter, optimizer.groups.map(({ lr }) => lr)],
  ];
  return { states, step };
}

/** Tests of what users get of captured tensors, in whatever memory. */
export function testTakenOut(isShared: boolean): void {
  it("is of ordinary buffers, and of nothing else in them", () => {
    const { states, step } = training();
    const x = randn([8, 4]);
    for (let i = 0; i < 3; i++) {
      expectOrdinary(step(x));
      const tensors = tensorsIn(states());
      expect(tensors.length).toBeGreaterThan(20);
      tensors.forEach(expectOrdinary);
    }
    expect(wasmHeap().heap.shared).toBe(isShared);
  });

  it("does not change what is computed", () => {
    const run = (look: boolean): unknown[] => {
      const { states, step } = training();
      const x = randn([8, 4], { generator: new Generator(1) });
      return Array.from({ length: 10 }, () => {
        const loss = step(x).item();
        if (look) for (const { data } of tensorsIn(states())) expect(data).toBeDefined();
        return [loss, tensorsIn(states()).map((each) => each.toArray())];
      });
    };
    expect(run(true)).toEqual(run(false));
  });

  it("stays as it was when a call assigns; read anew, it is of now", () => {
    const [x, y] = [tensor([1, 2, 3]), tensor([1, 2, 3])];
    const step = compile(() => assign(x, x.mul(2)));
    step();
    const before = x.data;
    step();
    expect([before, x.data]).toEqual([Float32Array.of(2, 4, 6), Float32Array.of(4, 8, 12)]);
    // Nothing copies it where nobody has been given it since.
    expect(x.data).toBe(x.data);
    expect(x.detach().data).toBe(x.data);
    // Eager assignments write to it.
    const live = y.data;
    assign(y, y.mul(2));
    expect([live, y.data]).toEqual([Float32Array.of(2, 4, 6), live]);
  });

  it("may be written to, past the tape, until the next call", () => {
    const x = tensor([1, 2, 3]);
    const doubled = compile(() => x.mul(2));
    doubled();
    const { data } = x;
    data[0] = 5;
    expect([x.toArray(), doubled().toArray()]).toEqual([
      [5, 2, 3],
      [10, 4, 6],
    ]);
    data[1] = 7;
    expect([x.toArray(), doubled().toArray(), [...x.data]]).toEqual([
      [5, 2, 3],
      [10, 4, 6],
      [5, 2, 3],
    ]);
  });

  it("comes back to its place, for functions that are compiled later too", () => {
    const x = randn([1000]);
    const doubled = compile(() => x.mul(2).sum());
    const squared = compile(() => x.mul(x).sum());
    doubled();
    const places = new Set<TypedArray>([x["elements"]]);
    expect(places.has(x.data)).toBe(false);
    squared();
    const used = wasmHeap().heap.usedBytes;
    for (let i = 0; i < 5; i++) {
      for (const call of [doubled, squared]) {
        places.add((call(), x["elements"]));
        expect(places.has(x.data)).toBe(false);
      }
    }
    expect(places.size).toBe(1);
    expect(wasmHeap().heap.usedBytes).toBe(used);
  });

  it("is not taken out by what makes numbers, texts and tensors of it", () => {
    const x = tensor([3]);
    compile(() => x.mul(2))();
    const place = x["elements"];
    expect([x.item(), x.toArray(), JSON.stringify(x), x.toString(), x.clone().item(), x.add(1).item()]).toBeDefined();
    expect(x["elements"]).toBe(place);
    expect(place.buffer).toBe(wasmHeap().heap.memory.buffer);
    expect(x.data.buffer).not.toBe(place.buffer);
  });

  it("has its values when the memory grows meanwhile", () => {
    const [inside, outside] = [tensor([1, 2]), tensor([3, 4])];
    const sum = compile(() => inside.add(outside));
    const product = compile(() => inside.mul(outside));
    sum();
    product();
    const { data } = outside;
    const before = wasmHeap().heap.memory.buffer.byteLength;
    const large = zeros([before / 4]);
    compile(() => large.sum(), { threads: 1 })();
    expect(wasmHeap().heap.memory.buffer.byteLength).toBeGreaterThan(before);
    expect([...data, ...inside.data, ...outside.data]).toEqual([3, 4, 1, 2, 3, 4]);
    data[0] = 5;
    expect([sum().toArray(), product().toArray()]).toEqual([
      [6, 6],
      [5, 8],
    ]);
  });

  it("may have another dtype meanwhile, and come back", () => {
    const layer = new Dense(2, 1, { bias: false, init: "ones" });
    const forward = compile((x: Tensor) => layer.forward(x));
    const ones = (dtype: "float32" | "float64"): Tensor => zeros([1, 2], { dtype }).add(1);
    for (const dtype of ["float32", "float64", "float32", "float64"] as const) {
      layer.to(dtype);
      layer.weight.data[0]! += 1;
      expect(forward(ones(dtype)).toArray()).toEqual([[layer.weight.sum().item()]]);
    }
  });
}
