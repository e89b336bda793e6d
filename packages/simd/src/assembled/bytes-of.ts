import { assembled } from "./assembled.ts";

/** The bytes of a module that was assembled in advance. */
export function bytesOf(name: keyof typeof assembled): Uint8Array<ArrayBuffer> {
  const digits = assembled[name];
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}
