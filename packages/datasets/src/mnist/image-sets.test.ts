import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { FormatError, ValueError } from "@tapegrad/tensor";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { fashionMnist } from "./fashion-mnist.ts";
import { fileNames } from "./image-set.ts";
import { mnist } from "./mnist.ts";

const folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** An IDX file of bytes. */
function idx(shape: readonly number[], elements: readonly number[], type = 8): Uint8Array {
  return Buffer.from([0, 0, type, shape.length, ...shape.flatMap((extent) => [0, 0, extent >> 8, extent & 255]), ...elements]); // prettier-ignore
}

const images = {
  train: idx([3, 2, 2], [0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6]),
  test: idx([1, 2, 2], [9, 8, 7, 6]),
};
const labels = { train: idx([3], [9, 0, 3]), test: idx([1], [5]) };

let made = 0;

/** A folder with the four files, some of them others. */
function root(change: { readonly [name: string]: Uint8Array | undefined } = {}): string {
  const at = mkdtempSync(join(folder, `${made++}-`));
  const files: { readonly [name: string]: Uint8Array | undefined } = {
    [fileNames.train[0]]: images.train,
    [`${fileNames.train[1]}.gz`]: gzipSync(labels.train),
    [`${fileNames.test[0]}.gz`]: gzipSync(images.test),
    [fileNames.test[1]]: labels.test,
    ...change,
  };
  for (const [name, content] of Object.entries(files)) {
    if (content !== undefined) writeFileSync(join(at, name), content);
  }
  return at;
}

describe.each([
  ["mnist", mnist],
  ["fashionMnist", fashionMnist],
])("%s", (name, read) => {
  it("reads a folder, packed or not", async () => {
    const { train, test, classes, licence } = await read({ root: root() });
    expect(train.x.shape).toEqual([3, 4]);
    expect(train.x.dtype).toBe("float32");
    expect(train.x.toArray()).toEqual([[0, 51, 102, 153], [204, 255, 1, 2], [3, 4, 5, 6]]); // prettier-ignore
    expect(train.y.dtype).toBe("int32");
    expect(train.y.toArray()).toEqual([9, 0, 3]);
    expect(train.images.slice(1).toArray()).toEqual([[[204, 255], [1, 2]]]); // prettier-ignore
    expect(train.imageShape).toEqual([2, 2]);
    expect(test.x.toArray()).toEqual([[9, 8, 7, 6]]);
    expect(test.dataset.get(0)[1].item()).toBe(5);
    expect(classes).toHaveLength(10);
    expect(train.classes).toBe(classes);
    expect(licence).toMatch(name === "mnist" ? /CC BY-SA 3\.0/ : /MIT licence/);
  });

  it("scales, keeps images, and takes the first", async () => {
    const { train, test } = await read({ root: root(), scale: 1 / 255, flatten: false, limit: 2 });
    expect(train.x.shape).toEqual([2, 1, 2, 2]);
    expect(train.dataset.get(1)[0].toArray()).toEqual([[[Math.fround(0.8), 1], [Math.fround(1 / 255), Math.fround(2 / 255)]]]); // prettier-ignore
    expect(train.y.toArray()).toEqual([9, 0]);
    expect(test.x.shape).toEqual([1, 1, 2, 2]);
  });

  it.each<[string, { readonly [name: string]: Uint8Array | undefined }, string]>([
    [
      "a missing file",
      { [fileNames.test[1]]: undefined },
      `expected FOLDER to hold ${fileNames.test[1]} or ${fileNames.test[1]}.gz, got neither.`,
    ],
    [
      "labels of others",
      { [fileNames.test[1]]: idx([2], [1, 2]) },
      "expected labels of uint8 [1], one an image, got uint8 [2].",
    ],
    ["a label of no class", { [fileNames.test[1]]: idx([1], [10]) }, "expected labels below 10, got 10."],
    [
      "no images",
      { [fileNames.train[0]]: idx([3], [1, 2, 3]) },
      "expected images of uint8 [N, rows, columns], got uint8 [3].",
    ],
    [
      "pixels of another type",
      { [fileNames.train[0]]: idx([3, 1, 1], [1, 2, 3], 9) },
      "expected images of uint8 [N, rows, columns], got int8 [3, 1, 1].",
    ],
    [
      "a file that is cut off",
      { [fileNames.train[0]]: images.train.subarray(0, 20) },
      `expected FOLDER/${fileNames.train[0]} to have 28 bytes for uint8 of shape [3, 2, 2], got 20.`,
    ],
    [
      "a packed file that is cut off",
      { [`${fileNames.train[1]}.gz`]: gzipSync(labels.train).subarray(0, 12) },
      `expected FOLDER/${fileNames.train[1]}.gz to be a whole gzip file, got one that fails with "unexpected end of file".`,
    ],
    [
      "something else",
      { [fileNames.train[0]]: Buffer.from("<!doctype html>") },
      `expected FOLDER/${fileNames.train[0]} to begin as an IDX file, 0, 0, type, rank, got 60, 33, 100, 111.`,
    ],
  ])("refuses %s", async (what, change, message) => {
    const at = root(change);
    const error: unknown = await read({ root: at }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(what === "a missing file" ? ValueError : FormatError);
    expect((error as Error).message.replaceAll(at, "FOLDER")).toBe(`${name}: ${message}`);
  });

  it.each<[object, string]>([
    [{ root: 3 }, "expected root to be a path, got 3."],
    [{ root: "" }, 'expected root to be a path, got "".'],
    [{ scale: 0 }, "expected scale to be a finite number other than 0, got 0."],
    [{ limit: 0 }, "expected limit to be a whole number ≥ 1, got 0."],
    [{ flat: true }, 'expected options root, scale, flatten, limit, got "flat".'],
  ])("refuses %o", async (options, message) => {
    await expect(read(options)).rejects.toThrow(new ValueError(`${name}: ${message}`));
  });
});

describe("a cache", () => {
  const before = process.env["TAPEGRAD_CACHE"];
  afterEach(() => {
    if (before === undefined) delete process.env["TAPEGRAD_CACHE"];
    else process.env["TAPEGRAD_CACHE"] = before;
  });

  it("gives nothing that is not as published: mirrors are asked", async () => {
    const cache = mkdtempSync(join(folder, "cache-"));
    process.env["TAPEGRAD_CACHE"] = cache;
    mkdirSync(join(cache, "mnist"));
    writeFileSync(join(cache, "mnist", `${fileNames.train[0]}.gz`), gzipSync(images.train));
    const given = globalThis.fetch;
    const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const asked: string[] = [];
    globalThis.fetch = async (url) => {
      asked.push(String(url));
      throw new TypeError("fetch failed", { cause: new Error("getaddrinfo ENOTFOUND") });
    };
    try {
      await expect(mnist()).rejects.toThrow(
        /^mnist: expected one of 2 mirrors to give mnist\/[\w-]+\.gz, got none\.\n(- expected https:.* to answer with the whole file, got getaddrinfo ENOTFOUND\.\n){2}Fetch the four files elsewhere, put them into one folder and name it: \{ root: "\.\.\." \}\.$/,
      );
      expect(written.mock.calls.filter(([line]) => String(line).includes("CC BY-SA"))).toHaveLength(1);
    } finally {
      globalThis.fetch = given;
      written.mockRestore();
    }
    expect(asked).toContain("https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz");
    expect(asked).toContain("https://storage.googleapis.com/cvdf-datasets/mnist/train-images-idx3-ubyte.gz");
  });
});
