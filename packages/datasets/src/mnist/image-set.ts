import type { Published } from "@tapegrad/files";
import { option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import type { LabelledImages } from "../labelled-data.ts";
import { scaleOption } from "../scale-option.ts";

/** Options of `mnist` and `fashionMnist`. */
export interface ImageSetOptions {
  /** The folder that holds the four files, packed by gzip or not; where they are looked for otherwise, the functions say. */
  readonly root?: string | undefined;
  /** Factor for every pixel: 1 (the default) leaves 0..255, 1/255 gives 0..1. */
  readonly scale?: number;
  /** Whether `x` and the data set have rows of pixels (the default) or images of one channel. */
  readonly flatten?: boolean;
  /** How many images each part has at most, the first ones: for a quick look. */
  readonly limit?: number | undefined;
}

const path = {
  text: "to be a path",
  has: (value: unknown): value is string => typeof value === "string" && value !== "",
};

/** The rows of those options. */
export const imageSetTable: OptionTable<ImageSetOptions> = {
  root: optional(path),
  scale: scaleOption,
  flatten: option(ranges.flag, true),
  limit: optional(ranges.count),
};

/** The two parts of `mnist` and `fashionMnist`. */
export interface ImageParts {
  /** The images to train with: 60,000 as published. */
  readonly train: LabelledImages;
  /** The images to test with: 10,000 as published. */
  readonly test: LabelledImages;
  /** Names of the classes; `classes[y]` is the name of class `y`. */
  readonly classes: readonly string[];
  /** By whom the images are, and how they may be used. */
  readonly licence: string;
}

/** What the four files are called, wherever they are. */
export const fileNames = {
  train: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
  test: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
} as const;

/** One of the four files. */
export type FileName = (typeof fileNames)["train" | "test"][number];

/** How many bytes they have unpacked: a header, and 28 · 28 pixels or one label for each image. */
export const fileSizes: { readonly [name in FileName]: number } = {
  "train-images-idx3-ubyte": 16 + 60_000 * 28 * 28,
  "train-labels-idx1-ubyte": 8 + 60_000,
  "t10k-images-idx3-ubyte": 16 + 10_000 * 28 * 28,
  "t10k-labels-idx1-ubyte": 8 + 10_000,
};

/** A data set that is published in the form of MNIST. */
export interface ImageSet {
  /** Its folder in the cache. */
  readonly name: string;
  readonly classes: readonly string[];
  readonly licence: string;
  /** The folder in which a package of the system keeps it, if there is such a package. */
  readonly systemFolder?: string;
  /** Addresses behind which the packed files stand. */
  readonly mirrors: readonly string[];
  readonly checksums: { readonly [name in FileName]: Published["checksum"] };
}
