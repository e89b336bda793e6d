import { ShapeError, type Tensor, where } from "@tapegrad/tensor";
import { expectNothing, expectTensor, formatShape, sameShape } from "@tapegrad/tensor/internal";
import { checkBool } from "../dropout/block-drop.ts";
import { checkVector } from "../module/check-vector.ts";
import type { Module } from "../module/module.ts";
import { ModuleSequence } from "./module-sequence.ts";

/**
 * Residual blocks, one after the other, of which each sample keeps its own: `x_k = x_{k−1} + u_k · f_k(x_{k−1})`.
 *
 * A choice, not a product: a block that a sample drops adds 0 to it, whatever it computes, and gets no gradient from it. All
 * blocks are computed, in training for all samples: norms of batches see those that drop them too.
 *
 * @see Wu et al. 2018, https://arxiv.org/abs/1711.08393
 * @example
 * const blocks = new GatedBlocks(new Dense(2, 2, { init: "ones", bias: false }), new Lambda((x) => x.mul(10)));
 * const kept = tensor([[1, 0], [0, 1], [0, 0]]).ne(0);
 * blocks.forward(ones([3, 2]), kept).toArray(); // => [[3, 3], [11, 11], [1, 1]]
 */
export class GatedBlocks extends ModuleSequence<Module, [x: Tensor, kept: Tensor], Tensor> {
  static override readonly name: string = "GatedBlocks";

  constructor(...blocks: Module[]) {
    super(blocks);
  }

  /**
   * @param x `[N, ...]`
   * @param kept bools `[N, blocks]`, as `functional.samplePolicy` gives them
   * @throws {ShapeError} when they do not fit, or a block changes the shape
   * @throws {DTypeError} unless `kept` are bools
   */
  override forward(x: Tensor, kept: Tensor, ...none: []): Tensor {
    expectNothing("GatedBlocks.forward", none);
    expectTensor("GatedBlocks.forward", "x", x);
    checkBool("GatedBlocks.forward", "kept", kept);
    const [rows, ...inner] = x.shape;
    if (rows === undefined) {
      throw new ShapeError(`GatedBlocks.forward: expected input of shape [N, ...], got ${formatShape(x.shape)}.`);
    }
    checkVector("GatedBlocks.forward", "kept", kept, [rows, this.length]);
    return [...this].reduce((y, block, k) => {
      const branch = block.forward(y);
      if (!sameShape(branch.shape, y.shape)) {
        throw new ShapeError(
          `GatedBlocks: expected blocks that keep shape ${formatShape(y.shape)}, got ${formatShape(branch.shape)} from block ${k}.`,
        );
      }
      return y.add(where(kept.slice([], k).reshape([rows, ...inner.map(() => 1)]), branch, 0));
    }, x);
  }
}
