import type * as Simd from "@tapegrad/simd";
import { type Tensor, tensor } from "@tapegrad/tensor";
import { afterEach, expect, it, vi } from "vitest";
import { compile } from "../compile.ts";

const features = vi.hoisted(() => ({ webAssembly: true, simd: true }));
vi.mock("@tapegrad/simd", async (original) => {
  const simd = await original<typeof Simd>();
  return { ...simd, detectFeatures: () => ({ ...simd.detectFeatures(), ...features }) };
});

afterEach(() => Object.assign(features, { webAssembly: true, simd: true }));

it("says what a page has to allow where WebAssembly is forbidden", () => {
  Object.assign(features, { webAssembly: false, simd: false });
  const double = compile((x: Tensor) => x.mul(2));
  expect(() => double(tensor([1]))).toThrow(/^compile: expected WebAssembly to be allowed, got .*'wasm-unsafe-eval'/);
  Object.assign(features, { webAssembly: true, simd: true });
  expect(double(tensor([1])).toArray()).toEqual([2]);
});

it("says that it needs SIMD", () => {
  features.simd = false;
  expect(() => compile(() => tensor([1]).mul(2))()).toThrow("compile: expected WebAssembly with SIMD");
});
