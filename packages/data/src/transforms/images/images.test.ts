import { arange, cat, ShapeError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { DataLoader } from "../../loader/data-loader.ts";
import { map } from "../../map.ts";
import { TensorDataset } from "../../tensor-dataset.ts";
import { randomCrop } from "./random-crop.ts";
import { randomHorizontalFlip, randomVerticalFlip } from "./random-flip.ts";
import type { RandomTransform } from "./random-transform.ts";

const images = arange(12 * 2 * 5 * 4)
  .to("float32")
  .add(1)
  .reshape([12, 2, 5, 4]);

const transforms: Readonly<Record<string, (seed: number) => RandomTransform>> = {
  randomCrop: (seed) => randomCrop({ padding: 2, size: [4, 5], seed }),
  randomHorizontalFlip: (seed) => randomHorizontalFlip({ seed }),
  randomVerticalFlip: (seed) => randomVerticalFlip({ seed }),
};

describe.each(Object.entries(transforms))("%s", (name, make) => {
  it("does with a sample what follows from seed, epoch and index alone", () => {
    const batch = make(1)(images, 100, 3);
    for (let i = 0; i < 12; i++) {
      expect(make(1)(images.at(i), 100 + i, 3).toArray()).toEqual(batch.at(i).toArray());
    }
    const order = [7, 3, 3, 11];
    const chosen = make(1)(
      cat(order.map((i) => images.slice([i, i + 1]))),
      order.map((i) => 100 + i),
      3,
    );
    expect(chosen.toArray()).toEqual(order.map((i) => batch.at(i).toArray()));
    for (const other of [make(2)(images, 100, 3), make(1)(images, 100, 4), make(1)(images, 200, 3)]) {
      expect(other.toArray()).not.toEqual(batch.toArray());
    }
  });

  it("keeps the dtype, and refuses what are no images", () => {
    expect(make(0)(images.to("int32"), 0).dtype).toBe("int32");
    expect(() => make(0)(tensor([[1]]), 0)).toThrow(
      new ShapeError(`${name}: expected images of shape [C, H, W] or [N, C, H, W], got shape [1, 1].`),
    );
    expect(() => make(0)(images, [1, 2])).toThrow(
      new ValueError(`${name}: expected an index for each of 12 images, got 2.`),
    );
    expect(() => make(0)(images, 0, -1)).toThrow(`${name}: expected epoch to be a whole number ≥ 0, got -1.`);
  });
});

describe("randomCrop", () => {
  it("cuts windows of image and padding, at all places alike", () => {
    const image = arange(6).add(1).to("float32").reshape([1, 2, 3]);
    const crop = randomCrop({ padding: 1, seed: 4 });
    const padded = image.pad([[0, 0], [1, 1], [1, 1]]); // prettier-ignore
    const windows = [0, 1, 2].flatMap((top) =>
      [0, 1, 2].map((left) => JSON.stringify(padded.slice([0, 1], [top, top + 2], [left, left + 3]).toArray())),
    );
    const counts = new Map(windows.map((window) => [window, 0]));
    for (let index = 0; index < 1800; index++) {
      const window = JSON.stringify(crop(image, index).toArray());
      expect(counts.has(window)).toBe(true);
      counts.set(window, counts.get(window)! + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(70);
  });

  it("can cut outside of the image alone, and nothing larger than what is there", () => {
    const outside = randomCrop({ size: 1, padding: 3, seed: 1 });
    const found = Array.from({ length: 100 }, (_, index) => outside(tensor([[[5]]]), index).item());
    expect(new Set(found)).toEqual(new Set([0, 5]));
    expect(() => randomCrop({ size: 8, padding: 1 })(images, 0)).toThrow(
      new ShapeError("randomCrop: expected images of at least 8 × 8 with 1 around them, got shape [12, 2, 5, 4]."),
    );
    expect(() => randomCrop({ size: [0, 1] })).toThrow(ShapeError);
  });
});

describe("flips", () => {
  it("flip about as many as their rate says, and each in whole", () => {
    const image = tensor([[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [0, 1, 2]]]); // prettier-ignore
    for (const [flip, axis] of [
      [randomHorizontalFlip({ rate: 0.3, seed: 1 }), 2],
      [randomVerticalFlip({ rate: 0.3, seed: 1 }), 1],
    ] as const) {
      const [same, flipped] = [JSON.stringify(image.toArray()), JSON.stringify(image.flip(axis).toArray())];
      const all = Array.from({ length: 1000 }, (_, index) => JSON.stringify(flip(image, index).toArray()));
      expect(all.every((each) => each === same || each === flipped)).toBe(true);
      expect(Math.abs(all.filter((each) => each === flipped).length - 300)).toBeLessThan(60);
    }
    expect(randomHorizontalFlip({ rate: 0 })(image, 0).toArray()).toEqual(image.toArray());
  });
});

it("change the samples of a loader in the same way in each order and batch size", () => {
  const [crop, flip] = [randomCrop({ padding: 1, seed: 1 }), randomHorizontalFlip({ seed: 1 })];
  const augmented = map(new TensorDataset(images, arange(12)), ([image, label], index, epoch): [Tensor, Tensor] => [
    flip(crop(image, index, epoch), index, epoch),
    label,
  ]);
  const seen = (batchSize: number, shuffle: boolean): unknown[] => {
    const loader = new DataLoader(augmented, { batchSize, shuffle, seed: 0 });
    return [0, 1].map(() => {
      const samples: unknown[] = [];
      for (const [x, y] of loader) y.data.forEach((label, i) => (samples[label] = x.at(i).toArray()));
      return samples;
    });
  };
  const whole = seen(12, false);
  expect(seen(5, true)).toEqual(whole);
  expect(whole[0]).not.toEqual(whole[1]);
});
