import { DTypeError, ValueError } from "../errors.ts";
import { where } from "../functions/selection.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { checkedWeights, checkLogits, drawByWeight, expectClasses } from "../random/draw-by-weight.ts";
import type { Generator } from "../random/generator.ts";
import { broadcastShapes, type Shape } from "../shape.ts";
import type { Operand } from "../tensor/arithmetic-methods.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Distribution } from "./distribution.ts";
import { awayFromEnds, type LogitsOrProbs, oneOfBoth } from "./logits-or-probs.ts";
import { valueOf } from "./parameters.ts";

/**
 * Categorical distribution: class k with probability pₖ, along the last axis of the parameters. `p = softmax(logits)`, or
 * `probs` divided by their sum.
 *
 * A logit of −∞ rules a class out, which a mask over actions needs. Of `probs`, logarithms are taken at least the
 * dtype's epsilon away from 0 and 1, so that they are finite.
 *
 * @throws {ValueError} for a row whose largest logit is not finite; for probabilities that are negative or not finite, or
 * a row of zeros; also in a compiled function
 * @example
 * const policy = new distributions.Categorical({ logits: tensor([[0, 0, -Infinity], [1, 3, 2]]) });
 * policy.sample([5]).shape; // => [5, 2]
 * policy.logProb(tensor([0, 1], { dtype: "int32" })).toArray(); // => [-0.693147, -0.407606]
 * policy.mode.toArray(); // => [0, 1]
 */
export class Categorical extends Distribution {
  static override readonly name: string = "Categorical";

  /** Log-probabilities, `[..., classes]`. */
  readonly logits: Tensor;
  /** Probabilities, `[..., classes]`. */
  readonly probs: Tensor;

  constructor(parameters: LogitsOrProbs, ...none: []) {
    expectNothing("Categorical", none);
    const { name, value } = oneOfBoth("Categorical", parameters);
    expectClasses("Categorical", name, value);
    super(value.shape.slice(0, -1));
    if (name === "logits") {
      checkLogits("Categorical", value);
      this.logits = value.logSoftmax({ axis: -1 });
      this.probs = value.softmax({ axis: -1 });
    } else {
      checkedWeights("Categorical", "probs", value);
      this.probs = value.div(value.sum({ axis: -1, keepDims: true }));
      this.logits = awayFromEnds(this.probs).log();
    }
  }

  /** The most likely class, the first of several, int32. */
  get mode(): Tensor {
    return this.probs.argmax({ axis: -1 });
  }

  protected override draw(shape: Shape, generator: Generator | undefined): Tensor {
    const front = shape.slice(0, shape.length - this.batchShape.length);
    return drawByWeight(this.probs.detach().to("float64"), front, generator);
  }

  /**
   * @param value classes, int32
   * @throws {DTypeError} for classes that are not int32
   * @throws {ValueError} for a class that does not exist; also in a compiled function
   */
  override logProb(value: Operand, ...none: []): Tensor {
    expectNothing("Categorical.logProb", none);
    if (typeof value === "number" && !Number.isInteger(value)) {
      throw new ValueError(`Categorical.logProb: expected a whole class, got ${value}.`);
    }
    const classes = valueOf("Categorical.logProb", value, "int32");
    const count = this.probs.shape.at(-1)!;
    if (classes.dtype !== "int32") {
      throw new DTypeError(
        `Categorical.logProb: expected int32 classes, got ${classes.dtype}. Convert them with to("int32").`,
      );
    }
    expectElements(classes, {
      within: [[0, count - 1]],
      error: (k) => new ValueError(`Categorical.logProb: expected classes in [0, ${count}), got ${k}.`),
    });
    const shape = broadcastShapes("Categorical.logProb", classes.shape, this.batchShape);
    const index = classes.broadcastTo(shape).unsqueeze(-1);
    const all = this.logits.broadcastTo([...shape, count]);
    return all["run"]("gather", [index], { axis: shape.length }).squeeze(-1);
  }

  /** `−Σ p log p` */
  override entropy(...none: []): Tensor {
    expectNothing("Categorical.entropy", none);
    return this.expected(this.logits).neg();
  }

  /** @internal `Σ p log(p / p')`; ∞ where the other rules out what this one does not */
  override divergence(other: Categorical): Tensor {
    return this.expected(where(other.probs.eq(0), Infinity, this.logits.sub(other.logits)));
  }

  /** The mean of values of the classes; those of probability 0 do not count, whatever they are. */
  private expected(values: Tensor): Tensor {
    return this.probs.mul(where(this.probs.eq(0), 0, values)).sum({ axis: -1 });
  }
}
