import { readFileSync } from "node:fs";
import { Dense, Sequential } from "@tapegrad/nn";
import { Generator, rand, TapegradError } from "@tapegrad/tensor";
import { File as H5File, FS, type Group, ready } from "h5wasm";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeKerasWeights, loadKerasWeights } from "../../src/index.ts";

const make = (): Sequential => new Sequential(new Dense(3, 2));
beforeAll(async () => ready);

/** Loads bytes, which either are accepted or refused by an error of ours. */
async function survives(bytes: Uint8Array, model = make()): Promise<boolean> {
  try {
    await loadKerasWeights(bytes, model, { strict: false });
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

/** A file of the first version of the format, one of a later version with a group of many names, and one of Keras 2. */
const files: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  "of the first version": async () => encodeKerasWeights(make()),
  "of a later version": async () =>
    hdf5((file) => {
      fillWith(file, floats(6));
      for (let i = 0; i < 60; i++) file.create_group(`group${i}`);
    }),
  "of h5py": async () => new Uint8Array(readFileSync(new URL("keras/mlp.h5", import.meta.url))),
};

describe.each(Object.keys(files))("a file of HDF5 from anywhere, %s", (name) => {
  it("may be cut off anywhere", async () => {
    const whole = await files[name]!();
    const model = make();
    const step = whole.length < 5000 ? 1 : 13;
    for (let length = 0; length < whole.length; length += step)
      expect(await survives(whole.subarray(0, length), model), `${length} bytes`).toBe(false);
  });

  it("may have any bytes changed", async () => {
    const whole = await files[name]!();
    const model = make();
    const generator = new Generator(11);
    // What is not 0 says something.
    const places = [...whole.keys()].filter((at) => whole[at] !== 0);
    let accepted = 0;
    for (let round = 0; round < 1500; round++) {
      const bytes = whole.slice();
      const draws = rand([6], { generator }).data;
      for (let i = 0; i < 6; i += 2)
        bytes[places[Math.floor(draws[i]! * places.length)]!] = Math.floor(draws[i + 1]! * 256);
      if (await survives(bytes, model)) accepted++;
    }
    expect(accepted).toBeLessThan(1500);
  });
});

describe("a file of HDF5", () => {
  it.each<readonly [what: string, fill: (file: H5File) => void, message: RegExp]>([
    [
      "links in a circle",
      (file) => file.create_group("layers").create_group("dense").create_hard_link("/layers", "again"),
      /at most 20000 entries in 16 levels|structures that do not overlap/,
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
      /expected floats in layers\/dense\/vars\/0, got int32/,
    ],
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
    [
      "more than there is memory for",
      (file) => {
        const group = varsOf(file);
        const kernel = { name: "0", data: floats(1), shape: [1], maxshape: [null], chunks: [1024] };
        group.create_dataset(kernel).resize([3e8]);
        group.create_dataset({ name: "1", data: floats(2), shape: [2] });
      },
      /expected kernel of shape \[3, 2\].*got \[300000000\]/,
    ],
    [
      "packed elements",
      (file) => {
        const group = varsOf(file);
        group.create_dataset({ name: "0", data: floats(6), shape: [3, 2], chunks: [3, 2], compression: "gzip" });
        group.create_dataset({ name: "1", data: floats(2), shape: [2] });
      },
      /expected layers\/dense\/vars\/0 of the bytes in one piece, got chunks or none\. Save it without compression\./,
    ],
  ])("may have %s", async (_what, fill, message) => {
    const error: unknown = await loadKerasWeights(hdf5(fill), make()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TapegradError);
    expect((error as Error).message).toMatch(message);
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
