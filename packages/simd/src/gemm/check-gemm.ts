import type { BatchedGemmOptions } from "./gemm-options.ts";

type FloatArray = BatchedGemmOptions["out"];

/** Checks sizes, array types, lengths and overlap; throws before anything is written. */
export function checkGemm(options: BatchedGemmOptions): void {
  const { m, n, k, a, b, out, aOffsets, bOffsets, outOffset = 0 } = options;
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
  if (aOffsets.length !== bOffsets.length) {
    throw new RangeError(`gemm: expected as many offsets of b as of a, got ${bOffsets.length} and ${aOffsets.length}.`);
  }
  const outCount = aOffsets.length * m * n;
  checkRoom("out", out, outOffset, outCount);
  checkOperand("a", a, aOffsets, m * k, out, outOffset, outCount);
  checkOperand("b", b, bOffsets, k * n, out, outOffset, outCount);
}

function checkCount(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`gemm: expected ${name} to be a non-negative integer, got ${value}.`);
  }
}

function checkRoom(name: string, { length }: FloatArray, offset: number, count: number): void {
  checkCount(`${name}Offset`, offset);
  if (offset + count > length) {
    throw new RangeError(`gemm: expected ${name} to hold ${count} elements from ${offset} on, got ${length} in all.`);
  }
}

function checkOperand(
  name: string,
  source: FloatArray,
  offsets: readonly number[],
  count: number,
  out: FloatArray,
  outOffset: number,
  outCount: number,
): void {
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]!;
    checkRoom(name, source, offset, count);
    if (source.buffer !== out.buffer) continue;
    const from = source.byteOffset + offset * source.BYTES_PER_ELEMENT;
    const outFrom = out.byteOffset + outOffset * out.BYTES_PER_ELEMENT;
    const isApart =
      from + count * source.BYTES_PER_ELEMENT <= outFrom || outFrom + outCount * out.BYTES_PER_ELEMENT <= from;
    if (!isApart) throw new RangeError(`gemm: expected out not to overlap ${name}, got the same memory.`);
  }
}

// By tag, not by class, so that arrays of other realms pass.
function typeTag(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
