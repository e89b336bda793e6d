import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { breastCancer } from "./breast-cancer.ts";
import { breastCancerChecksum, breastCancerText } from "./breast-cancer-data.ts";
import { iris } from "./iris.ts";
import { irisChecksum, irisText } from "./iris-data.ts";
import { penguins } from "./penguins.ts";
import { penguinsChecksum, penguinsText } from "./penguins-data.ts";
import { wine } from "./wine.ts";
import { wineChecksum, wineText } from "./wine-data.ts";

// Sums, means and counts as scikit-learn's descriptions and the papers give them.
describe.each([
  ["iris", iris, irisText, irisChecksum, [150, 4], [50, 50, 50]],
  ["wine", wine, wineText, wineChecksum, [178, 13], [59, 71, 48]],
  ["breastCancer", breastCancer, breastCancerText, breastCancerChecksum, [569, 30], [212, 357]],
  ["penguins", penguins, penguinsText, penguinsChecksum, [333, 9], [146, 68, 119]],
] as const)("%s", (name, read, text, checksum, shape, counts) => {
  it("is what was packed", () => {
    expect(createHash("sha256").update(text).digest("hex")).toBe(checksum);
  });

  it("has its rows, features and classes", () => {
    const { x, y, features, classes, dataset, licence } = read();
    expect(x.shape).toEqual(shape);
    expect(features).toHaveLength(shape[1]);
    expect(x.data.every(Number.isFinite)).toBe(true);
    expect(classes.map((_, label) => y.data.filter((each) => each === label).length)).toEqual(counts);
    expect(dataset.length).toBe(shape[0]);
    expect(licence).toMatch(/CC/);
  });

  it("takes features by name, and names itself", () => {
    const { features } = read();
    expect(read({ features: [features[1]!] }).x.shape[1]).toBe(1);
    expect(() => read({ features: ["age"] })).toThrow(new RegExp(`^${name}: expected one of `));
  });
});

it("has the published means", () => {
  const means = (x: ReturnType<typeof iris>): number[] => [...x.x.mean({ axis: 0 }).data].slice(0, 4);
  const close = (got: number[], expected: number[]): void => {
    got.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 2));
  };
  close(means(iris()), [5.84, 3.06, 3.76, 1.2]);
  close(means(wine()), [13, 2.34, 2.37, 19.49]);
  close(means(breastCancer()), [14.13, 19.29, 91.97, 654.89]);
  close(means(penguins({ features: [0, 1, 2, 3] })), [43.92, 17.15, 200.92, 4201.75]);
});

it("penguins are kept with what they lack on demand", () => {
  expect(penguins({ missing: "mean" }).x.shape).toEqual([344, 9]);
  expect(penguins({ missing: "nan" }).x.data.filter(Number.isNaN)).toHaveLength(2 * 4 + 11 * 2);
  expect(() => penguins({ missing: "error" })).toThrow(
    'penguins: expected a value in row 5, column "beak length (mm)", got "".',
  );
});
