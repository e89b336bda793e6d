import { instantiate } from "../assembled/instantiate.ts";
import { kernelMemory } from "../elementwise/kernel-memory.ts";
import { philoxGroup } from "./philox-kernel.ts";

type Philox = (out: number, block: bigint, groups: number, k0: number, k1: number, shift: number) => void;

/** Words that are made before they are copied out: they stay in the second-level cache. */
const chunk = 2 ** 15;

let philox: Philox | undefined;

/**
 * Fills `out` with random bits: element i is word `i mod 4` of Philox4x32-10 with that key and the block `block + ⌊i/4⌋`, its highest
 * `bits` bits alone. Runs where `elementwiseAvailable()`.
 *
 * @param key two 32-bit words
 * @param block a whole number below 2^53
 * @param bits 1 to 32
 * @see Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011, https://doi.org/10.1145/2063384.2063405
 * @example
 * const words = new Int32Array(4);
 * randomBits([0, 0], 0, 32, words);
 * (words[0]! >>> 0).toString(16); // => "6627e8d5"
 */
export function randomBits(key: readonly [number, number], block: number, bits: number, out: Int32Array): void {
  const { memory, int32 } = kernelMemory();
  philox ??= instantiate<{ readonly philox: Philox }>("random", { kernels: { memory } }).philox;
  for (let at = 0; at < out.length; at += chunk) {
    const count = Math.min(chunk, out.length - at);
    philox(0, BigInt(block + at / 4), Math.ceil(count / philoxGroup), key[0], key[1], 32 - bits);
    out.set(int32.subarray(0, count), at);
  }
}
