import type { Draws } from "./draws.ts";

/** Longer than any seed becomes by what is done to it. */
export const longest: number = 2 ** 16;

/** What a file is made of, for edits that random bytes would not find. */
export interface Material {
  /** Files whose parts may come in. */
  readonly seeds: readonly Uint8Array[];
  /** Words of the format. */
  readonly words: readonly string[];
}

const utf8 = new TextEncoder();

type Edit = (bytes: Uint8Array, draws: Draws, material: Material) => Uint8Array;

const bytesThatMatter = [0, 1, 2, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x39, 0x3a, 0x5b, 0x5c, 0x7b, 0x7f, 0x80, 0xfe, 0xff];
const numbersThatMatter = [0n, 1n, 2n, 7n, 8n, 255n, 256n, 65_535n, 2n ** 24n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, -2n]; // prettier-ignore
const digitsThatMatter = ["0", "1", "-1", "00", "1.5", "1e9", "1e400", "-0", "2147483648", "4294967297", "9007199254740991", "9007199254740993", "18446744073709551616", "NaN", "9".repeat(400)]; // prettier-ignore

/** Some of the bytes, from anywhere, as long as half of them at most. */
function chunkOf(bytes: Uint8Array, draws: Draws): Uint8Array {
  const from = draws.below(bytes.length);
  const most = draws.below(2) === 0 ? 16 : bytes.length / 2;
  return bytes.subarray(from, from + 1 + draws.below(Math.min(most, bytes.length - from)));
}

/** The bytes with those from `from` to `to` replaced. */
function replaced(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  const result = new Uint8Array(from + by.length + bytes.length - to);
  result.set(bytes.subarray(0, from));
  result.set(by, from);
  result.set(bytes.subarray(to), from + by.length);
  return result;
}

/** A whole number in `width` bytes over what stands at `at`. */
function withNumber(
  bytes: Uint8Array,
  at: number,
  width: 1 | 2 | 4 | 8,
  isLittle: boolean,
  change: (old: bigint) => bigint,
): Uint8Array {
  const copy = bytes.slice();
  let old = 0n;
  const places = Array.from({ length: width }, (_, i) => at + (isLittle ? width - 1 - i : i));
  for (const place of places) old = (old << 8n) | BigInt(copy[place]!);
  let rest = change(old);
  for (const place of places.reverse()) {
    copy[place] = Number(rest & 255n);
    rest >>= 8n;
  }
  return copy;
}

/** Edits of a file that has at least one byte. */
const edits: readonly Edit[] = [
  // Bits turned around.
  (bytes, draws) => {
    const copy = bytes.slice();
    for (let i = draws.below(8); i >= 0; i--) copy[draws.below(copy.length)]! ^= 1 << draws.below(8);
    return copy;
  },
  // A byte that means something, or any.
  (bytes, draws) =>
    bytes.with(draws.below(bytes.length), draws.below(2) ? draws.pick(bytesThatMatter) : draws.below(256)),
  // A number that may be a length or an offset: another one, or a little more or less.
  (bytes, draws) => {
    const width = draws.pick([1, 2, 4, 8] as const);
    if (bytes.length < width) return bytes;
    const change = draws.below(2)
      ? (): bigint => draws.pick([...numbersThatMatter, BigInt(bytes.length)])
      : (old: bigint): bigint => old + BigInt(draws.below(33) - 16);
    return withNumber(bytes, draws.below(bytes.length - width + 1), width, draws.below(4) > 0, change);
  },
  // The end is missing.
  (bytes, draws) => bytes.slice(0, draws.below(bytes.length)),
  // A part is missing.
  (bytes, draws) => {
    const { byteOffset, length } = chunkOf(bytes, draws);
    const from = byteOffset - bytes.byteOffset;
    return replaced(bytes, from, from + length, new Uint8Array(0));
  },
  // A part comes again, up to many times.
  (bytes, draws) => {
    const chunk = chunkOf(bytes, draws);
    const times = draws.below(8) === 0 ? 1 + draws.below(Math.min(longest / chunk.length, 2000)) : 1;
    const many = new Uint8Array(chunk.length * times);
    for (let i = 0; i < times; i++) many.set(chunk, i * chunk.length);
    const at = draws.below(bytes.length + 1);
    return replaced(bytes, at, at, many);
  },
  // A part of this or another file over a part of this one.
  (bytes, draws, { seeds }) => {
    const chunk = chunkOf(draws.pick(seeds), draws);
    const at = draws.below(bytes.length);
    return replaced(bytes, at, Math.min(at + (draws.below(2) ? chunk.length : 0), bytes.length), chunk);
  },
  // A word of the format.
  (bytes, draws, { words }) => {
    if (words.length === 0) return bytes;
    const word = utf8.encode(draws.pick(words));
    const at = draws.below(bytes.length);
    return replaced(bytes, at, Math.min(at + (draws.below(2) ? word.length : 0), bytes.length), word);
  },
  // Another number in digits.
  (bytes, draws) => {
    const isDigit = (at: number): boolean => bytes[at]! >= 0x30 && bytes[at]! <= 0x39;
    const start = draws.below(bytes.length);
    let from = start;
    while (from < bytes.length && !isDigit(from)) from++;
    if (from === bytes.length) return bytes;
    let to = from;
    while (to < bytes.length && isDigit(to)) to++;
    return replaced(bytes, from, to, utf8.encode(draws.pick(digitsThatMatter)));
  },
];

/** One of the seeds with one to five of these edits. */
export function mutated(draws: Draws, material: Material): Uint8Array {
  let bytes = draws.pick(material.seeds);
  for (let i = draws.pick([0, 0, 0, 1, 2, 4]); i >= 0 && bytes.length > 0; i--)
    bytes = draws.pick(edits)(bytes, draws, material).slice(0, longest);
  return bytes;
}
