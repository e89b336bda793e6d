import { type Generator, type Tensor } from "@tapegrad/tensor";
import { checkOptions } from "@tapegrad/tensor/internal";
import { checkRate, dropout } from "../functional/dropout.ts";
import { source } from "../init/fill.ts";
import { Module } from "../module/module.ts";

/** Options of {@link Dropout}. */
export interface DropoutLayerOptions {
  /** Source of randomness; the default generator unless given. */
  readonly generator?: Generator;
}

/**
 * Inverted dropout in training, the identity in evaluation: see `functional.dropout`.
 *
 * @param rate probability of dropping an element, 0.5 unless given
 *
 * Srivastava et al. 2014, https://jmlr.org/papers/v15/srivastava14a.html
 */
export class Dropout extends Module {
  readonly rate: number;
  readonly #options: DropoutLayerOptions;

  constructor(rate: number = 0.5, options: DropoutLayerOptions = {}) {
    super();
    checkOptions("Dropout", options, ["generator"]);
    checkRate("Dropout", rate);
    this.rate = rate;
    this.#options = options;
  }

  override forward(x: Tensor): Tensor {
    return dropout(x, { rate: this.rate, training: this.training, ...source(this.#options) });
  }

  override details(): string {
    return String(this.rate);
  }
}
