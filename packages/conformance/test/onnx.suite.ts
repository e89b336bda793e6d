import { type AttributeProto, findOperator } from "@tapegrad/onnx/internal";
import { type Tensor } from "@tapegrad/tensor";
import { fromData } from "@tapegrad/tensor/internal";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readExclusions } from "../src/golden/excluded.ts";
import type { Row } from "../src/row.ts";
import { compareGradients } from "../src/onnx/compare-gradients.ts";
import { locateOnnxTests } from "../src/onnx/locate.ts";
import { type NodeTest, readNodeModel, readNodeTest } from "../src/onnx/node-test.ts";
import { type OnnxFamily, onnxRows, placesOf } from "../src/onnx/onnx-rows.ts";
import { runNodeTest } from "../src/onnx/run-node-test.ts";
import { operatorsOutOfScope } from "../src/onnx/scope.ts";

const root = locateOnnxTests();
const folder = join(root, "node");
const rows = onnxRows();
const of = (family: OnnxFamily, status: Row["status"]): Row[] =>
  rows.filter((row) => row.family === family && row.status === status);

/** The tensor with its last element changed by more than any tolerance. */
function corrupt(x: Tensor): Tensor {
  const data = x.data.slice();
  const last = data.length - 1;
  const value = data[last]!;
  if (!Number.isFinite(value)) data[last] = 0;
  else data[last] = x.dtype === "bool" ? 1 - value : value + (x.dtype === "int32" ? 2 : 0.5 + 0.5 * Math.abs(value));
  return fromData(data, x.shape, x.dtype);
}

/** The test with its `i`-th output corrupted. */
function withCorrupted(test: NodeTest, i: number): NodeTest {
  return { ...test, outputs: test.outputs.with(i, corrupt(test.outputs[i]!)) };
}

describe("tests of ONNX", () => {
  it("fails in no case", () => {
    const failures = rows.filter(({ status }) => status === "failed");
    expect(failures.map((row) => `${row.family} ${row.case}: ${row.reason}`)).toEqual([]);
  });

  it("has a row for every case, and passes most", () => {
    const names = (of: readonly { family: string; name: string }[]): string[] =>
      of.map(({ family, name }) => `${family} ${name}`).toSorted();
    const values = rows.filter(({ family }) => family !== "onnx-gradients");
    expect(names(values.map((row) => ({ family: row.family, name: row.case })))).toEqual(names(placesOf(root)));
    expect(of("onnx", "passed").length).toBeGreaterThanOrEqual(697);
    expect(of("onnx-expanded", "passed").length).toBeGreaterThanOrEqual(110);
    expect(of("onnx-gradients", "passed").length).toBeGreaterThanOrEqual(96);
    expect(of("onnx-models", "passed").length).toBeGreaterThanOrEqual(126);
  });

  it("excludes for a reason each", () => {
    for (const row of rows.filter(({ status }) => status === "excluded")) expect(row.reason).toMatch(/^[A-Z].*\.$/);
  });

  it("excludes by name only what is there and fails", () => {
    const excluded = rows.filter(({ status }) => status === "excluded").map((row) => `${row.family} ${row.case}`);
    const named = readExclusions().filter(({ family }) => family.startsWith("onnx"));
    for (const { family, case: name } of named) expect(excluded).toContain(`${family} ${name}`);
  });

  it("passes adam_multiple with the epsilon that its file lacks", () => {
    const test = readNodeTest(folder, "adam_multiple");
    expect(runNodeTest(test).failures).not.toEqual([]);
    const { attributes } = test.model.graph.nodes[0]!;
    const alpha = attributes.find(({ name }) => name === "alpha") as AttributeProto;
    attributes.push({ ...alpha, name: "epsilon", f: 1e-2 });
    expect(runNodeTest(test).failures).toEqual([]);
  });

  it.each([...operatorsOutOfScope.keys()])("has %s out of scope, and no row for it", (name) => {
    expect(findOperator("", name)).toBeUndefined();
  });

  it("lets exactly those cases fail of which a number is corrupted", () => {
    const names = ["argmax_keepdims_random", "layer_normalization_default_axis", "softmax_axis_0_expanded", "Linear"];
    const corrupted = onnxRows((test) => (names.includes(test.name) ? withCorrupted(test, 0) : test));
    const failed = corrupted.filter(({ status }) => status === "failed");
    expect(failed.map((row) => row.case)).toEqual(names);
  });

  it("notices a corrupted number in every output of every case", () => {
    let tried = 0;
    const passed = new Set(rows.filter(({ status }) => status === "passed").map((row) => `${row.family} ${row.case}`));
    for (const { family, folder: place, name } of placesOf(root)) {
      if (!passed.has(`${family} ${name}`)) continue;
      const test = readNodeTest(place, name);
      test.outputs.forEach((output, i) => {
        if (output === undefined || output.size === 0) return;
        tried++;
        expect(runNodeTest(withCorrupted(test, i)).failures, `${family} ${name} ${i}`).not.toEqual([]);
      });
    }
    expect(tried).toBeGreaterThan(900);
  });
});

describe("gradients of expanded graphs", () => {
  it("notices another operation", () => {
    const expanded = readNodeTest(folder, "softmax_axis_1_expanded");
    const check = compareGradients(readNodeModel(folder, "softmax_axis_0"), expanded);
    expect(check?.failures).not.toEqual([]);
  });

  it("reaches every float input of losses and norms", () => {
    for (const name of [
      "nllloss_NCd1_weight_ii",
      "sce_mean_weight_ii_3d_log_prob",
      "layer_normalization_3d_axis1_epsilon",
    ]) {
      const expanded = readNodeTest(folder, `${name}_expanded`);
      const floats = expanded.inputs.filter((x) => x?.dtype === "float32").length;
      const check = compareGradients(readNodeModel(folder, name), expanded);
      expect(check?.count).toBe(1 + floats);
      expect(check?.failures).toEqual([]);
    }
  });
});
