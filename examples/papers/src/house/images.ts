import { datasets, type Tensor, zeros } from "tapegrad";

/** Images with a class each. */
export interface Samples {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** What is trained on, and what is looked at. */
export interface Images {
  readonly train: Samples;
  readonly test: Samples;
}

/** How many images, and of what form. */
export interface ImageChoice {
  /** Whether they are rows of 784 pixels and not `[1, 28, 28]`. */
  readonly flatten: boolean;
  /** Images of each part; all unless given. */
  readonly limit?: number;
  /** How many of the test images, for experiments that look often; all unless given. */
  readonly testLimit?: number;
}

/**
 * Fashion-MNIST with pixels from 0 to 1; in a dry run 200 digits of the 1,797 that need no file, which are 8 × 8 pixels, magnified
 * and with a margin.
 */
export async function images({ flatten, limit, testLimit }: ImageChoice, dryRun: boolean): Promise<Images> {
  if (dryRun) return someDigits(flatten);
  const { train, test } = await datasets.fashionMnist({ limit, flatten, scale: 1 / 255 });
  if (testLimit === undefined) return { train, test };
  return { train, test: { x: test.x.slice([0, testLimit]), y: test.y.slice([0, testLimit]) } };
}

function someDigits(flatten: boolean): Images {
  const count = 200;
  const { images: small, y } = datasets.digits({ scale: 1 / 16 });
  const large = small
    .slice([0, count])
    .reshape(count, 1, 8, 1, 8, 1)
    .add(zeros([3, 1, 3]))
    .reshape(count, 1, 24, 24)
    .pad([
      [0, 0],
      [0, 0],
      [2, 2],
      [2, 2],
    ]);
  const samples = { x: flatten ? large.reshape(count, 784) : large, y: y.slice([0, count]) };
  return { train: samples, test: samples };
}
