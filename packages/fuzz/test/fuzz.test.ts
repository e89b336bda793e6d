import process from "node:process";
import { describe, expect, it } from "vitest";
import { checkInput } from "../src/check-input.ts";
import { fuzz } from "../src/fuzz.ts";
import { seedsOf } from "../src/parser.ts";
import { parsers } from "../src/parsers/parsers.ts";
import { same } from "../src/same.ts";

// Other inputs in every run; those of a run again, or more of them: FUZZ_SEED=7 FUZZ_INPUTS=20000.
const given = process.env;
const seed = Number(given["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 32));
const inputs = Number(given["FUZZ_INPUTS"] ?? 2000);
const first = Number(given["FUZZ_FIRST"] ?? 0);
const rows = parsers.filter(({ name }) => (given["FUZZ_PARSER"] ?? name) === name);

describe.each(rows)("the reader of $name", (parser) => {
  it("reads its seeds, and writes what it has written", () => {
    for (const file of seedsOf(parser)) expect(checkInput(parser, file)).toBe(true);
    for (const value of parser.values) {
      const file = parser.encode(value);
      expect(same(parser.decode(file), value)).toBe(true);
      expect(Buffer.from(parser.encode(parser.decode(file)))).toEqual(Buffer.from(file));
    }
  });

  it("refuses what is cut off, at every byte", () => {
    const [file] = seedsOf(parser);
    for (let length = 0; length < file!.length; length++) {
      const isRead = checkInput(parser, file!.slice(0, length));
      if (parser.endsAnywhere !== true) expect(isRead, `${length} of ${file!.length} bytes`).toBe(false);
    }
  });

  it(`reads or refuses ${inputs} mutants`, () => {
    const { accepted, slowest, largest } = fuzz(parser, { seed, first, inputs });
    console.log(
      `${parser.name}, FUZZ_SEED=${seed}: ${inputs} inputs, ${accepted} read; ` +
        `at most ${slowest[0].toFixed(0)} ms, ${(largest[0] / 2 ** 20).toFixed(1)} MiB`,
    );
    if (inputs > 100) expect([accepted > 0, accepted < inputs]).toEqual([true, true]);
  });
});
