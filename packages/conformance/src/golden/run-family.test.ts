import { describe, expect, it } from "vitest";
import { parseFamily } from "./format.ts";
import { runFamily } from "./run-family.ts";

const vector = (...data: number[]): object => ({ shape: [data.length], dtype: "float64", data });
const relu = { op: "relu", config: {}, inputs: { input: vector(-1, 2) }, outputs: [vector(0, 2)] };
const norm = {
  op: "BatchNorm1d",
  config: { num_features: 1 },
  train: true,
  inputs: { input: { ...vector(1, 3), shape: [2, 1] } },
};
const state = { params: { weight: vector(1), bias: vector(0) }, buffersBefore: { running_mean: vector(0), running_var: vector(1), num_batches_tracked: { shape: [], dtype: "int64", data: [0] } } }; // prettier-ignore

/** The status and reason of one case. */
function outcome(family: string, fields: object): string {
  const golden = parseFamily({ family, cases: [{ name: "a", config: {}, ...fields }] }, "f.json");
  const [row] = runFamily(golden, []);
  return row?.status === "passed" ? "passed" : String(row?.reason);
}

describe("a case fails", () => {
  it.each<readonly [title: string, family: string, fields: object, reason: string]>([
    ["not, as it is", "activations", relu, "passed"],
    ["for an operation without a row", "activations", { ...relu, op: "reluu" }, "no adapter for reluu"],
    ["for a row of Object", "activations", { ...relu, op: "constructor" }, "no adapter for constructor"],
    ["for a family without a runner", "dreams", relu, "no runner for family dreams"],
    ["for a setting without a row", "activations", { ...relu, op: "elu", config: { beta: 1 } }, "FormatError: settings: expected alpha, got beta."],
    ["for a missing output", "activations", { ...relu, outputs: [vector(0, 2), vector(0)] }, "number of outputs: expected 2, got 1"],
    ["for an output too many", "activations", { ...relu, outputs: [] }, "number of outputs: expected 0, got 1"],
    ["for a gradient of nothing", "activations", { ...relu, cotangents: [vector(1, 1)], grads: { weight: vector(1) } }, "grads.weight: expected a tensor of this name, got none"],
    ["for another gradient", "activations", { ...relu, cotangents: [vector(3, 3)], grads: { input: vector(0, 4) } }, "grads.input[1]: expected 4, got 3"],
    ["for a result in place of an error", "activations", { ...relu, error: { type: "ValueError", regex: "" } }, "expected an error, got a result"],
    ["for a parameter that does not exist", "norms", { ...norm, params: { gain: vector(1) } }, "ValueError: loadStateDict: expected the 5 keys of BatchNorm, got 4 missing, 1 unexpected and 0 that do not fit."],
    ["for another buffer", "norms", { ...norm, ...state, outputs: [{ ...vector(-0.9999950000374997, 0.9999950000374997), shape: [2, 1] }], buffersAfter: { running_mean: vector(0.25) } }, "buffersAfter.running_mean[0]: expected 0.25, got 0.2"],
    ["for a buffer that does not exist", "norms", { ...norm, ...state, outputs: [{ ...vector(-0.9999950000374997, 0.9999950000374997), shape: [2, 1] }], buffersAfter: { mean: vector(0) } }, "buffersAfter.mean: expected a buffer, got none"],
    ["in a later step", "activations", { op: "relu", steps: [relu, { ...relu, outputs: [vector(0, 3)] }] }, "steps[1].outputs[0][1]: expected 3, got 2"],
    ["with nothing to compare", "init", { op: "uniform_", config: { shape: [2] } }, "expected something to compare, got nothing"],
    ["with an integer that int32 cannot hold", "activations", { ...relu, inputs: { input: { shape: [1], dtype: "int64", data: [2 ** 40] } } }, "DTypeError: toTensor: expected integers within int32, got 1099511627776."],
  ])("%s", (_, family, fields, reason) => {
    expect(outcome(family, fields).split("\n")[0]).toBe(reason);
  }); // prettier-ignore

  it("and is excluded when it is listed, but only then", () => {
    const family = parseFamily({ family: "activations", cases: [{ ...relu, name: "good" }, { ...relu, name: "bad", op: "x" }] }, "f.json"); // prettier-ignore
    const exclusions = ["good", "bad"].map((name) => ({ family: "activations", case: name, reason: "because" }));
    expect(runFamily(family, exclusions).map(({ status, reason }) => [status, reason])).toEqual([
      ["passed", undefined],
      ["excluded", "because"],
    ]);
    const others = exclusions.map((exclusion) => ({ ...exclusion, family: "losses" }));
    expect(runFamily(family, others).map(({ status }) => status)).toEqual(["passed", "failed"]);
  });
});
