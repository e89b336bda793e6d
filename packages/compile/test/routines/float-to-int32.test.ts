import { tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { bothWays } from "./both-ways.ts";

describe("floats become int32 modulo 2^32", () => {
  const values = [
    0,
    -0,
    0.9,
    -0.9,
    1.5,
    -1.5,
    2 ** 31 - 1,
    2 ** 31,
    2 ** 31 + 1,
    -(2 ** 31),
    -(2 ** 31) - 1,
    2 ** 32,
    2 ** 32 - 1,
    -(2 ** 32) - 5,
    -5,
    2 ** 32 + 2.5,
    3 * 2 ** 31,
    2 ** 53 + 2,
    -(2 ** 60) - 2 ** 20,
    1e300,
    -1e30,
    3e9,
    -3e9,
    Number.NaN,
    Infinity,
    -Infinity,
    5e-324,
    2 ** 40 + 2 ** 17,
  ];
  it.each(["float32", "float64"] as const)("%s", (dtype) => {
    const x = tensor(values, { dtype });
    const want = Array.from(x.data, (value) => value | 0);
    expect(bothWays((a) => a.to("int32"), [x])).toEqual([want, want]);
    // In the middle of a kernel, and of a number of elements that leaves rests.
    expect(bothWays((a) => a.slice([0, 23]).mul(1).to("int32").add(0), [x])[1]).toEqual(want.slice(0, 23));
    for (const value of values.slice(7, 12)) {
      const scalar = tensor(value, { dtype });
      expect(bothWays((a) => a.to("int32"), [scalar])).toEqual([[scalar.item() | 0], [scalar.item() | 0]]);
    }
  });
});
