import { ShapeError, type Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, expectValue, formatShape, ranges } from "@tapegrad/tensor/internal";
import { Module } from "../module/module.ts";

/** Splits `[..., C, H, W]`; throws where there are fewer axes. */
function split(fn: string, x: Tensor): readonly [before: readonly number[], image: readonly [number, number, number]] {
  expectTensor(fn, "x", x);
  if (x.ndim < 3) throw new ShapeError(`${fn}: expected input [..., C, H, W], got shape ${formatShape(x.shape)}.`);
  return [x.shape.slice(0, -3), x.shape.slice(-3) as [number, number, number]];
}

/** Moves the last of the axes behind `before` as `order` says. */
function reorder(x: Tensor, before: readonly number[], parts: readonly number[], order: readonly number[]): Tensor {
  const n = before.length;
  return x.reshape([...before, ...parts]).permute([...before.keys(), ...order.map((axis) => n + axis)]);
}

/**
 * Lays every `r²` channels out as squares of the image: `y[c, h·r + i, w·r + j] = x[c·r² + i·r + j, h, w]`, which makes a
 * convolution one of a higher resolution.
 *
 * @param x `[..., C·r², H, W]`
 * @param factor r
 * @returns `[..., C, H·r, W·r]`
 * @throws {ShapeError} when the channels are not a multiple of r²
 * @see Shi et al. 2016, https://arxiv.org/abs/1609.05158
 * @example
 * pixelShuffle(tensor([[[1, 5]], [[2, 6]], [[3, 7]], [[4, 8]]]), 2).toArray(); // => [[[1, 2, 5, 6], [3, 4, 7, 8]]]
 * new PixelShuffle(3).forward(randn([8, 18, 4, 4])).shape; // => [8, 2, 12, 12]
 */
export function pixelShuffle(x: Tensor, factor: number, ...none: []): Tensor {
  expectNothing("pixelShuffle", none);
  expectValue("pixelShuffle", "factor", factor, ranges.count);
  const [before, [channels, h, w]] = split("pixelShuffle", x);
  const c = channels / factor ** 2;
  if (!Number.isInteger(c)) {
    throw new ShapeError(`pixelShuffle: expected a multiple of ${factor ** 2} channels, got ${channels}.`);
  }
  return reorder(x, before, [c, factor, factor, h, w], [0, 3, 1, 4, 2]).reshape([...before, c, h * factor, w * factor]);
}

/**
 * Undoes {@link pixelShuffle}: squares of the image become channels.
 *
 * @param x `[..., C, H·r, W·r]`
 * @param factor r
 * @returns `[..., C·r², H, W]`
 * @throws {ShapeError} when height or width are not multiples of r
 * @example
 * pixelUnshuffle(tensor([[[1, 2, 5, 6], [3, 4, 7, 8]]]), 2).toArray(); // => [[[1, 5]], [[2, 6]], [[3, 7]], [[4, 8]]]
 * new PixelUnshuffle(3).forward(randn([8, 2, 12, 12])).shape; // => [8, 18, 4, 4]
 */
export function pixelUnshuffle(x: Tensor, factor: number, ...none: []): Tensor {
  expectNothing("pixelUnshuffle", none);
  expectValue("pixelUnshuffle", "factor", factor, ranges.count);
  const [before, [channels, height, width]] = split("pixelUnshuffle", x);
  const [h, w] = [height / factor, width / factor];
  if (!Number.isInteger(h) || !Number.isInteger(w)) {
    throw new ShapeError(
      `pixelUnshuffle: expected height and width in multiples of ${factor}, got ${height} and ${width}.`,
    );
  }
  const apart = reorder(x, before, [channels, h, factor, w, factor], [0, 2, 4, 1, 3]);
  return apart.reshape([...before, channels * factor ** 2, h, w]);
}

abstract class Shuffle extends Module {
  /** Side of the squares. */
  readonly factor: number;

  constructor(factor: number, ...none: []) {
    super(...none);
    expectValue(new.target.name, "factor", factor, ranges.count);
    this.factor = factor;
  }

  override details(): string {
    return String(this.factor);
  }
}

/** {@link pixelShuffle} as a layer. */
export class PixelShuffle extends Shuffle {
  static override readonly name: string = "PixelShuffle";

  override forward(x: Tensor, ...none: []): Tensor {
    return pixelShuffle(x, this.factor, ...none);
  }
}

/** {@link pixelUnshuffle} as a layer. */
export class PixelUnshuffle extends Shuffle {
  static override readonly name: string = "PixelUnshuffle";

  override forward(x: Tensor, ...none: []): Tensor {
    return pixelUnshuffle(x, this.factor, ...none);
  }
}
