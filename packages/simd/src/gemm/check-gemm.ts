import type { GemmOptions } from "./gemm-options.ts";

/** Checks sizes, array types and lengths; throws before anything is written. */
export function checkGemm(options: GemmOptions): void {
  const { m, n, k, a, b, out, aOffset = 0, bOffset = 0, outOffset = 0 } = options;
  size("m", m);
  size("n", n);
  size("k", k);
  if (!(out instanceof Float32Array) && !(out instanceof Float64Array)) {
    throw new TypeError(`gemm: expected out to be a Float32Array or Float64Array, got ${typeName(out)}.`);
  }
  if (a.constructor !== out.constructor || b.constructor !== out.constructor) {
    throw new TypeError(
      `gemm: expected a and b to be a ${typeName(out)} like out, got ${typeName(a)} and ${typeName(b)}.`,
    );
  }
  room("a", a, aOffset, m * k);
  room("b", b, bOffset, k * n);
  room("out", out, outOffset, m * n);
}

function size(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`gemm: expected ${name} to be a non-negative integer, got ${value}.`);
  }
}

function room(name: string, { length }: { readonly length: number }, offset: number, count: number): void {
  size(`${name}Offset`, offset);
  if (offset + count > length) {
    throw new RangeError(
      `gemm: expected ${name} to have at least ${count} elements from ${offset}, got ${length} in all.`,
    );
  }
}

function typeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
