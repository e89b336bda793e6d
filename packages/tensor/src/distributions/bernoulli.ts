import { ValueError } from "../errors.ts";
import { where } from "../functions/selection.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { bernoulli } from "../random/distributions.ts";
import type { Generator } from "../random/generator.ts";
import type { Shape } from "../shape.ts";
import type { Operand } from "../tensor/arithmetic-methods.ts";
import { expectElements } from "../tensor/expect-elements.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { Distribution } from "./distribution.ts";
import { awayFromEnds, type LogitsOrProbs, oneOfBoth } from "./logits-or-probs.ts";
import { valueOf } from "./parameters.ts";
import { softplus } from "./softplus.ts";

/**
 * Bernoulli distribution: 1 with probability p, else 0. `log p(x) = x log p + (1 − x) log(1 − p)`
 *
 * Of `probs`, logarithms are taken at least the dtype's epsilon away from 0 and 1, so that they are finite.
 *
 * @throws {ValueError} for logits that are not finite, or probabilities outside of [0, 1]; also in a compiled function
 * @example
 * const { Bernoulli } = distributions;
 * new Bernoulli({ probs: tensor([0.25, 1]) }).logProb(tensor([1, 0])).toArray(); // => [-1.386294, -15.942385]
 * new Bernoulli({ logits: tensor(0) }).entropy().item(); // => 0.693147
 */
export class Bernoulli extends Distribution {
  static override readonly name: string = "Bernoulli";

  /** `log(p / (1 − p))` */
  readonly logits: Tensor;
  /** p */
  readonly probs: Tensor;

  constructor(parameters: LogitsOrProbs, ...none: []) {
    expectNothing("Bernoulli", none);
    const { name, value } = oneOfBoth("Bernoulli", parameters);
    super(value.shape);
    if (name === "logits") {
      expectElements(value, {
        within: [[-Number.MAX_VALUE, Number.MAX_VALUE]],
        error: (logit) => new ValueError(`Bernoulli: expected logits to be finite, got ${logit}.`),
      });
      this.logits = value;
      this.probs = value.sigmoid();
    } else {
      expectElements(value, {
        within: [[0, 1]],
        error: (p) => new ValueError(`Bernoulli: expected probs in [0, 1], got ${p}.`),
      });
      const p = awayFromEnds(value);
      this.probs = value;
      this.logits = p.log().sub(p.neg().log1p());
    }
  }

  /** p */
  get mean(): Tensor {
    return this.probs;
  }

  /** 1 where p > ½, 0 where p < ½, and NaN where neither is more likely. */
  get mode(): Tensor {
    return where(this.probs.eq(0.5), NaN, this.probs.gt(0.5).to(this.probs.dtype));
  }

  /** `p (1 − p)` */
  get variance(): Tensor {
    return this.probs.mul(this.complement);
  }

  private get complement(): Tensor {
    return this.probs.neg().add(1);
  }

  protected override draw(shape: Shape, generator: Generator | undefined): Tensor {
    return bernoulli(this.probs.detach().broadcastTo(shape), { generator });
  }

  /** @throws {ValueError} for a value other than 0 and 1; also in a compiled function */
  override logProb(value: Operand, ...none: []): Tensor {
    expectNothing("Bernoulli.logProb", none);
    const x = valueOf("Bernoulli.logProb", value, this.probs.dtype);
    expectElements(x, {
      within: [
        [0, 0],
        [1, 1],
      ],
      error: (element) => new ValueError(`Bernoulli.logProb: expected values 0 or 1, got ${element}.`),
    });
    return softplus(where(x.eq(1), this.logits.neg(), this.logits)).neg();
  }

  /** `−p log p − (1 − p) log(1 − p)` */
  override entropy(...none: []): Tensor {
    expectNothing("Bernoulli.entropy", none);
    return this.probs.mul(softplus(this.logits.neg())).add(this.complement.mul(softplus(this.logits)));
  }

  /** @internal `p log(p / p') + (1 − p) log((1 − p) / (1 − p'))`; ∞ where the other rules out what this one does not */
  override divergence(other: Bernoulli): Tensor {
    const part = (p: Tensor, q: Tensor, sign: 1 | -1): Tensor => {
      const ratio = softplus(other.logits.mul(-sign)).sub(softplus(this.logits.mul(-sign)));
      return p.mul(where(p.eq(0), 0, where(q.eq(0), Infinity, ratio)));
    };
    return part(this.probs, other.probs, 1).add(part(this.complement, other.complement, -1));
  }
}
