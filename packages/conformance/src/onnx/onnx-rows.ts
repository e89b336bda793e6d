import { TapegradError } from "@tapegrad/tensor";
import type { Comparison } from "../golden/comparison.ts";
import { type Exclusion, readExclusions } from "../golden/excluded.ts";
import type { Row } from "../row.ts";
import { compareGradients } from "./compare-gradients.ts";
import { listNodeTests, locateNodeTests } from "./locate.ts";
import { type NodeTest, readNodeModel, readNodeTest } from "./node-test.ts";
import { runNodeTest } from "./run-node-test.ts";
import { reasonOutOfScope } from "./scope.ts";

/** Single operators, graphs of primitives that stand for one, and gradients of the former against the latter. */
export type OnnxFamily = "onnx" | "onnx-expanded" | "onnx-gradients";

/** The ending of a test's name that says that its operator is written out in primitives. */
const expandedEnding = "_expanded";

/** The family of a node test. */
export function familyOf(name: string): OnnxFamily {
  return name.endsWith(expandedEnding) ? "onnx-expanded" : "onnx";
}

/**
 * Runs all node tests of ONNX.
 *
 * @param alter changes a test before it runs
 * @returns one row for each test, and one for each expanded graph with gradients; a failed row that says how to get the
 * tests, when there are none
 */
export function onnxRows(alter: (test: NodeTest) => NodeTest = (test) => test): Row[] {
  let folder: string;
  try {
    folder = locateNodeTests();
  } catch (error) {
    if (!(error instanceof TapegradError)) throw error;
    return [{ family: "onnx", case: "node tests", status: "failed", worstError: 0, reason: error.message }];
  }
  const excluded = readExclusions();
  const names = listNodeTests(folder);
  const values = names.map((name) => valueRow(folder, name, alter, excluded));
  const gradients = names
    .filter((name, i) => familyOf(name) === "onnx-expanded" && values[i]?.status === "passed")
    .map((name) => gradientRow(folder, name, excluded));
  const rows = [...values, ...gradients].filter((row) => row !== undefined);
  return families.flatMap((family) => rows.filter((row) => row.family === family));
}

const families: readonly OnnxFamily[] = ["onnx", "onnx-expanded", "onnx-gradients"];

function valueRow(
  folder: string,
  name: string,
  alter: (test: NodeTest) => NodeTest,
  excluded: readonly Exclusion[],
): Row {
  const family = familyOf(name);
  try {
    const reason = reasonOutOfScope(readNodeModel(folder, name));
    if (reason !== undefined) return { family, case: name, status: "excluded", worstError: 0, reason };
    return rowOf(family, name, runNodeTest(alter(readNodeTest(folder, name))), excluded);
  } catch (error) {
    if (!(error instanceof TapegradError)) throw error;
    return rowOf(family, name, { worst: 0, failures: [error.message] }, excluded);
  }
}

/** Gradients of the fused operation and of the graph; undefined where there are none. */
function gradientRow(folder: string, name: string, excluded: readonly Exclusion[]): Row | undefined {
  const fused = readNodeModel(folder, name.slice(0, -expandedEnding.length));
  const check = compareGradients(fused, readNodeTest(folder, name));
  return check && rowOf("onnx-gradients", name, check, excluded);
}

function rowOf(
  family: OnnxFamily,
  name: string,
  { worst, failures }: Pick<Comparison, "worst" | "failures">,
  excluded: readonly Exclusion[],
): Row {
  const row = { family, case: name, worstError: worst };
  const [failure] = failures;
  if (failure === undefined) return { ...row, status: "passed" };
  const exclusion = excluded.find((one) => one.family === family && one.case === name);
  if (exclusion !== undefined) return { ...row, status: "excluded", reason: exclusion.reason };
  const more = failures.length === 1 ? "" : ` (and ${failures.length - 1} more)`;
  return { ...row, status: "failed", reason: `${failure}${more}` };
}
