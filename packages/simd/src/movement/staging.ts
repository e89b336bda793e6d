import type { Workspace } from "../gemm/workspace.ts";
import type { Words } from "./words.ts";

/** Where the axes of a walk stand, room for 60 of them; what is staged stands behind. */
export const axesAddress = 64;
export const dataAddress = 1024;

/** The most words that are staged, so that the memory stays small: 64 MiB. */
export const mostWords: number = 2 ** 24;

/** Words that are computed at a time, where there are more: what a second-level cache holds. */
const pieceWords = 2 ** 18;

/** Of `count` parts of so many words how many are computed at a time. */
export function piecesOf(count: number, words: number): number {
  return Math.min(count, Math.max(1, Math.floor(pieceWords / words)));
}

/** Copies `length` elements of `x` to an address. */
export function stage(workspace: Workspace, x: Words, first: number, length: number, address: number): void {
  const part = first === 0 && length === x.length ? x : x.subarray(first, first + length);
  (x instanceof Float32Array ? workspace.float32 : workspace.int32).set(part, address / 4);
}

/** Copies from an address on as many elements as `out` has. */
export function take(workspace: Workspace, address: number, out: Words): void {
  const words = out instanceof Float32Array ? workspace.float32 : workspace.int32;
  out.set(words.subarray(address / 4, address / 4 + out.length));
}
