import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DType, tensor, zeros } from "@tapegrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { encodeNpy, encodeNpz } from "../../src/index.ts";

/** The first Python that has NumPy. */
const python = [process.env["TAPEGRAD_PYTHON"], "python3", "/usr/bin/python3"].find((file) => {
  try {
    return file !== undefined && execFileSync(file, ["-c", "import numpy"], { stdio: "ignore" }) !== undefined;
  } catch {
    return false;
  }
});

const program = `
import json, sys, numpy as np
read = np.load(sys.argv[1], allow_pickle=False)
arrays = dict(read) if hasattr(read, "files") else {"": read}
print(json.dumps({k: [str(a.dtype), list(a.shape), bool(a.flags.f_contiguous), a.ravel().astype(float).tolist()] for k, a in arrays.items()}))
`;

describe.skipIf(python === undefined)("NumPy reads", () => {
  const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const read = (name: string, bytes: Uint8Array): unknown => {
    writeFileSync(join(folder, name), bytes);
    return JSON.parse(execFileSync(python!, ["-c", program, join(folder, name)], { encoding: "utf8" }));
  };
  const dtypes: readonly DType[] = ["float32", "float64", "int32", "bool"];

  it.each(dtypes)("%s that encodeNpy wrote, in both orders", (dtype) => {
    const x = tensor([[1, 0, 1], [0, 0, 1]]).to(dtype); // prettier-ignore
    const values = [1, 0, 1, 0, 0, 1];
    expect(read("c.npy", encodeNpy(x))).toEqual({ "": [dtype, [2, 3], false, values] });
    expect(read("f.npy", encodeNpy(x, { fortranOrder: true, version: 3 }))).toEqual({
      "": [dtype, [2, 3], true, values],
    });
  });

  it.each([false, true])("what encodeNpz wrote, compress: %s", (compress) => {
    const state = { "layers.0/weight": tensor([[1, 2]]), größe: tensor(7, { dtype: "int32" }), empty: zeros([0, 3]) };
    expect(read("x.npz", encodeNpz(state, { compress }))).toEqual({
      "layers.0/weight": ["float32", [1, 2], true, [1, 2]],
      größe: ["int32", [], true, [7]],
      empty: ["float32", [0, 3], true, []],
    });
  });
});
