import { assign, ShapeError, type Shape, type Stateful, Tensor, ValueError, zeros } from "@tapegrad/tensor";
import {
  Cell,
  expectNothing,
  formatShape,
  sameShape,
  settleState,
  withGradMode,
  withTracer,
} from "@tapegrad/tensor/internal";

/** Sums over batches by their names, float64. */
export type Sums<N extends string> = { readonly [K in N]: Tensor };

/** Shapes of sums by their names; undefined for one that the first batch decides. */
export type SumShapes<N extends string> = { readonly [K in N]: readonly number[] | undefined };

/**
 * What is gathered over batches as sums, from which a figure is computed. The sums are float64 tensors changed by
 * `assign`, so that a batch may be taken in inside a compiled function.
 */
export abstract class Accumulator<N extends string> implements Stateful<Partial<Sums<N>>> {
  static readonly name: string = "Accumulator";

  /** What it is called in logs. */
  readonly name: string;
  readonly #shapes: SumShapes<N>;
  readonly #sums = new Map<N, Tensor>();
  /** Whether every sum has its shape: what a trace of `result` depends on. */
  readonly #isShaped = new Cell(false, "a metric");

  constructor(name: string, shapes: SumShapes<N>) {
    this.name = name;
    this.#shapes = shapes;
    for (const key of this.#keys) {
      const shape = shapes[key];
      if (shape !== undefined) this.#create(key, shape);
    }
  }

  /** The figure of the given sums. */
  protected abstract conclude(sums: Sums<N>): Tensor;

  /** The figure over all batches since the last reset, a float64 tensor. */
  result(...none: []): Tensor {
    expectNothing(`${this.constructor.name}.result`, none);
    this.#isShaped.get();
    const entries = this.#keys.map((key) => [key, this.#sums.get(key) ?? zeros([], { dtype: "float64" })] as const);
    return withGradMode(false, () => this.conclude(Object.fromEntries(entries) as Sums<N>).clone());
  }

  /** Forgets all batches. */
  reset(...none: []): void {
    expectNothing(`${this.constructor.name}.reset`, none);
    for (const sum of this.#sums.values()) assign(sum, zeros(sum.shape, { dtype: "float64" }));
  }

  /** The sums so far; those that no batch has given a shape are not there. */
  stateDict(...none: []): Partial<Sums<N>> {
    expectNothing(`${this.constructor.name}.stateDict`, none);
    return Object.fromEntries([...this.#sums].map(([key, sum]) => [key, sum.detach().clone()])) as Partial<Sums<N>>;
  }

  /**
   * Takes over sums that `stateDict` gave.
   *
   * @throws {ValueError} for a name that is missing or unknown, or a value that is no float64 tensor
   * @throws {ShapeError} for a sum of another shape
   */
  loadStateDict(state: Partial<Sums<N>>, ...none: []): void {
    const fn = `${this.constructor.name}.loadStateDict`;
    expectNothing(fn, none);
    const given = settleState(fn, state) as Readonly<Record<string, unknown>>;
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(this.#shapes, key));
    if (unknown !== undefined) {
      throw new ValueError(`${fn}: expected sums ${this.#keys.join(", ")}, got "${unknown}".`);
    }
    const loaded = this.#keys.map((key) => [key, this.#checked(fn, key, given[key])] as const);
    for (const [key, sum] of loaded) if (sum !== undefined) this.#put(key, sum);
  }

  /**
   * Adds the sums of one batch.
   *
   * @throws {ShapeError} for one of another shape than that of the batches before
   */
  protected add(fn: string, batch: Sums<N>): void {
    for (const key of this.#keys) {
      const before = this.#sums.get(key);
      if (before !== undefined && !sameShape(before.shape, batch[key].shape)) {
        throw new ShapeError(
          `${fn}: expected a batch that gives ${key} of shape ${formatShape(before.shape)} as those before, got ` +
            `${formatShape(batch[key].shape)}. Use another metric for it.`,
        );
      }
    }
    for (const key of this.#keys) this.#put(key, (this.#sums.get(key) ?? this.#create(key, batch[key].shape)).add(batch[key])); // prettier-ignore
  }

  get #keys(): readonly N[] {
    return Object.keys(this.#shapes) as N[];
  }

  /** A sum that no trace owns: a function that is traced captures it as it does one that was there before. */
  #create(key: N, shape: Shape): Tensor {
    const sum = withTracer(undefined, () => zeros(shape, { dtype: "float64" }));
    this.#sums.set(key, sum);
    if (this.#sums.size === this.#keys.length) this.#isShaped.set(true);
    return sum;
  }

  #put(key: N, value: Tensor): void {
    assign(this.#sums.get(key) ?? this.#create(key, value.shape), value);
  }

  /** A sum of a state, if it is one; undefined for one that may be missing. */
  #checked(fn: string, key: N, value: unknown): Tensor | undefined {
    const before = this.#sums.get(key);
    if (value === undefined && this.#shapes[key] === undefined)
      return before && zeros(before.shape, { dtype: "float64" });
    if (!(value instanceof Tensor) || value.dtype !== "float64") {
      throw new ValueError(`${fn}: expected ${key} to be a float64 tensor.`);
    }
    if (before !== undefined && !sameShape(before.shape, value.shape)) {
      throw new ShapeError(
        `${fn}: expected ${key} of shape ${formatShape(before.shape)}, got ${formatShape(value.shape)}.`,
      );
    }
    return value;
  }
}
