import { describe, expect, it } from "vitest";
import { Heap } from "./heap.ts";

describe("Heap", () => {
  it("lets large blocks of whole pages start at places of their own", () => {
    const heap = new Heap();
    const addresses = Array.from({ length: 12 }, () => heap.allocate(131_072));
    expect(new Set(addresses.map((address) => address % 4096)).size).toBe(12);
    expect(addresses.every((address) => address % 64 === 0)).toBe(true);
    for (const address of addresses) heap.free(address);
    expect(heap.usedBytes).toBe(0);
  });

  it("keeps such a block whole where it is to hold less than it has", () => {
    const heap = new Heap();
    const [first, second] = [heap.allocate(65_536), heap.allocate(64)];
    expect(heap.extend(first, 65_600)).toBe(true);
    heap.free(first);
    expect(heap.allocate(second - first)).toBe(first);
  });

  it("adds nothing to small blocks and to others", () => {
    const heap = new Heap();
    const [first, second, third] = [heap.allocate(4096), heap.allocate(131_136), heap.allocate(64)];
    expect([second - first, third - second]).toEqual([4096, 131_136]);
  });
});
