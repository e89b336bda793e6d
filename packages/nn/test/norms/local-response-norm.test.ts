import { Generator, randn } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { LocalResponseNorm } from "../../src/index.ts";
import { naiveLocalResponse } from "./norm-calls.ts";
import { numbers, relativeError } from "./norm-case.ts";

describe("LocalResponseNorm", () => {
  it.each([1e-20, 1, 1e4])("keeps float32 at scale %d", (scale) => {
    const x = randn([2, 6, 5], { generator: new Generator(112) }).mul(scale);
    const y = new LocalResponseNorm(3, { alpha: 0.5 }).forward(x);
    expect(y.dtype).toBe("float32");
    expect(relativeError(y.data, naiveLocalResponse(numbers(x), x.shape, 3, { alpha: 0.5 }))).toBeLessThan(1e-6);
  });
});
