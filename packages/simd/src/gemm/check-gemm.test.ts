import { describe, expect, it, vi } from "vitest";
import { gemm } from "./gemm.ts";
import type { GemmOptions } from "./gemm-options.ts";

function options(changes: Partial<Record<keyof GemmOptions, unknown>>): GemmOptions {
  const ordinary = {
    m: 2,
    n: 2,
    k: 3,
    a: new Float32Array(6),
    b: new Float32Array(6),
    out: new Float32Array(4).fill(5),
  };
  return { ...ordinary, ...changes } as GemmOptions;
}

const shared = new Float32Array(20);

describe("gemm", () => {
  it.each<[Partial<Record<keyof GemmOptions, unknown>>, string]>([
    [{ m: -1 }, "gemm: expected m to be a non-negative integer, got -1."],
    [{ n: 1.5 }, "gemm: expected n to be a non-negative integer, got 1.5."],
    [{ k: undefined }, "gemm: expected k to be a non-negative integer, got undefined."],
    [{ aOffset: -2 }, "gemm: expected aOffset to be a non-negative integer, got -2."],
    [{ a: new Float32Array(5) }, "gemm: expected a to hold 6 elements from 0 on, got 5 in all."],
    [{ b: new Float32Array(6), bOffset: 1 }, "gemm: expected b to hold 6 elements from 1 on, got 6 in all."],
    [{ out: new Float32Array(3) }, "gemm: expected out to hold 4 elements from 0 on, got 3 in all."],
    [{ out: [0, 0, 0, 0] }, "gemm: expected out to be a Float32Array or Float64Array, got Array."],
    [{ out: new Int32Array(4) }, "gemm: expected out to be a Float32Array or Float64Array, got Int32Array."],
    [
      { a: new Float64Array(6) },
      "gemm: expected a and b to be a Float32Array like out, got Float64Array and Float32Array.",
    ],
    [
      { a: shared.subarray(0, 6), out: shared.subarray(5, 9) },
      "gemm: expected out not to overlap a, got the same memory.",
    ],
    [{ b: shared, bOffset: 3, out: shared }, "gemm: expected out not to overlap b, got the same memory."],
  ])("refuses case %#", (changes, message) => {
    const bad = options(changes);
    const before = [...bad.out];
    expect(() => gemm(bad)).toThrow(message);
    expect([...bad.out]).toEqual(before);
  });

  it("takes operands and result from one buffer side by side", () => {
    const buffer = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0);
    gemm({ m: 2, n: 2, k: 2, a: buffer, b: buffer, bOffset: 4, out: buffer, outOffset: 8 });
    expect([...buffer.subarray(8)]).toEqual([19, 22, 43, 50]);
  });

  it("says what is missing where the engine has no SIMD", async () => {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", undefined);
    try {
      const bare = await import("../index.ts");
      expect(bare.gemmAvailable()).toBe(false);
      expect(bare.gemmWorthwhile(100, 100, 100)).toBe(false);
      expect(() => bare.gemm(options({}))).toThrow(
        "gemm: expected an engine with WebAssembly SIMD, got none. Ask gemmAvailable() before.",
      );
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
