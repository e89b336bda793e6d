import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as functional from "../../src/functional.ts";
import * as nn from "../../src/index.ts";
import { shapes } from "./norm-case.ts";
import { normTests } from "./norm-cases.ts";

const table = nn.norms.table();
const kinds = ["activation", "weight"] as const;

/** `rmsNorm` and `rms-norm.ts` alike. */
const plainName = (name: string): string => name.replace(/\.ts$/, "").replaceAll("-", "").toLowerCase();

/** What a dotted name of the package is. */
function find(path: string): unknown {
  return path.split(".").reduce<unknown>((at, name) => Reflect.get(Object(at) as object, name), nn);
}

const files = kinds.flatMap((kind) => {
  const folder = new URL(`../../src/norms/${kind}/`, import.meta.url);
  return readdirSync(folder).map((file) => ({ kind, file, url: new URL(file, folder) }));
});

describe.each(files)("$kind/$file", ({ kind, file, url }) => {
  const row = table.find(({ name }) => plainName(name) === plainName(file));

  it("has a row, of its kind", () => {
    expect(row?.kind).toBe(kind);
  });

  it("is exported by functional.ts and index.ts, its plain twin too", async () => {
    const own = Object.values((await import(url.href)) as Record<string, unknown>);
    const name = row?.name ?? "none";
    expect(own).toContain(Reflect.get(functional, name));
    expect(own).toContain(find(row?.call.replace(/\(.*/, "") ?? "none"));
    const twins = Object.entries(functional).filter(([twin]) => plainName(twin) === plainName(`plain-${file}`));
    const test = normTests[row!.name];
    expect(twins.map(([, twin]) => own.includes(twin))).toEqual("kinds" in test ? [true] : []);
  });

  it("has a test of values and gradients, and errors", () => {
    const test = normTests[row!.name];
    const tested = "kinds" in test ? shapes.flatMap((shape) => test.kinds(shape)) : test.calls;
    expect(tested.length).toBeGreaterThan(0);
    expect(test.errors.length).toBeGreaterThan(0);
    const layer = nn[row!.call.replace(/\(.*/, "") as "LayerNorm"] as typeof nn.LayerNorm | undefined;
    if (layer === undefined) expect(test.layers).toBeUndefined();
    else expect(test.layers?.[0]?.layer).toBeInstanceOf(layer);
  });

  it("says formula and paper as its row does", () => {
    const text = readFileSync(url, "utf8");
    expect(text).toContain(row?.formula);
    expect(text).toContain(row?.paper?.link ?? "");
    expect(text).toContain(row?.paper?.title ?? "");
  });
});

it("every row has its file and its tests", () => {
  const names = table.map(({ name }) => plainName(name));
  expect(names.toSorted()).toEqual(files.map(({ file }) => plainName(file)).toSorted());
  expect(Object.keys(normTests).toSorted()).toEqual(table.map(({ name }) => name).toSorted());
});
