import { describe, expect, it } from "vitest";
import { tensor } from "../functions/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";

const k = 2 ** 31 - 1;
const int32 = (values: readonly number[]): Tensor => tensor(values, { dtype: "int32" });

describe("int32 is exact modulo 2^32", () => {
  it.each<[string, Tensor, bigint[]]>([
    ["sum", int32([k, k, k]).sum(), [3n * BigInt(k)]],
    ["sum along an axis", int32([k, 1, 1, k]).reshape([2, 2]).sum({ axis: 0 }), [BigInt(k) + 1n, BigInt(k) + 1n]],
    ["prod", int32([k, k, k, 3]).prod(), [3n * BigInt(k) ** 3n]],
    ["matmul", int32([k, k]).matmul(int32([k, k])), [2n * BigInt(k) ** 2n]],
    ["pow", int32([k, -3, 7]).pow(int32([3, 41, 63])), [BigInt(k) ** 3n, (-3n) ** 41n, 7n ** 63n]],
    ["mul", int32([k]).mul(k), [BigInt(k) ** 2n]],
    [
      "neg and abs of the least",
      int32([-k - 1])
        .neg()
        .add(int32([-k - 1]).abs()),
      [2n ** 32n],
    ],
    ["a cast", tensor([2 ** 31, -(2 ** 32) - 5, 2 ** 53 + 2], { dtype: "float64" }).to("int32"), [2n ** 31n, -5n, 2n]],
  ])("%s", (_, y, exact) => {
    expect(y.dtype).toBe("int32");
    expect(Array.from(y.data)).toEqual(exact.map((value) => Number(BigInt.asIntN(32, value))));
  });
});
