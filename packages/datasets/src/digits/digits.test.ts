import { ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { digits } from "./digits.ts";
import { digitsChecksum } from "./digits-data.ts";

describe("digits", () => {
  const data = digits();

  it("has the published pixels and labels, byte for byte", async () => {
    expect(digitsChecksum).toBe("87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826");
    const bytes = new Uint8Array(data.x.size + data.y.size);
    bytes.set(data.x.data, 0);
    bytes.set(data.y.data, data.x.size);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    expect(Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")).toBe(digitsChecksum);
  });

  it("has the class counts of the UCI test file", () => {
    const counts = new Array<number>(10).fill(0);
    for (const label of data.y.data) counts[label]!++;
    expect(counts).toEqual([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
  });

  it("is raw 0..16 as float32, with int32 labels and named classes", () => {
    expect(data.x.shape).toEqual([1797, 64]);
    expect(data.x.dtype).toBe("float32");
    expect(data.y.shape).toEqual([1797]);
    expect(data.y.dtype).toBe("int32");
    expect([data.x.min().item(), data.x.max().item()]).toEqual([0, 16]);
    expect(data.classes).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(Array.from(data.x.data.slice(0, 8))).toEqual([0, 0, 5, 13, 9, 1, 0, 0]);
  });

  it("has three pixels of zero variance", () => {
    const variance = data.x.variance({ axis: 0, correction: 0 });
    expect(variance.data.filter((value) => value === 0)).toHaveLength(3);
  });

  it("gives images and a data set of pairs", () => {
    expect(data.images.shape).toEqual([1797, 1, 8, 8]);
    expect(data.imageShape).toEqual([8, 8]);
    expect(data.dataset.length).toBe(1797);
    const [x, y] = data.dataset.get(9);
    expect(x.shape).toEqual([64]);
    expect(y.item()).toBe(9);
    expect(data.licence).toMatch(/Alpaydin and C\. Kaynak .*CC BY 4\.0/);
  });

  it("scales pixels on demand", () => {
    expect(
      digits({ scale: 1 / 16 })
        .x.max()
        .item(),
    ).toBe(1);
  });

  it("makes new tensors at each call", () => {
    expect(digits().x.data === data.x.data).toBe(false);
  });

  it.each([
    [{ scale: 0 }, "digits: expected scale to be a finite number other than 0, got 0."],
    [{ scale: Number.NaN }, "digits: expected scale to be a finite number other than 0, got NaN."],
    [{ normalise: true } as object, 'digits: expected options scale, got "normalise".'],
  ])("rejects %o", (options, message) => {
    expect(() => digits(options)).toThrow(ValueError);
    expect(() => digits(options)).toThrow(message);
  });
});
