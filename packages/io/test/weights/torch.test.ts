import { readFileSync } from "node:fs";
import { type Tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "../../src/index.ts";
import { models } from "./torch-models.ts";

/** The tensors of a file that `torch/make-fixtures.py` wrote. */
const read = (name: string): Readonly<Record<string, Tensor>> =>
  decodeSafetensors(readFileSync(new URL(`torch/${name}.safetensors`, import.meta.url))).tensors;

const results = read("results");

describe("a state_dict of PyTorch", () => {
  it.each(Object.keys(models))("loads as it is, computes the same, and comes back: %s", (name) => {
    const { module, run } = models[name]!();
    const state = read(name);
    expect(module.loadStateDict(state)).toEqual({ missing: [], unexpected: [] });
    module.eval();
    expectClose(run(results[`${name}.x`]!), results[`${name}.y`]!, { rtol: 1e-5, atol: 2e-6 });
    const { tensors } = decodeSafetensors(encodeSafetensors(module.stateDict()));
    expect(Object.keys(tensors).toSorted()).toEqual(Object.keys(state).toSorted());
    for (const [key, value] of Object.entries(state)) {
      expect([key, tensors[key]?.shape, tensors[key]?.data]).toEqual([key, value.shape, value.data]);
    }
  });

  it("lists keys in PyTorch's order", () => {
    for (const name of Object.keys(models)) {
      expect([name, ...Object.keys(models[name]!().module.stateDict())]).toEqual([name, ...Object.keys(read(name))]);
    }
  });

  it("of half precision, from DataParallel, loads behind its prefix", () => {
    const { module, run } = models["cnn"]!();
    const half = read("cnn_half");
    expect(() => module.loadStateDict(half)).toThrow(/load with \{ prefix: "module\." \}\.$/);
    module.loadStateDict(half, { prefix: "module." });
    module.eval();
    expectClose(run(results["cnn_half.x"]!), results["cnn_half.y"]!, { rtol: 1e-5, atol: 2e-6 });
  });

  it("counts batches in int32", () => {
    const { module } = models["batch_norm1d"]!();
    module.loadStateDict(read("batch_norm1d"));
    const counter = module.stateDict()["num_batches_tracked"]!;
    expect([counter.dtype, counter.shape, counter.item()]).toEqual(["int32", [], 3]);
  });

  it("of another model says what is missing, too much and of another shape", () => {
    const { module } = models["cnn"]!();
    const { "2.bias": bias, ...rest } = read("cnn");
    const { "0.0.weight": weight, ...fewer } = rest;
    expect(() => module.loadStateDict({ ...fewer, "0.0.weight": weight!.reshape([4, 9]), fc: bias! })).toThrow(
      "loadStateDict: expected the 8 keys of Sequential, got 1 missing, 1 unexpected and 1 that do not fit.\n" +
        "  missing: 2.bias\n  unexpected: fc\n  not fitting: 0.0.weight (expected [4, 1, 3, 3], got [4, 9])",
    );
    const report = module.loadStateDict({ ...rest, fc: bias! }, { strict: false });
    expect(report).toEqual({ missing: ["2.bias"], unexpected: ["fc"] });
  });
});
