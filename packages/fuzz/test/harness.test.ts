import { spawnSync } from "node:child_process";
import process from "node:process";
import { FormatError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { checkInput } from "../src/check-input.ts";
import { Draws } from "../src/draws.ts";
import { fuzz, inputOf } from "../src/fuzz.ts";
import { longest, mutated } from "../src/mutate.ts";
import type { Parser } from "../src/parser.ts";
import { npyParser } from "../src/parsers/npy.ts";
import { watching } from "../src/watchdog.ts";

/** A reader of bytes below 128, of which none is lost; `broken` spoils it. */
function reader(broken: Partial<Parser<Uint8Array>> = {}): Parser<Uint8Array> {
  const decode = (bytes: Uint8Array): Uint8Array => {
    if (bytes.some((byte) => byte >= 128)) throw new FormatError("decode: expected bytes below 128, got others.");
    return bytes;
  };
  return { name: "bytes", decode, encode: (bytes) => bytes, values: [Uint8Array.of(1, 2, 3)], files: [], words: [], ...broken }; // prettier-ignore
}
const slice = { seed: 1, first: 0, inputs: 300 };
const { decode } = reader();

describe("what is planted", () => {
  it("is found: nothing in a reader that is right", () => {
    const { accepted } = fuzz(reader(), slice);
    expect(accepted).toBeGreaterThan(30);
    expect(accepted).toBeLessThan(270);
  });

  it.each<[string, Partial<Parser<Uint8Array>>, RegExp]>([
    ["an error without a type", { decode: (bytes) => (bytes.includes(128) ? bytes.at(9)!.valueOf() : 0, decode(bytes)) }, /^expected a FormatError, got TypeError: Cannot read/], // prettier-ignore
    ["something that is lost", { encode: (bytes) => bytes.map((byte) => Math.min(byte, 100)) }, /^expected the same when written and read again/], // prettier-ignore
    ["what is written in two ways", twoWays(), /^expected the same bytes when written again, got others/],
    ["what is written and cannot be read", { encode: (bytes) => bytes.map((byte) => byte + 130) }, /^decode: expected bytes below 128/], // prettier-ignore
    ["an allocation that a file asks for", { decode: (bytes) => (bytes[0] === 0 ? new Uint8Array(100e6).subarray(0, 0) : decode(bytes)) }, /^expected at most 67108864 bytes beyond twice the input, got 1\d{8}/], // prettier-ignore
  ])("is found: %s", (_, broken, message) => {
    let found: Error | undefined;
    try {
      fuzz(reader(broken), slice);
    } catch (error) {
      found = error as Error;
    }
    expect(found?.message).toMatch(message);
    const [, index] = /FUZZ_PARSER=bytes FUZZ_SEED=1 FUZZ_FIRST=(\d+) FUZZ_INPUTS=1: \d+ bytes, /.exec(found!.message)!;
    expect(() => fuzz(reader(broken), { seed: 1, first: Number(index), inputs: 1 })).toThrow(
      found!.message.slice(0, 40),
    );
  });

  /** Writes now one and now another thing that is read as the same. */
  function twoWays(): Partial<Parser<Uint8Array>> {
    let count = 0;
    return {
      decode: (bytes) => decode(bytes).slice(0, 2),
      encode: (bytes) => Uint8Array.of(...bytes, ...(bytes.length === 2 ? [count++ % 100] : [])),
    };
  }
});

it("a reader that hangs ends its process, and is named", () => {
  const program = `
    const { Worker } = require("node:worker_threads");
    const shared = new Int32Array(new SharedArrayBuffer(4));
    const workerData = { shared, name: "bytes: seed 1", milliseconds: 100 };
    new Worker(${JSON.stringify(watching)}, { eval: true, workerData }).once("online", () => {
      Atomics.store(shared, 0, 7);
      for (;;);
    });
  `;
  const { signal, stderr } = spawnSync(process.execPath, ["--eval", program], { encoding: "utf8", timeout: 60_000 }); // prettier-ignore
  expect([signal, stderr]).toEqual(["SIGKILL", "bytes: seed 1, input 7: expected an end, got none after 100 ms\n"]);
});

describe("inputs", () => {
  it("follow from their seed and their place", () => {
    const inputs = Array.from({ length: 200 }, (_, index) => Buffer.from(inputOf(npyParser, 1, index)).toString("hex"));
    expect(inputs).toEqual(inputs.map((_, index) => Buffer.from(inputOf(npyParser, 1, index)).toString("hex")));
    expect(new Set(inputs).size).toBeGreaterThan(150);
    expect(inputs).not.toContain(Buffer.from(inputOf(npyParser, 2, 0)).toString("hex"));
  });

  it("are shorter, longer and as long as what they are made of, but not without end", () => {
    const seed = Uint8Array.from({ length: 100 }, (_, i) => i);
    const lengths = Array.from(
      { length: 5000 },
      (_, index) => mutated(new Draws(3, index), { seeds: [seed], words: ["word"] }).length,
    );
    expect(Math.min(...lengths)).toBe(0);
    expect(Math.max(...lengths)).toBeGreaterThan(10_000);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(longest);
    expect(lengths.filter((length) => length === 100).length).toBeGreaterThan(1000);
  });
});

it("checkInput says whether a file was read", () => {
  expect(checkInput(reader(), Uint8Array.of(1))).toBe(true);
  expect(checkInput(reader(), Uint8Array.of(200))).toBe(false);
});
