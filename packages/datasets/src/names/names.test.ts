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

  it("gives a new array at each call", () => {
    names().pop();
    expect(names()).toHaveLength(8422);
  });
});
