import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { activationRows } from "../../test/activations/activation-rows.ts";
import { axisRows } from "../../test/activations/axis-rows.ts";
import * as nn from "../index.ts";

/** What activations share, and the draw that is a function alone; every other file is one. */
const shared = ["activation.ts", "activations.ts", "axis-options.ts", "gumbel-softmax.ts", "masked-softmax.ts", "softmax-options.ts"]; // prettier-ignore

const files = readdirSync(import.meta.dirname).filter((file) => !file.endsWith(".test.ts"));
const activations = files
  .filter((file) => !shared.includes(file))
  .map((file) => file.replace(".ts", "").replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase()));

/** The function of a row, which is the first word of its name. */
const rows = [...activationRows, ...axisRows].map(({ name, layer }) => ({
  fn: name.split(" ")[0]!,
  layerName: typeof layer === "function" ? layer.name : layer.constructor.name,
}));

describe("activations", () => {
  it("are one a file, and only they", () => {
    expect(files).toEqual(expect.arrayContaining(shared));
    expect(activations.length).toBeGreaterThan(20);
    expect(new Set(rows.map(({ fn }) => fn))).toEqual(new Set(activations));
  });

  it.each(activations)("%s is a function, a layer and a row of the tests", (name) => {
    expect(Object.keys(nn.functional)).toContain(name);
    const row = rows.find(({ fn }) => fn === name);
    expect(row?.layerName.toLowerCase()).toBe(name.toLowerCase());
    expect(Object.keys(nn)).toContain(row?.layerName);
  });
});
