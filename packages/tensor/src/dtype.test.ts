import { describe, expect, it } from "vitest";
import { ValueError } from "./errors.ts";
import { ones, tensor, zeros } from "./functions/creation.ts";
import { assign } from "./tensor/tensor.ts";
import type { Tensor } from "./tensor/tensor.ts";

/** As a worker takes it over. */
function transfer({ data }: Tensor): void {
  structuredClone(data, { transfer: [data.buffer as ArrayBuffer] });
}

const lost = (size: number): ValueError =>
  new ValueError(
    `data: expected ${size} elements, got 0: their buffer was transferred. Transfer that of x.data.slice().`,
  );

describe("the elements of a tensor", () => {
  // Around what lies on the engine's heap, shares memory, or has a buffer of its own.
  it.each([1, 16, 17, 32, 100, 128, 129, 5000])("of %i elements lie in a buffer without others", (size) => {
    const [before, x, after] = [ones([size]), ones([size]), ones([size])];
    expect([x.data.byteOffset, x.data.buffer.byteLength]).toEqual([0, 4 * size]);
    expect(x.data).toBe(x.data);
    transfer(x);
    expect([before.sum().item(), after.sum().item(), ones([size]).sum().item()]).toEqual([size, size, size]);
    expect(() => x.data).toThrow(lost(size));
    expect(() => x.sum()).toThrow(lost(size));
    expect(() => x.add(1)).toThrow(lost(size));
    expect(() => x.toArray()).toThrow(lost(size));
    expect(() => assign(x, after)).toThrow(lost(size));
    expect(() => assign(after, x)).toThrow(lost(size));
    expect(String(x)).toBe(`Tensor [${size}] float32 (transferred)`);
  });

  it("are shared by reshape and detach, whoever is read first", () => {
    const x = zeros([5, 6]);
    const [flat, same] = [x.reshape([30]), x.detach()];
    expect(flat.data).toBe(x.data);
    assign(x, ones([5, 6]));
    expect([flat.sum().item(), same.sum().item()]).toEqual([30, 30]);
    expect(same.data).toBe(x.data);
  });

  it("are given to a worker as a copy", () => {
    const x = tensor(Array.from({ length: 40 }, (_, i) => i));
    const copy = x.data.slice();
    structuredClone(copy, { transfer: [copy.buffer] });
    expect(x.sum().item()).toBe(780);
  });
});
