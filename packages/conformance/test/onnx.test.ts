import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { listTests, locateOnnxTests } from "../src/onnx/locate.ts";

/** Why the tests of ONNX cannot be run here, if so: a machine need not have them, unless it is to check everything. */
function reasonToSkip(): string | undefined {
  try {
    locateOnnxTests();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = reasonToSkip();
it.skipIf(reason !== undefined && process.env["CI"] !== "true")(reason ?? "finds the tests of ONNX", () => {
  expect(listTests(join(locateOnnxTests(), "node")).length).toBeGreaterThan(800);
});
if (reason === undefined) {
  await import("./onnx.suite.ts");
  await import("./corrupt-files.suite.ts");
  await import("./onnx-modules.suite.ts");
}
