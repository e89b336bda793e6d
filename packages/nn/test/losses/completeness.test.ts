import { ValueError } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import { drawer } from "@tapegrad/testing";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as nn from "../../src/index.ts";
import { lossRows } from "./loss-rows.ts";

const { lossNames, resolveLoss } = nn.functional;

/** What losses share; every other file of the folder is a loss. */
const shared = ["check-target", "class-probabilities", "class-targets", "focus", "gram-matrix", "hinge-margin", "label-pairs", "reduce-losses", "reduction", "resolve-loss", "smooth-labels", "split-near-far", "target-losses", "triplet-loss", "weighted-loss", "zero-weight"]; // prettier-ignore

const files = readdirSync(new URL("../../src/losses", import.meta.url))
  .filter((file) => !file.endsWith(".test.ts"))
  .map((file) => file.replace(/\.ts$/, ""));

describe("losses", () => {
  it("are one a file, with a row in the tests", () => {
    expect(files).toEqual(expect.arrayContaining(shared));
    expect(lossRows.map(({ file }) => file).toSorted()).toEqual(
      files.filter((file) => !shared.includes(file)).toSorted(),
    );
  });

  it.each(lossRows.map((row) => [row.file, row] as const))("%s exports a function and its layer", async (file, row) => {
    const own = (await import(`../../src/losses/${file}.ts`)) as Record<string, unknown>;
    expect(Object.values(own).toSorted((a, b) => Number(a === row.Layer) - Number(b === row.Layer))).toEqual([row.fn, row.Layer]); // prettier-ignore
    expect(Object.values(nn.functional)).toContain(row.fn);
    expect(Object.values(nn)).toContain(row.Layer);
    expect(row.errors.length).toBeGreaterThan(0);
    expect(row.cases.length).toBeGreaterThan(0);
    for (const { checked, differentiable = 1 } of row.cases) {
      expect(differentiable).toBeGreaterThan(0);
      // Small enough for derivatives of second order.
      expect(checked.some((shape) => sizeOf(shape) <= 24)).toBe(true);
    }
  });
});

describe("resolveLoss", () => {
  const named = lossRows.flatMap(({ fn, names }) => names.map((name) => [name, fn] as const));

  it("knows every loss of an output and a target, and no other", () => {
    expect(lossNames.toSorted()).toEqual(named.map(([name]) => name).toSorted());
    for (const { cases, names } of lossRows) {
      const [one] = cases;
      const count = one!.inputs(drawer(7), one!.checked[0]!).length;
      expect(names.length > 0).toBe(count === 2);
    }
  });

  it.each(named)("finds %s", (name, fn) => {
    expect(resolveLoss(name)).toBe(fn);
    expect(resolveLoss(name.toUpperCase())).toBe(fn);
    expect(resolveLoss(`${name}Loss`)).toBe(fn);
    expect(resolveLoss(`${name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}_loss`)).toBe(fn);
    expect(resolveLoss(fn as nn.functional.LossFunction)).toBe(fn);
  });

  it.each<[unknown, string]>([
    ["crossEntrpy", 'got "crossEntrpy". Did you mean "crossEntropy"?'],
    ["loss", 'got "".'],
    ["toString", 'got "toString".'],
    [3, "got 3."],
    [null, "got null."],
  ])("refuses %j", (name, message) => {
    const all = `resolveLoss: expected a function or one of ${lossNames.join(", ")}, ${message}`;
    expect(() => resolveLoss(name as string)).toThrow(new ValueError(all));
  });
});
