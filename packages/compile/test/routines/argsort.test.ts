import { type DType, Generator, randint, randn, sort, type Tensor, tensor, topk } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/index.ts";
import { expectSame } from "./same-as-reference.ts";

const generator = new Generator(11);

function make(shape: readonly number[], dtype: DType): Tensor {
  if (dtype === "bool") return randint(0, 2, shape, { generator }).to("bool");
  // Few values, so that many are equal; int32 of every sign and size.
  if (dtype === "int32") return randint(-9, 9, shape, { generator }).mul(randint(0, 3, shape, { generator }).mul(119304647)); // prettier-ignore
  return randn(shape, { generator, dtype }).mul(4).round().mul(0.3);
}

function argsort(x: Tensor, axis: number, descending: boolean): Tensor {
  return apply("argsort", [x], { axis, descending })[0];
}

describe.each(["float32", "float64", "int32", "bool"] as const)("argsort of %s", (dtype) => {
  it.each([1, 2, 31, 32, 33, 257, 5000])("orders lines of %i, equal elements as they stand", (n) => {
    for (const descending of [false, true]) {
      expectSame((x) => argsort(x!, 0, descending), [make([n], dtype)]);
      expectSame((x) => argsort(x!, 1, descending), [make([2, n, 3], dtype)]);
    }
  });

  it("takes lines of nothing, no lines, and views", () => {
    expectSame((x) => argsort(x!, 0, false), [make([0, 3], dtype)]);
    expectSame((x) => argsort(x!, 1, false), [make([0, 3], dtype)]);
    expectSame((x) => argsort(x!.transpose(), 0, false), [make([5, 40], dtype)]);
    expectSame((x) => argsort(x!.slice([1, 40, 3]).flip(0), 0, true), [make([40], dtype)]);
  });
});

it.each(["float32", "float64"] as const)("has NaN above everything, and one zero, in %s", (dtype) => {
  const values = [NaN, 0, -0, Infinity, -Infinity, 1e-45, -1e-45, 5e-324, 1, -1, 3e38, -3e38, -NaN];
  for (const repeat of [1, 2, 20]) {
    const x = tensor(Array.from({ length: repeat }, () => values).flat(), { dtype });
    // A NaN whose sign is set, as a division of zeros has on some machines.
    const bytes = new DataView(x.data.buffer, x.data.byteOffset);
    const at = 3 * x.data.BYTES_PER_ELEMENT;
    for (const negative of [false, true]) {
      if (dtype === "float32") bytes.setUint32(at, negative ? 0xffc0_0001 : 0x7fc0_0001, true);
      else bytes.setBigUint64(at, negative ? 0xfff8_0000_0000_0001n : 0x7ff8_0000_0000_0001n, true);
      for (const descending of [false, true]) expectSame((t) => argsort(t!, 0, descending), [x]);
    }
  }
});

it("orders many lines by several threads", () => {
  const x = randn([600, 100], { generator });
  const want = argsort(x, 1, false);
  for (const threads of [1, 2, 3]) expect(compile((t: Tensor) => argsort(t, 1, false), { threads })(x).data).toEqual(want.data); // prettier-ignore
});

it("is what sort and topk are made of", () => {
  expectSame((x) => sort(x!, { descending: true }).values, [randn([7, 90], { generator })]);
  expectSame((x) => topk(x!, 5).indices, [randn([7, 90], { generator })]);
});
