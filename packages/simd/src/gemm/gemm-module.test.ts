import { describe, expect, it } from "vitest";
import { disassemble } from "../../test/disassemble.ts";
import { assembleGemm } from "./gemm-module.ts";
import { gemmWorthwhile } from "./gemm-worthwhile.ts";
import type { KernelConfig } from "./kernel-config.ts";

const configs: readonly KernelConfig[] = (["f32", "f64"] as const).flatMap((type) => [
  { type, rows: 4, vectors: 2, fused: false },
  { type, rows: 6, vectors: 2, fused: true },
]);

describe("assembleGemm", () => {
  it.each(configs)("stays below what browsers compile synchronously, %o", (config) => {
    expect(assembleGemm(config).length).toBeLessThan(4096);
  });

  it.each(configs)("uses relaxed SIMD only where fused, %o", (config) => {
    const text = disassemble(assembleGemm(config));
    expect(text.includes("relaxed_madd")).toBe(config.fused);
    expect(text.includes("x4.mul") || text.includes("x2.mul")).toBe(!config.fused);
  });
});

describe("gemmWorthwhile", () => {
  it.each([
    [32, 64, 32, true],
    [8, 8, 8, true],
    [1, 64, 64, true],
    [7, 8, 8, false],
    [1, 1, 100000, false],
    [1, 4, 128, true],
  ])("%d × %d × %d: %s", (m, n, k, expected) => expect(gemmWorthwhile(m, n, k)).toBe(expected));
});
