import { afterEach, expect, it, vi } from "vitest";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

it("is available", async () => {
  const { elementwiseAvailable } = await import("./elementwise-kernels.ts");
  expect(elementwiseAvailable()).toBe(true);
});

it("is not available where large modules cannot be compiled at once", async () => {
  class Module extends WebAssembly.Module {
    constructor(bytes: BufferSource) {
      if (bytes.byteLength > 4096) throw new RangeError("Use WebAssembly.compile.");
      super(bytes);
    }
  }
  vi.stubGlobal("WebAssembly", { ...statics(WebAssembly), Module });
  const { elementwiseAvailable } = await import("./elementwise-kernels.ts");
  expect(elementwiseAvailable()).toBe(false);
});

/** The functions and classes of a namespace, which is not enumerable. */
function statics(namespace: object): object {
  return Object.fromEntries(Object.getOwnPropertyNames(namespace).map((name) => [name, Reflect.get(namespace, name)]));
}
