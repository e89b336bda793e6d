import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { domains, findOperator } from "../src/operators/operators.ts";
import { firstVersions } from "../src/operators/versions.ts";

const versions = new Map(
  Object.entries(
    JSON.parse(readFileSync(new URL("fixtures/versions.json", import.meta.url), "utf8")) as Record<string, number[]>,
  ),
);

/** Operators that are implemented from a later version on than the one that brought them. */
const later = ["Pad", "Cast", "Selu", "Tile"];

const names = Object.values(domains.get("")!.families).flatMap((family) => Object.keys(family));

it("has each operator from a version on that the standard has", () => {
  // Of the versions behind those that the fixture has.
  const young = names.filter((name) => !versions.has(name));
  expect(young.every((name) => firstVersions.get(name)! > 17)).toBe(true);
  for (const name of names.filter((each) => versions.has(each))) {
    const { first } = findOperator("", name)!;
    if (later.includes(name)) expect(versions.get(name), name).toContain(first);
    else expect([name, first]).toEqual([name, versions.get(name)![0]]);
  }
});

it("has a version for no operator that is missing", () => {
  expect([...firstVersions.keys()].filter((name) => !names.includes(name))).toEqual([]);
});
