import type { GemmOptions } from "./gemm-options.ts";

/** Checks sizes, array types, lengths and overlap; throws before anything is written. */
export function checkGemm(options: GemmOptions): void {
  const { m, n, k, a, b, out, aOffset = 0, bOffset = 0, outOffset = 0 } = options;
  checkCount("m", m);
  checkCount("n", n);
  checkCount("k", k);
  const tag = typeTag(out);
  if (tag !== "Float32Array" && tag !== "Float64Array") {
    throw new TypeError(`gemm: expected out to be a Float32Array or Float64Array, got ${tag}.`);
  }
  if (typeTag(a) !== tag || typeTag(b) !== tag) {
    throw new TypeError(`gemm: expected a and b to be a ${tag} like out, got ${typeTag(a)} and ${typeTag(b)}.`);
  }
  checkRoom("a", a, aOffset, m * k);
  checkRoom("b", b, bOffset, k * n);
  checkRoom("out", out, outOffset, m * n);
  checkApart("a", a, aOffset, m * k, options);
  checkApart("b", b, bOffset, k * n, options);
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`gemm: expected ${name} to be a non-negative integer, got ${value}.`);
  }
}

function checkRoom(name: string, { length }: { readonly length: number }, offset: number, count: number): void {
  checkCount(`${name}Offset`, offset);
  if (offset + count > length) {
    throw new RangeError(`gemm: expected ${name} to hold ${count} elements from ${offset} on, got ${length} in all.`);
  }
}

function checkApart(name: string, source: GemmOptions["a"], offset: number, count: number, options: GemmOptions): void {
  const { m, n, out, outOffset = 0 } = options;
  if (source.buffer !== out.buffer) return;
  const from = source.byteOffset + offset * source.BYTES_PER_ELEMENT;
  const outFrom = out.byteOffset + outOffset * out.BYTES_PER_ELEMENT;
  const apart = from + count * source.BYTES_PER_ELEMENT <= outFrom || outFrom + m * n * out.BYTES_PER_ELEMENT <= from;
  if (!apart) throw new RangeError(`gemm: expected out not to overlap ${name}, got the same memory.`);
}

// By tag, not by class, so that arrays of other realms pass.
function typeTag(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
