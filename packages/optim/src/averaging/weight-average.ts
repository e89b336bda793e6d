import { assign, ShapeError, type Stateful, Tensor, ValueError, where, zeros } from "@tapegrad/tensor";
import {
  Cell,
  convertStorage,
  expectNothing,
  expectValue,
  formatShape,
  optional,
  type OptionTable,
  ranges,
  Replay,
  sameShape,
  settleOptions,
  settleState,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { movingAverage } from "../algorithms/moving-average.ts";
import { someEntriesOf } from "../optimizer/entries-of.ts";
import { checkParams } from "../optimizer/param-group.ts";
import { scalar } from "../optimizer/scalar.ts";

/** Options of {@link WeightAverage}. */
export interface WeightAverageOptions {
  /** Share of the average that stays in each update, in [0, 1]; without it all updates count the same. */
  readonly decay?: number | undefined;
}

const table: OptionTable<WeightAverageOptions> = { decay: optional(ranges.unit) };

/** What `stateDict` returns. */
export interface WeightAverageState {
  /** Number of updates. */
  readonly count: number;
  /** The averages, in the order of the parameters. */
  readonly averages: readonly Tensor[];
}

/**
 * Averages of parameters over a training, which often generalize better than the last values.
 *
 * Stochastic weight averaging: `ā ← ā + (p − ā)/n` in update n. With `decay`, an exponential moving average:
 * `ā ← decay·ā + (1 − decay)·p`, the first update copies.
 *
 * Averages have each parameter's dtype and are changed by `assign`, so a compiled step may contain the update. After
 * `swap()` the model computes with them; a second one restores its own values. Running statistics of a BatchNorm belong
 * to its own values: recompute them after a swap.
 *
 * @throws {ValueError} for a `decay` outside [0, 1], no parameters, or parameters that are no leaf tensors
 * @see Izmailov et al., Averaging Weights Leads to Wider Optima and Better Generalization (2018), https://arxiv.org/abs/1803.05407
 * @example
 * const w = tensor([1, 2]);
 * const average = new WeightAverage([w]);
 * average.update();
 * assign(w, tensor([3, 6]));
 * average.update();
 * average.swap();
 * w.toArray(); // => [2, 4]
 */
export class WeightAverage implements Stateful<WeightAverageState> {
  static readonly name: string = "WeightAverage";

  /** The averages, in the order of the parameters. */
  readonly averages: readonly Tensor[];
  readonly #params: readonly Tensor[];
  readonly #decay: number | undefined;
  readonly #count: Tensor = zeros([], { dtype: "float64" });
  readonly #swapped = new Cell(false);
  readonly #replay = new Replay();

  constructor(params: Iterable<Tensor>, options: WeightAverageOptions = {}) {
    const { decay } = settleOptions("WeightAverage", options, table);
    this.#params = checkParams("WeightAverage", someEntriesOf("WeightAverage", params), new Set());
    this.#decay = decay;
    this.averages = this.#params.map((param) => param.detach().clone());
  }

  /**
   * Takes the present values of the parameters into the averages.
   *
   * @throws {ValueError} while the averages are in the place of the parameters
   */
  update(...none: []): void {
    expectNothing("WeightAverage.update", none);
    this.#expectOwnValues("update");
    withGradMode(false, () => {
      assign(this.#count, this.#count.add(1));
      this.#params.forEach((param, i) => convertStorage(this.averages[i]!, param.dtype));
      this.#replay.run(
        this.#params.map(({ dtype }) => dtype),
        () => {
          const share =
            this.#decay === undefined
              ? this.#count.reciprocal()
              : where(this.#count.eq(1), scalar(1), scalar(1 - this.#decay));
          const left = scalar(1).sub(share);
          this.#params.forEach((param, i) => {
            movingAverage(this.averages[i]!, param, { keep: left.to(param.dtype), rest: share.to(param.dtype) });
          });
        },
      );
    });
  }

  /** Exchanges the values of the parameters and the averages. */
  swap(...none: []): void {
    expectNothing("WeightAverage.swap", none);
    withGradMode(false, () => {
      this.#params.forEach((param, i) => {
        const average = this.averages[i]!;
        convertStorage(average, param.dtype);
        const own = param.detach().clone();
        assign(param, average);
        assign(average, own);
      });
    });
    this.#swapped.set(!this.#swapped.get());
  }

  /**
   * A copy of the averages and the number of updates.
   *
   * @throws {ValueError} while the averages are in the place of the parameters
   */
  stateDict(): WeightAverageState {
    this.#expectOwnValues("stateDict");
    return { count: this.#count.item(), averages: this.averages.map((average) => average.clone()) };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): WeightAverageState {
    return this.stateDict();
  }

  /**
   * Takes over what {@link stateDict} returned.
   *
   * @throws {ValueError} if the number of averages differs, or while they are in the place of the parameters
   * @throws {ShapeError} if an average has another shape; nothing has changed then
   */
  loadStateDict(state: WeightAverageState, ...none: []): void {
    expectNothing("WeightAverage.loadStateDict", none);
    const fn = "WeightAverage.loadStateDict";
    this.#expectOwnValues("loadStateDict");
    const { count, averages } = settleState(fn, state);
    expectValue(fn, "count", count, ranges.whole(0));
    expectValue(fn, "averages", averages, ranges.listOf(ranges.instanceOf(Tensor)));
    if (averages.length !== this.averages.length) {
      throw new ValueError(`${fn}: expected ${this.averages.length} averages, got ${averages.length}.`);
    }
    this.averages.forEach(({ shape }, i) => {
      const got = averages[i]!.shape;
      if (!sameShape(got, shape)) {
        throw new ShapeError(`${fn}: expected an average of shape ${formatShape(shape)}, got ${formatShape(got)}.`);
      }
    });
    assign(this.#count, scalar(count));
    this.averages.forEach((average, i) => assign(average, averages[i]!.detach().to(average.dtype)));
  }

  #expectOwnValues(method: string): void {
    if (!this.#swapped.get()) return;
    throw new ValueError(
      `WeightAverage.${method}: expected the parameters' own values, got the averages. Call swap() first.`,
    );
  }
}
