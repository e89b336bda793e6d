import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import * as functional from "../../src/functional.ts";
import * as nn from "../../src/index.ts";
import { shapes } from "./norm-case.ts";
import { normTests } from "./norm-cases.ts";

const table = nn.norms.table();
const source = new URL("../../src/", import.meta.url);

/** `rmsNorm` and `rms-norm.ts` alike. */
const plainName = (name: string): string => name.replace(/\.ts$/, "").replaceAll("-", "").toLowerCase();

/** What a dotted name of the package is. */
function find(path: string): unknown {
  return path.split(".").reduce<unknown>((at, name) => Reflect.get(Object(at) as object, name), nn);
}

const files = (readdirSync(source, { recursive: true }) as string[]).filter((file) => file.endsWith(".ts"));
/** The folders of norms, and others with something that is one too. */
const folders: Readonly<Record<string, "activation" | "weight" | "constraint">> = {
  "norms/activation": "activation",
  "norms/weight": "weight",
  constraints: "constraint",
  dense: "weight",
  activations: "activation",
  attention: "activation",
};

const rows = table.map((row) => {
  const name = row.variantOf ?? row.name;
  const file = files.find(
    (path) => plainName(basename(path)) === plainName(name) && path.slice(0, path.lastIndexOf("/")) in folders,
  );
  return { row, name, file: file!, layer: row.call.replace(/\(.*/, "") };
});

describe.each(rows)("$row.name", ({ row, name, file, layer }) => {
  const test = normTests[row.name];

  it("has a file, of its kind", () => {
    expect(file).toBeDefined();
    expect(row.kind).toBe(folders[file.slice(0, file.lastIndexOf("/"))]);
  });

  it("is exported by functional.ts or constraints.ts, and index.ts, its plain twin too", async () => {
    const own = Object.values((await import(new URL(file, source).href)) as Record<string, unknown>);
    const fn: unknown = Reflect.get(row.kind === "constraint" ? nn.constraints : functional, name);
    // ScaledDense is a layer without a function.
    if (row.name !== "scaledDense") expect(own).toContain(fn);
    expect(own).toContain(find(layer));
    const twins = Object.entries(functional).filter(([twin]) => plainName(twin) === plainName(`plain${name}`));
    expect(twins.map(([, twin]) => own.includes(twin))).toEqual("kinds" in test ? [true] : []);
  });

  it("has a test of values and gradients, and errors", () => {
    const tested = "kinds" in test ? shapes.flatMap((shape) => test.kinds(shape)) : test.calls;
    expect(tested.length).toBeGreaterThan(0);
    expect(test.errors.length).toBeGreaterThan(0);
    const Layer = nn[layer as "LayerNorm"] as typeof nn.LayerNorm | undefined;
    if (Layer === undefined) expect(test.layers).toBeUndefined();
    else expect(test.layers?.[0]?.layer).toBeInstanceOf(Layer);
  });

  it("has a file that says formula and paper as it does", () => {
    const text = readFileSync(new URL(file, source), "utf8");
    expect(text).toContain(row.formula);
    expect(text).toContain(row.paper?.link ?? "");
    expect(text).toContain(row.paper?.title ?? "");
  });
});

it("every file of a norm has its row, and every row its tests", () => {
  const norms = files.filter((file) => /^norms\/(activation|weight)\//.test(file));
  expect(norms.filter((file) => !rows.some((row) => row.file === file))).toEqual([]);
  expect(Object.keys(normTests).toSorted()).toEqual(table.map(({ name }) => name).toSorted());
});
