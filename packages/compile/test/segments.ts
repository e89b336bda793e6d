import { Generator, randint, randn, tensor, type Tensor, zeros } from "@tapegrad/tensor";
import { expect } from "vitest";
import type { PlannedKernel } from "../src/wasm/planned-kernel.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

/** Draws what tests take. */
export const generator: Generator = new Generator(6);
/** Normal numbers. */
export const draw = (...shape: readonly number[]): Tensor => randn(shape, { generator });
/** So many positions below a count. */
export const drawIndex = (count: number, n: number): Tensor => randint(0, count, [n], { generator });

/** Row `i` of the index is `rows[i]`, in every column. */
export function spread(rows: Tensor, columns: number): Tensor {
  return rows.reshape([rows.size, 1]).broadcastTo([rows.size, columns]);
}

/** Sums of rows by their segments. */
export function sumsOf(x: Tensor, segment: Tensor, count: number): Tensor {
  const [, columns = 1] = x.shape;
  return zeros([count, columns], { dtype: x.dtype }).scatterAdd(0, spread(segment, columns), x);
}

/** The kernels of the last call. */
export function kernelsOf(compiled: object): readonly PlannedKernel[] {
  return wasmExecutableOf(compiled)!.memory.kernels;
}

/** What the kernels fuse, but for the checks. */
export function fusedBy(compiled: object): string[] {
  return kernelsOf(compiled).flatMap((kernel) => {
    if (kernel.kind === "loop") return [kernel.kernel.operations.map(({ name }) => name).join(" ")];
    if (kernel.kind === "matmul") return ["matmul"];
    const { name } = kernel.kernel.operation;
    return name === "check" ? [] : [name];
  });
}

/** Expects the same bits. */
export function expectEqual(got: Tensor, want: Tensor): void {
  expect(got.shape).toEqual(want.shape);
  expect([...got.data].findIndex((value, i) => !Object.is(value, want.data[i]))).toBe(-1);
}

/** An index with one element replaced. */
export function assignedAt(index: Tensor, place: number, value: number): Tensor {
  return tensor(
    [...index.data].map((element, i) => (i === place ? value : element)),
    { dtype: "int32" },
  );
}
