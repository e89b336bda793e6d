import { type DType, Generator, randint, randn, tensor, type Tensor } from "@tapegrad/tensor";
import { describe, it } from "vitest";
import { expectSame } from "./routines/same-as-reference.ts";

const generator = new Generator(1);

describe("remainder", () => {
  it.each(["float32", "float64", "int32"] as DType[])("of %s equals eager's", (dtype) => {
    const special = [0, -0, 1, -1, 0.5, 7, -7, 3, -3, 1e30, -1e30, 5e-324, 1e-40, Infinity, -Infinity, Number.NaN];
    const elements = dtype === "int32" ? [0, 1, -1, 7, -7, 3, -3, 2 ** 31 - 1, -(2 ** 31)] : special;
    const x = tensor(elements, { dtype });
    const remainder = (a?: Tensor, b?: Tensor): Tensor => (a as Tensor).remainder(b as Tensor);
    expectSame(remainder, [x.reshape([elements.length, 1]), x]);
    const [a, b] = [0, 1].map(() =>
      dtype === "int32"
        ? randint(-1000, 1000, [37, 11], { generator })
        : randn([37, 11], { generator, dtype }).mul(randn([37, 11], { generator, dtype }).mul(9).exp()),
    ) as [Tensor, Tensor];
    expectSame(remainder, [a, b]);
    expectSame((p) => (p as Tensor).remainder(3), [a]);
  });
});
