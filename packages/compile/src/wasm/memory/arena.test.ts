import { describe, expect, it } from "vitest";
import { type Lifetime, planArena } from "./arena.ts";

/** Bytes at the kernel where most are in use. */
function mostInUse(lifetimes: readonly Lifetime[]): number {
  const changes = new Map<number, number>();
  for (const { bytes, first, last } of lifetimes) {
    const size = Math.ceil(bytes / 64) * 64;
    changes.set(first, (changes.get(first) ?? 0) + size);
    changes.set(last + 1, (changes.get(last + 1) ?? 0) - size);
  }
  let [used, most] = [0, 0];
  for (const [, change] of [...changes].sort(([a], [b]) => a - b)) most = Math.max(most, (used += change));
  return most;
}

function expectApart(lifetimes: readonly Lifetime[]): number {
  const { offsets, bytes } = planArena(lifetimes);
  lifetimes.forEach((one, i) => {
    expect(offsets[i]! % 64).toBe(0);
    expect(offsets[i]! + one.bytes).toBeLessThanOrEqual(bytes);
  });
  // By time of first use, with what is in use then.
  let active: number[] = [];
  for (const i of lifetimes.map((_, i) => i).sort((a, b) => lifetimes[a]!.first - lifetimes[b]!.first)) {
    active = active.filter((j) => lifetimes[j]!.last >= lifetimes[i]!.first);
    const clash = active.find(
      (j) => offsets[i]! < offsets[j]! + lifetimes[j]!.bytes && offsets[j]! < offsets[i]! + lifetimes[i]!.bytes,
    );
    expect(clash).toBeUndefined();
    if (lifetimes[i]!.bytes > 0) active.push(i);
  }
  return bytes / mostInUse(lifetimes);
}

/** Saved by the first half of the kernels for the second, in reverse, with temporaries of two kernels each. */
function unrolled(kernels: number): Lifetime[] {
  return Array.from({ length: kernels }, (_, i) => [
    { bytes: 256 * (1 + (i % 3)), first: i, last: Math.max(i, 2 * kernels - i) },
    { bytes: 1024, first: i, last: i + 1 },
    { bytes: 1000, first: 2 * kernels - i, last: 2 * kernels - i + 1 },
    { bytes: 0, first: i, last: 2 * kernels },
  ]).flat();
}

describe("planArena", () => {
  it("keeps buffers that are in use at the same time apart, in little more than the bytes in use", () => {
    expect(expectApart(unrolled(100))).toBe(1);
    // Many kernels: the temporaries lie above all that is kept.
    expect(expectApart(unrolled(1200))).toBeLessThan(1.01);
  });

  it("uses the place of one of its size again for what lives long", () => {
    const long = Array.from({ length: 6 }, (_, i) => ({ bytes: 640, first: 2000 * i, last: 2000 * i + 1999 }));
    expect(planArena(long).bytes).toBe(640);
  });

  it("has place for what is there before the first kernel", () => {
    const inputs = [
      { bytes: 64, first: -1, last: 3 },
      { bytes: 64, first: -1, last: 0 },
      { bytes: 128, first: 1, last: 3 },
    ];
    expect(expectApart(inputs)).toBe(1);
  });
});
