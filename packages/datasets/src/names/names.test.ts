import { ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { namesChecksum } from "./names-data.ts";
import { names } from "./names.ts";

describe("names", () => {
  it("has 8,422 unique names of letters and hyphens, sorted", () => {
    const list = names();
    expect(list).toHaveLength(8422);
    expect(new Set(list).size).toBe(8422);
    expect(list.every((name) => /^[a-z]+(-[a-z]+)*$/.test(name))).toBe(true);
    expect(list.slice(0, 3)).toEqual(["aaren", "aarika", "aaron"]);
    expect(list.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(list);
  });

  it("has its recorded checksum", async () => {
    const bytes = new TextEncoder().encode(`${names().join("\n")}\n`);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    expect(Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(namesChecksum);
  });

  it("shuffles by a seed, and forgets none", () => {
    const shuffled = names({ shuffle: true });
    expect(shuffled.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(names());
    expect(names({ shuffle: true, seed: 0 })).toEqual(shuffled);
    expect(names({ shuffle: true, seed: 1 })).not.toEqual(shuffled);
    // Each tenth has every initial about as often as all have.
    const share = (list: readonly string[]): number => list.filter((name) => name < "m").length / list.length;
    for (let k = 0; k < 10; k++) {
      expect(Math.abs(share(shuffled.slice(k * 842, (k + 1) * 842)) - share(shuffled))).toBeLessThan(5 * Math.sqrt(0.25 / 842));
    }
  }); // prettier-ignore

  it("refuses a seed that does nothing", () => {
    expect(() => names({ seed: 3 })).toThrow(
      new ValueError("names: expected shuffle: true beside a seed, got seed 3 alone."),
    );
  });

  it("gives a new array at each call", () => {
    names().pop();
    expect(names()).toHaveLength(8422);
  });
});
