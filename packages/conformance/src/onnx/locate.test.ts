import { ValueError } from "@tapegrad/tensor";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listNodeTests, locateNodeTests } from "./locate.ts";

describe("locateNodeTests", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "onnx-"));
    mkdirSync(join(root, "node", "test_abs"), { recursive: true });
    mkdirSync(join(root, "node", "test_empty"));
    writeFileSync(join(root, "node", "test_abs", "model.onnx"), "");
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it("takes the folder of the environment, or the one named node in it", () => {
    const folder = join(root, "node");
    expect(locateNodeTests({ TAPEGRAD_ONNX_DATA: root })).toBe(folder);
    expect(locateNodeTests({ TAPEGRAD_ONNX_DATA: folder })).toBe(folder);
    expect(listNodeTests(folder)).toEqual(["abs"]);
  });

  it("says how to get the tests when there are none", () => {
    const nowhere = join(root, "nowhere");
    expect(() => locateNodeTests({ TAPEGRAD_ONNX_DATA: nowhere })).toThrow(
      new ValueError(
        `onnx: expected ONNX's node tests, got TAPEGRAD_ONNX_DATA=${nowhere} without test_abs/model.onnx. ` +
          'Install them with "apt-get install libonnx-testdata", or set TAPEGRAD_ONNX_DATA to the folder ' +
          "onnx/backend/test/data of ONNX's sources.",
      ),
    );
  });
});
