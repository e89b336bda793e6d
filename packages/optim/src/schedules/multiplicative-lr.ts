import { type OptionTable, required } from "@tapegrad/tensor/internal";
import { factorAt, type LambdaLROptions, lambdas } from "./lambda-lr.ts";
import { checkPerGroup } from "./per-group.ts";
import { type AnyOptimizer, Schedule } from "./schedule.ts";

/** Options of {@link MultiplicativeLR}. */
export type MultiplicativeLROptions = LambdaLROptions;

const table: OptionTable<MultiplicativeLROptions> = { lrLambda: required(lambdas) };

/**
 * Multiplies the rate at every step by a function of the number of steps taken.
 *
 * `lr(t) = base · lrLambda(1) · … · lrLambda(t)`
 *
 * The function is no part of `stateDict`, and has to give the same whenever it is asked.
 *
 * @throws {ValueError} unless there is one function, or one for each group, whose values are ≥ 0
 * @example
 * const optimizer = new SGD([zeros([1])], { lr: 1 });
 * const schedule = new MultiplicativeLR(optimizer, { lrLambda: (t) => (t > 1 ? 0.5 : 1) });
 * [0, 1, 2, 3].map((step) => (schedule.moveTo(step), optimizer.lr)); // => [1, 1, 0.5, 0.25]
 */
export class MultiplicativeLR extends Schedule<MultiplicativeLROptions> {
  static override readonly name: string = "MultiplicativeLR";
  /** For each group the last step that was asked for, and its factor: the next one goes on from there. */
  readonly #known = new Map<number, readonly [step: number, factor: number]>();

  constructor(optimizer: AnyOptimizer, options: MultiplicativeLROptions) {
    super("MultiplicativeLR", optimizer, options, table);
    this.begin();
  }

  override checkStep(): void {
    checkPerGroup("MultiplicativeLR", "lrLambda", this.optimizer, this.options.lrLambda);
  }

  override rate(baseLr: number, step: number, group: number): number {
    const known = this.#known.get(group);
    let [at, factor] = known === undefined || known[0] > step ? [0, 1] : known;
    while (at < step) factor *= factorAt("MultiplicativeLR", this.options.lrLambda, ++at, group);
    this.#known.set(group, [at, factor]);
    return baseLr * factor;
  }
}
