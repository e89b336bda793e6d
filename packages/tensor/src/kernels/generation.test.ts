import { beforeAll, expect, it } from "vitest";
import { randomBits } from "../primitives/generation.ts";
import { runKernel, useReference } from "./kernels.ts";

beforeAll(() => useReference(false));

it.each([1, 63, 64, 65, 1000, 40_001])("draws %i random bits", (size) => {
  const counter = { data: Float64Array.of(2 ** 32 - 7), shape: [], dtype: "float64" } as const;
  for (const bits of [1, 24, 31]) {
    const attrs = { key: [7, -3], shape: [size], bits } as const;
    const outputs = randomBits.infer([counter], attrs);
    const fast = runKernel("randomBits", [counter], attrs, outputs);
    if (size >= 64) expect(fast).toEqual(randomBits.evaluate([counter], attrs, outputs));
    else expect(fast).toBeUndefined();
  }
});
