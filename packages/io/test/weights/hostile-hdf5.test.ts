import { Dense, Sequential } from "@tapegrad/nn";
import { Generator, rand, TapegradError } from "@tapegrad/tensor";
import { File as H5File, FS, type Group, ready } from "h5wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeKerasWeights, loadKerasWeights } from "../../src/index.ts";

const make = (): Sequential => new Sequential(new Dense(3, 2));
let small: Uint8Array;
beforeAll(async () => {
  await ready;
  small = await encodeKerasWeights(make());
});

/** Loads bytes, which either are accepted or refused by an error of ours. */
async function survives(bytes: Uint8Array): Promise<boolean> {
  try {
    await loadKerasWeights(bytes, make());
    return true;
  } catch (error) {
    if (!(error instanceof TapegradError)) throw error;
    return false;
  }
}

function hdf5(fill: (file: H5File) => void): Uint8Array {
  const file = new H5File("made.h5", "w");
  fill(file);
  file.close();
  return FS!.readFile("made.h5");
}

const floats = (size: number): Float32Array => new Float32Array(size);

describe("a file of HDF5 from anywhere", () => {
  it("may be cut off anywhere", async () => {
    for (let length = 0; length < small.length; length += 23)
      expect(await survives(small.subarray(0, length)), `${length} bytes`).toBe(false);
    expect(await survives(small)).toBe(true);
  });

  it("may have any bytes changed", async () => {
    const generator = new Generator(11);
    let accepted = 0;
    for (let round = 0; round < 200; round++) {
      const bytes = small.slice();
      const places = rand([6], { generator }).data;
      for (let i = 0; i < 6; i += 2) bytes[Math.floor(places[i]! * bytes.length)] = Math.floor(places[i + 1]! * 256);
      if (await survives(bytes)) accepted++;
    }
    expect(accepted).toBeGreaterThan(0);
    expect(await survives(small)).toBe(true);
    expect((FS!.readdir(".") as string[]).filter((name) => name.endsWith(".h5") && name !== "made.h5")).toEqual([]);
  });

  it.each<readonly [what: string, fill: (file: H5File) => void, message: RegExp]>([
    [
      "links in a circle",
      (file) => file.create_group("layers").create_group("dense").create_hard_link("/layers", "again"),
      /at most 20000 entries in 16 levels/,
    ],
    [
      "links elsewhere",
      (file) => file.create_group("layers").create_external_link("/etc/passwd", "/x", "dense"),
      /without layers/,
    ],
    [
      "a link to nothing",
      (file) => file.create_group("layers").create_soft_link("/nowhere", "dense"),
      /without layers/,
    ],
    ["nothing in it", () => {}, /without layers/],
    [
      "other names for variables",
      (file) => varsOf(file).create_dataset({ name: "kernel", data: floats(6), shape: [3, 2] }),
      /numbered variables in layers\/dense\/vars, got "kernel"/,
    ],
    [
      "groups for variables",
      (file) => varsOf(file).create_group("0"),
      /a data set at layers\/dense\/vars\/0, got none/,
    ],
    [
      "whole numbers",
      (file) => fillWith(file, new Int32Array(6)),
      /float32 or float64 in layers\/dense\/vars\/0, got other elements of 4 bytes/,
    ],
    ["texts", (file) => varsOf(file).create_dataset({ name: "0", data: ["a"] }), /expected|got/],
    [
      "names that are no texts",
      (file) => file.create_attribute("layer_names", floats(2), [2]),
      /expected names in the attribute layer_names/,
    ],
    [
      "names of nothing",
      (file) => file.create_attribute("layer_names", ["dense"]),
      /expected a group for the layer dense, got none/,
    ],
  ])("may have %s", async (_what, fill, message) => {
    const error: unknown = await loadKerasWeights(hdf5(fill), make()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TapegradError);
    expect((error as Error).message).toMatch(message);
  });

  it("may promise more than there is memory for", async () => {
    const bytes = hdf5((file) => {
      const group = varsOf(file);
      group
        .create_dataset({ name: "0", data: floats(1), shape: [1], maxshape: [null], chunks: [2 ** 20] })
        .resize([3e8]);
      group.create_dataset({ name: "1", data: floats(2), shape: [2] });
    });
    await expect(loadKerasWeights(bytes, make())).rejects.toThrow(
      /expected kernel of shape \[3, 2\].*got \[300000000\]/,
    );
    const chunked = hdf5((file) => {
      const group = varsOf(file);
      group.create_dataset({
        name: "0",
        data: floats(6),
        shape: [3, 2],
        maxshape: [null, 2],
        chunks: [2 ** 22, 2],
        compression: "gzip",
      });
      group.create_dataset({ name: "1", data: floats(2), shape: [2] });
    });
    await expect(loadKerasWeights(chunked, make())).rejects.toThrow(
      /chunks of about the size of layers\/dense\/vars\/0/,
    );
  });

  it("may have names of every object", async () => {
    const bytes = hdf5((file) => {
      fillWith(file, floats(6));
      for (const name of ["__proto__", "constructor", "toString"])
        file
          .create_group(name)
          .create_group("vars")
          .create_dataset({ name: "0", data: floats(1), shape: [1] });
    });
    await expect(loadKerasWeights(bytes, make(), { strict: false })).resolves.toEqual({
      missing: [],
      unexpected: ["_proto__", "constructor", "toString"],
    });
    await expect(
      loadKerasWeights(bytes, make(), { strict: false, layers: { "0": "layers/dense" } }),
    ).resolves.toBeDefined();
    await expect(loadKerasWeights(bytes, make(), { layers: { "0": "valueOf" } })).rejects.toThrow(/got "valueOf"/);
  });
});

function varsOf(file: H5File): Group {
  return file.create_group("layers").create_group("dense").create_group("vars");
}

/** A kernel of some elements, and a bias. */
function fillWith(file: H5File, data: Float32Array | Int32Array): void {
  const group = varsOf(file);
  group.create_dataset({ name: "0", data, shape: [3, 2] });
  group.create_dataset({ name: "1", data: floats(2), shape: [2] });
}
