import type { Tensor } from "@tapegrad/tensor";
import { expect } from "vitest";
import { compile } from "../../src/index.ts";
import { wasmExecutableOf } from "../wasm-executable-of.ts";

/** Compiles a function of tensors, and holds its results against those of the function as it is. */
export function expectSame(
  fn: (...tensors: Tensor[]) => Tensor,
  tensors: readonly Tensor[],
  {
    tolerance = 0,
    absolute = 0,
    native = true,
  }: { readonly tolerance?: number; readonly absolute?: number; readonly native?: boolean } = {},
): void {
  const want = fn(...tensors);
  const compiled = compile(fn);
  for (let call = 0; call < 2; call++) {
    const got = compiled(...tensors);
    expect(got.shape).toEqual(want.shape);
    expect(got.dtype).toBe(want.dtype);
    want.data.forEach((value, i) => {
      const same =
        Object.is(got.data[i], value) || Math.abs(got.data[i]! - value) <= tolerance * Math.abs(value) + absolute;
      if (!same) expect.fail(`element ${i}: expected ${value}, got ${String(got.data[i])}`);
    });
  }
  const kernels = wasmExecutableOf(compiled)?.memory.kernels ?? [];
  const interpreted = kernels.flatMap((kernel) =>
    kernel.kind === "routine" && kernel.code === undefined ? [kernel.kernel.operation.name] : [],
  );
  if (native) expect(interpreted).toEqual([]);
}
