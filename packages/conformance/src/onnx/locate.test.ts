import { ValueError } from "@tapegrad/tensor";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listTests, locateOnnxTests, testFolders } from "./locate.ts";

describe("locateOnnxTests", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "onnx-"));
    mkdirSync(join(root, "node", "test_abs"), { recursive: true });
    mkdirSync(join(root, "node", "test_empty"));
    for (const folder of testFolders) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, "node", "test_abs", "model.onnx"), "");
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("takes the folder of the environment", () => {
    expect(locateOnnxTests({ TAPEGRAD_ONNX_DATA: root })).toBe(root);
    expect(listTests(join(root, "node"))).toEqual(["abs"]);
  });

  it("says how to get the tests when there are none", () => {
    const nowhere = join(root, "nowhere");
    expect(() => locateOnnxTests({ TAPEGRAD_ONNX_DATA: nowhere })).toThrow(
      new ValueError(
        `onnx: expected the tests of ONNX, got TAPEGRAD_ONNX_DATA=${nowhere} without node. ` +
          'Install them with "apt-get install libonnx-testdata", or set TAPEGRAD_ONNX_DATA to the folder ' +
          "onnx/backend/test/data of ONNX's sources.",
      ),
    );
  });
});
