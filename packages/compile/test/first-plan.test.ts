import { assign, tensor, zeros } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import { compile } from "../src/compile.ts";
import { wasmHeap } from "../src/wasm/memory/wasm-heap.ts";

// In a file of its own: no plan may have taken memory to compute in before.
it("the first plan of a program runs, though it needs no memory to compute in", () => {
  const counter = zeros([]);
  const count = compile(() => assign(counter, counter.add(1)));
  count();
  expect(wasmHeap().arena.address).toBe(0);
  count();
  expect(counter.item()).toBe(2);
  expect(compile(() => tensor([1, 2]).mul(2).sum())().item()).toBe(6);
  count();
  expect(counter.item()).toBe(3);
});
