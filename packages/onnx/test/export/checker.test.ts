import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { exportOnnx } from "../../src/index.ts";
import { layerCall, layerNames } from "./layer-calls.ts";
import { modelRows } from "./models.ts";

const python = "/usr/bin/python3";
const isThere = spawnSync(python, ["-c", "import onnx"]).status === 0;

/** Says of each model in a folder what its checker, shape inference included, has against it. */
const program = `
import glob, onnx, os, sys
for path in sorted(glob.glob(os.path.join(sys.argv[1], "*.onnx"))):
    try:
        onnx.checker.check_model(path, full_check=True)
    except Exception as error:
        print(os.path.basename(path), str(error).splitlines()[0])
`;

it.skipIf(!isThere)(
  "the checker of ONNX has nothing against any layer or model, for open batches and fixed ones",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "onnx-"));
    try {
      const rows = [
        ...layerNames.map((name) => ({ name, ...layerCall(name) })),
        ...modelRows.map(([name, make, inputs]) => ({ name, layer: make(), inputs, dynamicBatch: true })),
      ];
      for (const { name, layer, inputs, dynamicBatch: isOpen } of rows) {
        for (const dynamicBatch of isOpen ? [true, false] : [false]) {
          writeFileSync(join(folder, `${name} ${dynamicBatch}.onnx`), exportOnnx(layer, inputs, { dynamicBatch }));
        }
      }
      const { stdout, stderr } = spawnSync(python, ["-c", program, folder], { encoding: "utf8" });
      expect(stdout + stderr).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
