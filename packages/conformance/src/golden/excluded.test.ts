import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readExclusions } from "./excluded.ts";
import { families } from "./families.ts";
import { readFamily } from "./format.ts";
import { goldenFolder } from "./golden-rows.ts";
import { runCase } from "./run-family.ts";

const exclusions = readExclusions().filter(({ family }) => Object.hasOwn(families, family));

describe("excluded fixtures", () => {
  it.each(exclusions)("$family: $case exists and fails", ({ family, case: name }) => {
    const golden = readFamily(join(goldenFolder, `${family}.json`)).cases.find((entry) => entry.name === name);
    expect(golden).toBeDefined();
    if (golden !== undefined) expect(runCase(family, golden).failures).not.toEqual([]);
  });

  it("are each listed once", () => {
    const names = readExclusions().map(({ family, case: name }) => `${family}: ${name}`);
    expect(names.length).toBe(new Set(names).size);
  });
});
