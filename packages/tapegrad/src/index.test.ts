import * as autograd from "@tapegrad/autograd";
import * as compile from "@tapegrad/compile";
import * as data from "@tapegrad/data";
import * as datasets from "@tapegrad/datasets";
import * as nn from "@tapegrad/nn";
import * as optim from "@tapegrad/optim";
import * as tensor from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as dataEntry from "./data.ts";
import * as datasetsEntry from "./datasets.ts";
import * as tapegrad from "./index.ts";
import * as nnEntry from "./nn.ts";
import * as functional from "./nn/functional.ts";
import * as init from "./nn/init.ts";
import * as norms from "./nn/norms.ts";
import * as presets from "./nn/presets.ts";
import * as optimEntry from "./optim.ts";

describe("tapegrad", () => {
  const umbrella = new Map<string, unknown>(Object.entries(tapegrad));

  // `export *` drops a name that two packages export, without a word.
  it.each([
    ["@tapegrad/tensor", tensor],
    ["@tapegrad/autograd", autograd],
    ["@tapegrad/compile", compile],
  ])("passes on every export of %s", (_name, exports) => {
    for (const [name, value] of Object.entries(exports)) expect(umbrella.get(name), name).toBe(value);
  });

  it.each([
    ["nn", nn],
    ["optim", optim],
    ["data", data],
    ["datasets", datasets],
  ])("has the namespace %s", (name, exports) => {
    expect(Object.keys(umbrella.get(name) ?? {})).toEqual(Object.keys(exports));
  });

  it.each([
    ["data", dataEntry, tapegrad.data],
    ["datasets", datasetsEntry, tapegrad.datasets],
    ["nn", nnEntry, tapegrad.nn],
    ["nn/functional", functional, tapegrad.nn.functional],
    ["nn/init", init, tapegrad.nn.init],
    ["nn/norms", norms, tapegrad.nn.norms],
    ["nn/presets", presets, tapegrad.nn.presets],
    ["optim", optimEntry, tapegrad.optim],
  ])("has the namespace as tapegrad/%s too", (_path, entry, namespace) => {
    expect({ ...entry }).toEqual({ ...namespace });
  });

  it("hides no tensor function behind a namespace", () => {
    for (const name of ["nn", "optim", "data", "datasets"]) {
      expect(Object.keys(tensor), name).not.toContain(name);
      expect(Object.keys(autograd), name).not.toContain(name);
      expect(Object.keys(compile), name).not.toContain(name);
    }
  });
});
