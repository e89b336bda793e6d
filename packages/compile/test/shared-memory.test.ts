import "@tapegrad/autograd";
import { arange, assign, Generator, randn, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it, vi } from "vitest";
import { compile, type Compiled } from "../src/index.ts";
import { Heap } from "../src/wasm/memory/heap.ts";
import { SharedArena } from "../src/wasm/memory/shared-arena.ts";
import { wasmHeap } from "../src/wasm/memory/wasm-heap.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const usedBytes = (): number => wasmHeap().heap.usedBytes;
const draw = (rows: number, columns: number): Tensor => randn([rows, columns], { generator: new Generator(rows) });

describe("the arena of all plans", () => {
  it("is as large as the largest plan needs, however many shapes there are", () => {
    const w = randn([64, 64], { requiresGrad: true, generator: new Generator(1) });
    const train = compile(
      (x: Tensor) => {
        w.grad = undefined;
        const loss = x.matmul(w).tanh().matmul(w).square().mean();
        loss.backward();
        return loss;
      },
      { threads: 1 },
    );
    const before = usedBytes();
    let largest = 0;
    for (let rows = 500; rows < 1500; rows += 50) {
      train(draw(rows, 64));
      largest = Math.max(largest, train.plan?.arenaBytes ?? 0);
    }
    const parameter = 2 * 4 * 64 * 64;
    expect(largest).toBeGreaterThan(1e6);
    expect(usedBytes() - before).toBeLessThanOrEqual(largest + parameter + 64);
  });

  it("moves under plans that go on as before, constants included", () => {
    const table = (x: Tensor): Tensor => x.mul(arange(x.shape[1]!).sin()).cumsum({ axis: 1 });
    const compiled = compile(table);
    const small = draw(3, 5);
    const expected = compiled(small).toArray();
    const held: Compiled<[Tensor], Tensor>[] = [];
    const places = new Set<number>();
    for (let size = 1e5; size < 1e6; size *= 2) {
      // What a function captures comes to lie behind the arena, which must then move to grow.
      const captured = zeros([size]);
      const other = compile((x: Tensor) => table(x.add(captured)).mul(2).sum({ axis: 1 }));
      other(zeros([1, size]));
      held.push(other);
      places.add(wasmHeap().arena.address);
      // What comes to lie where the arena was is not touched any more.
      const there = zeros([64]);
      compile((x: Tensor) => x.add(there))(zeros([64]));
      expect(compiled(small).toArray()).toEqual(expected);
      expect(there.toArray()).toEqual(zeros([64]).toArray());
      const large = draw(2, size / 1e3);
      expect(compiled(large).toArray()).toEqual(compile(table)(large).toArray());
    }
    expect(held.length).toBe(4);
    expect(places.size).toBeGreaterThan(1);
  });

  it("comes back when the last plan has gone", () => {
    const heap = new Heap();
    const arena = new SharedArena(heap);
    arena.join();
    arena.join();
    arena.reserve(1e6);
    const { address } = arena;
    arena.reserve(2e6);
    expect([arena.address, heap.usedBytes]).toEqual([address, 2e6]);
    const behind = heap.allocate(64);
    arena.reserve(3e6);
    expect(arena.address).toBeGreaterThan(behind);
    // Room for the next, since it had to move.
    expect(heap.usedBytes).toBe(64 + 4e6);
    arena.leave();
    arena.reserve(1e6);
    expect(heap.usedBytes).toBe(64 + 4e6);
    arena.leave();
    expect(heap.usedBytes).toBe(64);
  });

  it("says what to do when memory is full, and can be used on", () => {
    const heap = new Heap();
    vi.spyOn(heap.memory, "grow").mockImplementation(() => {
      throw new RangeError("no");
    });
    const arena = new SharedArena(heap);
    arena.join();
    heap.allocate(1e5);
    expect(() => arena.reserve(3 * 2 ** 30)).toThrow(
      "compile: expected what compiled functions capture and what the largest of them computes to fit into 4 GiB, got a " +
        "need for 3.00 GiB beside 0.00 GiB in use. Use a smaller batch, compile a part of the function, or let go of " +
        "models that are no longer needed.",
    );
    arena.reserve(1e5);
    expect(arena.address).toBeGreaterThan(0);
  });
});

describe("the gradient of a leaf", () => {
  it("is what the last plan gave, whichever that was", () => {
    expectSameAsEager((wrap) => {
      const [u, w] = [tensor([1, 2], { requiresGrad: true }), tensor([3, 4], { requiresGrad: true })];
      const both = wrap((x: Tensor) => {
        [u.grad, w.grad] = [undefined, undefined];
        // One cotangent for two leaves.
        u.add(w).mul(x).sum().backward();
      });
      const one = wrap((x: Tensor) => {
        w.grad = undefined;
        w.mul(x).sum().backward();
      });
      const more = wrap((x: Tensor) => w.mul(x).square().sum().backward());
      const seen: unknown[] = [];
      const look = (): void => void seen.push(snapshot(u.grad), snapshot(w.grad));
      both(tensor([1, 2]));
      one(tensor([5, 6]));
      look();
      both(tensor([1, 2]));
      more(tensor([1, 2]));
      more(tensor([3, 4]));
      look();
      both(tensor([7, 8]));
      const kept = w.grad;
      one(tensor([9, 9]));
      seen.push(kept);
      look();
      return seen;
    });
  });

  it("takes one place, whatever shapes the arguments have", () => {
    const w = tensor(new Float32Array(1e5), { requiresGrad: true });
    const step = compile((x: Tensor) => {
      w.grad = undefined;
      w.mul(x.sum()).sum().backward();
      assign(w, w.sub(w.grad!));
    });
    step(zeros([1]));
    const before = usedBytes();
    for (let size = 2; size < 10; size++) step(zeros([size]));
    expect(usedBytes() - before).toBeLessThan(4e5);
  });
});
