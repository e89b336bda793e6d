import { type FloatDType, ShapeError, type Tensor } from "@tapegrad/tensor";
import {
  expectTensor,
  formatShape,
  optional,
  type OptionTable,
  option,
  ranges,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { Conv2d } from "../convolution/conv.ts";
import { affineTable } from "../dense/affine-parameters.ts";
import type { RandomOptions } from "../init/fill.ts";
import type { Initializer } from "../init/initializer.ts";
import { kaimingNormal } from "../init/variance-scaling.ts";
import { expectModule } from "../module/expect-module.ts";
import type { Module } from "../module/module.ts";
import type { Member } from "../module/module-node.ts";
import { BatchNorm } from "../norms/activation/batch-norm.ts";

/** Options that networks of convolutions share. */
export interface NetworkOptions extends RandomOptions {
  /**
   * Makes the norm of each place, given its channels: `(channels) => new GroupNorm(8, channels)`; `() => new Identity()`
   * leaves norms out. `BatchNorm` unless given.
   */
  readonly norm?: ((channels: number) => Module) | undefined;
  /** Whether convolutions have biases, which begin at 0; a norm behind one has no need of it. False unless given. */
  readonly bias?: boolean;
  /** Initialiser of the filters; He's normal numbers unless given. */
  readonly init?: Initializer | undefined;
  /** Dtype of the parameters, float32 unless given; a `norm` that is given sees to its own. */
  readonly dtype?: FloatDType;
}

const { init, generator, dtype } = affineTable;
/** {@link NetworkOptions}, row by row. */
export const networkTable: OptionTable<NetworkOptions> = {
  norm: optional(ranges.callable()),
  bias: option(ranges.flag, false),
  init,
  generator,
  dtype,
};

/** How a network makes its layers. */
export interface Parts {
  /** A convolution that keeps the extents of images, or divides them by `stride`. */
  readonly conv: (inChannels: number, outChannels: number, size: 1 | 3, stride?: number) => Conv2d;
  readonly norm: (channels: number) => Module;
}

/** The layers that the options of the network `fn` ask for; `mode` is the fan of He's initialiser. */
export function partsOf(
  fn: string,
  mode: "fanIn" | "fanOut",
  { norm, bias, init, generator, dtype }: Required<NetworkOptions>,
): Parts {
  const he: Initializer = (weight, options) => kaimingNormal(weight, { mode, ...options });
  const given = { bias, init: init ?? he, biasInit: "zeros", generator, dtype } as const;
  return {
    conv: (inChannels, outChannels, size, stride = 1) =>
      new Conv2d(inChannels, outChannels, size, { stride, padding: (size - 1) / 2, ...given }),
    norm: (channels) => {
      const made = norm === undefined ? new BatchNorm(channels, { dtype }) : norm(channels);
      expectModule(fn, "what norm makes", made);
      return made;
    },
  };
}

/** Throws unless `x` is a batch of images of so many channels. */
export function checkImages(fn: string, x: Tensor, channels: number): void {
  expectTensor(`${fn}.forward`, "x", x);
  if (x.ndim !== 4 || x.shape[1] !== channels) {
    throw new ShapeError(`${fn}: expected input of shape [N, ${channels}, H, W], got ${formatShape(x.shape)}.`);
  }
}

/** The members of a module, where those of its list `field` are members themselves: `layer1`, `layer2`, ... */
export function* numbered(members: Iterable<Member>, field: string, name: string): Generator<Member> {
  for (const member of members) {
    if (member[0] !== field) yield member;
    else yield* (member[1] as readonly unknown[]).map((each, i): Member => [`${name}${i + 1}`, each]);
  }
}

/** How many blocks there are in each stage of a network. */
export const blockCounts: ValueRange<readonly number[]> = {
  text: "to be a list of whole numbers ≥ 1, one for each stage",
  has: (value): value is readonly number[] => Array.isArray(value) && value.length > 0 && value.every(ranges.count.has),
};
