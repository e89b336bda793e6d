import { TapegradError } from "@tapegrad/tensor";
import { join } from "node:path";
import type { Comparison } from "../golden/comparison.ts";
import { type Exclusion, readExclusions } from "../golden/excluded.ts";
import type { Row } from "../row.ts";
import { compareGradients } from "./compare-gradients.ts";
import { listTests, locateOnnxTests, testFolders } from "./locate.ts";
import { type NodeTest, readNodeModel, readNodeTest } from "./node-test.ts";
import { runNodeTest } from "./run-node-test.ts";
import { reasonOutOfScope } from "./scope.ts";

/** Single operators, graphs of primitives that stand for one, gradients of the former against the latter, and models. */
export type OnnxFamily = "onnx" | "onnx-expanded" | "onnx-gradients" | "onnx-models";

const families: readonly OnnxFamily[] = ["onnx", "onnx-expanded", "onnx-gradients", "onnx-models"];

/** A test in its place. */
interface Place {
  readonly family: OnnxFamily;
  readonly folder: string;
  readonly name: string;
}

/** Changes a test before it runs. */
type Alteration = (test: NodeTest, family: OnnxFamily) => NodeTest;

/** The ending of a test's name that says that its operator is written out in primitives. */
const expandedEnding = "_expanded";

/** All tests below a folder. */
export function placesOf(root: string): Place[] {
  return testFolders.flatMap((part) => {
    const folder = join(root, part);
    return listTests(folder).map((name): Place => {
      const family = part !== "node" ? "onnx-models" : name.endsWith(expandedEnding) ? "onnx-expanded" : "onnx";
      return { family, folder, name };
    });
  });
}

/**
 * Runs the tests of ONNX.
 *
 * @returns one row for each test, and one for each expanded graph with gradients; a failed row that says how to get the
 * tests, when there are none
 */
export function onnxRows(alter: Alteration = (test) => test): Row[] {
  let root: string;
  try {
    root = locateOnnxTests();
  } catch (error) {
    if (!(error instanceof TapegradError)) throw error;
    return [{ family: "onnx", case: "all", status: "failed", worstError: 0, reason: error.message }];
  }
  const excluded = readExclusions();
  const places = placesOf(root);
  const values = places.map((place) => valueRow(place, alter, excluded));
  const gradients = places
    .filter(({ family }, i) => family === "onnx-expanded" && values[i]?.status === "passed")
    .map((place) => gradientRow(place, excluded));
  const rows = [...values, ...gradients].filter((row) => row !== undefined);
  return families.flatMap((family) => rows.filter((row) => row.family === family));
}

function valueRow({ family, folder, name }: Place, alter: Alteration, excluded: readonly Exclusion[]): Row {
  try {
    const reason = reasonOutOfScope(readNodeModel(folder, name));
    if (reason !== undefined) return { family, case: name, status: "excluded", worstError: 0, reason };
    return rowOf(family, name, runNodeTest(alter(readNodeTest(folder, name), family)), excluded);
  } catch (error) {
    if (!(error instanceof TapegradError)) throw error;
    return rowOf(family, name, { worst: 0, failures: [error.message] }, excluded);
  }
}

/** Gradients of the fused operation and of the graph; undefined where there are none. */
function gradientRow({ folder, name }: Place, excluded: readonly Exclusion[]): Row | undefined {
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
