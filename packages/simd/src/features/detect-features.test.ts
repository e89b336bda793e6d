import { afterEach, describe, expect, it, vi } from "vitest";
import { detectFeatures, probeFeatures } from "./detect-features.ts";
import { relaxedSimdProbe, simdProbe, threadsProbe } from "./probe-modules.ts";

afterEach(() => vi.unstubAllGlobals());

describe("detectFeatures", () => {
  it("finds what every supported engine has, and remembers it", () => {
    const features = detectFeatures();
    expect(features).toMatchObject({ webAssembly: true, simd: true, threads: true });
    expect(detectFeatures()).toBe(features);
    expect(probeFeatures()).toEqual(features);
  });

  it("agrees with the engine", () => {
    const { relaxedSimd, fusedMultiplyAdd } = detectFeatures();
    expect(relaxedSimd).toBe(WebAssembly.validate(relaxedSimdProbe()));
    expect(fusedMultiplyAdd && !relaxedSimd).toBe(false);
  });

  it("finds nothing without WebAssembly", () => {
    vi.stubGlobal("WebAssembly", undefined);
    expect(probeFeatures()).toEqual({
      webAssembly: false,
      simd: false,
      relaxedSimd: false,
      fusedMultiplyAdd: false,
      threads: false,
    });
  });

  it("finds nothing where compilation is forbidden", () => {
    const forbidden = (): never => {
      throw new WebAssembly.CompileError("forbidden");
    };
    vi.stubGlobal("WebAssembly", { ...Object.fromEntries([["validate", () => true]]), Module: forbidden });
    expect(probeFeatures().webAssembly).toBe(false);
  });

  it("finds no threads where memory cannot be shared", () => {
    vi.stubGlobal("crossOriginIsolated", false);
    expect(probeFeatures().threads).toBe(false);
    vi.stubGlobal("crossOriginIsolated", true);
    expect(probeFeatures().threads).toBe(true);
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(probeFeatures().threads).toBe(false);
  });

  it("keeps its probes small", () => {
    for (const probe of [simdProbe(), relaxedSimdProbe(), threadsProbe()]) expect(probe.length).toBeLessThan(100);
  });
});
